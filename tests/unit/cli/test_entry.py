"""The process's first line."""

import sys
from types import SimpleNamespace

import pytest
from typer.core import TyperGroup

from tests.support.command import plain, tradingbot
from tradingbot.cli import entry
from tradingbot.cli.interrupt import WORDS


def test_an_interrupt_at_the_start_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C before the command line stands ends with code 130 and words, not with a traceback."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "tradingbot.cli.main", SimpleNamespace(main=interrupted))

    with pytest.raises(SystemExit) as ended:
        entry.main()

    assert ended.value.code == 130
    assert capsys.readouterr().err == f"{WORDS}\n"


def test_an_interrupt_while_the_words_are_read_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them imports for a while, before any verb runs."""

    def interrupted(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, "make_context", interrupted)
    ended = tradingbot("data", "list")

    assert (ended.code, ended.err) == (130, plain(WORDS))
