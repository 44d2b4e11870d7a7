"""The whole check: ask, hold every answer against the contract, and say what could not be looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from tradingbot.domain.errors import InputError
from tradingbot.exchange.drift.ask import Answer, Asker
from tradingbot.exchange.drift.contract import Contract, Question, StreamPart
from tradingbot.exchange.drift.findings import Difference, Findings, Outcome, Severity, Unchecked
from tradingbot.exchange.drift.judge import of_answer, of_body, of_endpoint, of_frame, of_order
from tradingbot.exchange.drift.orders import filled_in, sizes
from tradingbot.exchange.drift.rules import of_rate_limits, of_symbol
from tradingbot.exchange.errors import Unavailable
from tradingbot.exchange.instruments import Instrument

TIME, INFO, KLINES = "GET /api/v3/time", "GET /api/v3/exchangeInfo", "GET /api/v3/klines"
TEST_ORDER = "POST /api/v3/order/test"
NO_KEY = "no API key was given"
NOTHING_HAPPENED = "it comes only when an order is placed or something happens to the account"
NO_TEST = "the exchange has no test for order lists: only their flags and endpoints were looked at"


@dataclass(slots=True)
class Check:
    """One check of one exchange; `answers` keeps the public answers."""

    contract: Contract
    asker: Asker
    answers: dict[str, Any] = field(default_factory=dict)
    _checked: list[str] = field(default_factory=list)
    _outcomes: list[Outcome] = field(default_factory=list)

    async def run(self, symbols: Sequence[str]) -> Findings:
        """Ask everything; raises Unavailable where nobody answers, RateLimited where we have to wait, InputError."""
        at = await self._set_clock()
        for symbol in symbols:
            await self._of_symbol(symbol, first=symbol == symbols[0])
        await self._streams(symbols)
        for question in self.contract.websocket:
            await self._websocket(question)
        await self._endpoints()
        for told in self.contract.unasked:
            self._leave_out(told.name, NOTHING_HAPPENED, expected=True)
        return Findings(
            venue=self.asker.endpoints.rest,
            contract=self.contract.name,
            at=at,
            checked=self._checked,
            differences=_ordered(self._outcomes),
            unchecked=list(dict.fromkeys(one for one in self._outcomes if isinstance(one, Unchecked))),
        )

    async def _set_clock(self) -> int:
        answer = await self.asker.rest(TIME, {})
        stated = answer.body.get("serverTime") if isinstance(answer.body, dict) else None
        if not isinstance(stated, int):
            raise Unavailable(f"{self.asker.endpoints.rest} does not tell its time: {answer.words}")
        self.asker.offset = stated - self.asker.clock()
        return stated

    async def _of_symbol(self, symbol: str, *, first: bool) -> None:
        for question in self.contract.questions:
            if (first or question.is_by_symbol) and question.only in ("", self.asker.endpoints.data):
                await self._question(question, symbol)
        info = self.answers.get(_name(INFO, symbol))
        info = info if isinstance(info, dict) else {}
        rows = info.get("symbols")
        if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
            problem = f"{symbol} is not known at {self.asker.endpoints.rest}"
            raise InputError("symbols", problem, "Name symbols that the exchange trades")
        if first and isinstance(info.get("rateLimits"), list):
            self._outcomes.extend(of_rate_limits(self.contract, INFO, info["rateLimits"]))
        self._outcomes.extend(of_symbol(self.contract, rows[0]))
        self._checked.append(f"order types, flags and filters of {symbol}")
        await self._orders(symbol, rows[0])

    async def _question(self, question: Question, symbol: str) -> None:
        name = _name(question.ask, symbol) if question.is_by_symbol else question.ask
        if question.signed and self.asker.credentials is None:
            self._leave_out(question.ask, NO_KEY, expected=True)
            return
        answer = await self._ask(question.ask, filled_in(question.params, {"symbol": symbol}), signed=question.signed)
        if answer is not None:
            self._outcomes.extend(of_answer(question, answer, self.contract.known))
            self._checked.append(name if question.code is None else f"{name}, refused with {question.code}")
            if question.code is None and not question.signed:
                self.answers[name] = answer.body

    async def _orders(self, symbol: str, row: Mapping[str, Any]) -> None:
        if self.asker.credentials is None:
            self._leave_out(TEST_ORDER, NO_KEY, expected=True)
            return
        self._leave_out("placing order lists", NO_TEST, expected=True)
        try:
            last = Decimal(self.answers[_name(KLINES, symbol)][-1][4])
            values = sizes(msgspec.convert(row, Instrument), last)
        except (KeyError, IndexError, TypeError, ArithmeticError, msgspec.ValidationError) as error:
            self._leave_out(f"{TEST_ORDER} {symbol}", f"no price or filters to go by: {error}", expected=False)
            return
        for order in self.contract.orders:
            params = {"symbol": symbol, **filled_in(order.params, values)}
            answer = await self._ask(TEST_ORDER, params, signed=True)
            outcome = None if answer is None else of_order(f"{order.name} {symbol}", order.used_by, answer)
            self._outcomes.extend([] if outcome is None else [outcome])
            self._checked.append(f"{TEST_ORDER} {symbol}, {order.name}")

    async def _streams(self, symbols: Sequence[str]) -> None:
        parts = {
            part.stream.format(symbol=symbol.lower()): part for part in self.contract.streams for symbol in symbols
        }
        try:
            heard = await self.asker.listen(list(parts))
        except Unavailable as error:
            self._not_reached("market streams", self.contract.envelope.used_by, error)
            return
        for name, part in parts.items():
            self._stream(name, part, heard[name])

    def _stream(self, name: str, part: StreamPart, frames: Sequence[Any]) -> None:
        where = f"stream {name}"
        if not frames:
            silence = f"no frame in {self.asker.patience_s:g} s: a quiet market, or not offered any more"
            self._outcomes.append(Difference(severity=Severity.LOOK, where=where, what=silence, used_by=part.used_by))
            return
        self._checked.append(where)
        self.answers[where] = frames[0]
        self._outcomes.extend(of_body(self.contract.envelope, where, frames, self.contract.known))
        bodies = [frame["data"] for frame in frames if isinstance(frame, dict) and "data" in frame]
        self._outcomes.extend(of_body(part, where, bodies, self.contract.known))

    async def _websocket(self, question: Question) -> None:
        where = f"WebSocket API {question.ask}"
        if question.signed and self.asker.credentials is None:
            self._leave_out(where, NO_KEY, expected=True)
            return
        try:
            answer = await self.asker.websocket(question.ask, question.params, signed=question.signed)
        except Unavailable as error:
            self._not_reached(where, question.used_by, error)
            return
        self._checked.append(where)
        if not question.signed:
            self.answers[where] = answer
        self._outcomes.extend(of_frame(question, where, answer, self.contract.known))

    async def _endpoints(self) -> None:
        """Without a key each of them refuses; one that is gone says so."""
        for endpoint in self.contract.endpoints:
            answer = await self._ask(endpoint.ask, {})
            if answer is not None:
                gone = of_endpoint(endpoint.ask, endpoint.used_by, answer.status)
                self._outcomes.extend([] if gone is None else [gone])
                self._checked.append(f"whether {endpoint.ask} exists")

    async def _ask(self, ask: str, params: Mapping[str, Any], *, signed: bool = False) -> Answer | None:
        try:
            return await self.asker.rest(ask, params, signed=signed)
        except Unavailable as error:
            self._leave_out(ask, str(error), expected=False)
            return None

    def _not_reached(self, where: str, used_by: str, error: Unavailable) -> None:
        gone = of_endpoint(where, used_by, error.status)
        if gone is None:
            self._leave_out(where, str(error), expected=False)
        else:
            self._outcomes.append(gone)

    def _leave_out(self, where: str, why: str, *, expected: bool) -> None:
        self._outcomes.append(Unchecked(where=where, why=why, expected=expected))


def _name(ask: str, symbol: str) -> str:
    return f"{ask} {symbol}"


def _ordered(outcomes: Iterable[Outcome]) -> Sequence[Difference]:
    """Each difference once, the worst first."""
    found = dict.fromkeys(one for one in outcomes if isinstance(one, Difference))
    return sorted(found, key=lambda one: list(Severity).index(one.severity))
