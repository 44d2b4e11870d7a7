"""Entries, and the chain that holds them together.

The hash of an entry is the SHA-256 of four lines: the hash of the entry before it (64 hex digits; zeros before the
first), its number, its time, and its body as JSON, exactly as it is stored.
"""

import hashlib
import math
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from tradingbot.domain.errors import InvariantBroken
from tradingbot.journal.bodies import Body, Kind

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Body)


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An entry to be: when it happened (ms UTC), and what."""

    time: int
    body: Body


class Head(msgspec.Struct, frozen=True, gc=False):
    """The newest entry: its number (0 where there is none) and its hash."""

    number: int
    hash: str


NOTHING = Head(0, "0" * 64)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry as it is stored; `text` is the canonical JSON of `body`, `previous` the hash of the entry before."""

    number: int
    time: int
    body: Body
    text: str
    previous: str
    hash: str

    @property
    def kind(self) -> str:
        """The tag of the body."""
        return kind_of(self.body)

    @property
    def head(self) -> Head:
        """The end of a chain that ends here."""
        return Head(self.number, self.hash)


def kind_of(body: Body | type[Kind]) -> str:
    """The name of the kind, as stored."""
    return str(body.__struct_config__.tag)


def digest(previous: str, number: int, time: int, text: str) -> str:
    """The hash of an entry, in hex."""
    return hashlib.sha256(f"{previous}\n{number}\n{time}\n{text}".encode()).hexdigest()


def read(text: str) -> Body:
    """A body from its JSON; raises msgspec.ValidationError or DecodeError."""
    return _DECODER.decode(text)


def chained(head: Head, drafts: Sequence[Draft]) -> Sequence[Entry]:
    """The entries that follow `head`; raises InvariantBroken for a body that would not be read back as it is."""
    entries: list[Entry] = []
    for draft in drafts:
        body, text = _kept(draft)
        number = head.number + 1
        hash_ = digest(head.hash, number, draft.time, text)
        entries.append(Entry(number, draft.time, body, text, head.hash, hash_))
        head = Head(number, hash_)
    return entries


def _kept(draft: Draft) -> tuple[Body, str]:
    """The body as it will be read, and its canonical JSON; what that loses (infinities, foreign types) is refused."""
    try:
        text = _ENCODER.encode(draft.body).decode()
        body = read(text)
        same = _ENCODER.encode(body).decode() == text and all(map(_finite, msgspec.structs.astuple(body)))
    except (msgspec.MsgspecError, ArithmeticError, UnicodeError, TypeError, OverflowError) as error:
        raise InvariantBroken(f"a journal entry cannot be written: {error}") from error
    if not (same and _is_whole(draft.time)):
        raise InvariantBroken(f"a journal entry would not be read back as it is: {draft}")
    return body, text


def _is_whole(time: object) -> bool:
    return isinstance(time, int) and abs(time) < 2**63


def _finite(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or math.isfinite(value)
