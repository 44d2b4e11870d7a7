"""Bad input to the research verbs: code 2, a message with the field and the remedy, and nothing lost."""

from pathlib import Path

import pytest

from tests.support import own_strategies
from tests.support.command import PERIOD, SMA, refused, tradingbot
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.timeframe import Timeframe

BACKTEST = ("backtest", *SMA)
SWEEP = ("sweep", *SMA)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["backtest", "--nope"], "Try 'tradingbot backtest --help' for help. Error No such option: --nope"),
        (["backtest", "-s"], "Option '-s' requires an argument"),
        (["sweep"], "Missing option '-s' / '--strategy'"),
        (["reproduce"], "Missing argument 'run'"),
        (["nosuch"], "Try 'tradingbot --help' for help. Error No such command 'nosuch'"),
        (["backtest", "--cash", "much"], "Invalid value for '--cash'"),
        (["optimize", "-s", "sma-cross", "--trials", "0"], "Invalid value for '--trials'"),
        (["optimize", "-s", "sma-cross", "--seed", "-1"], "Invalid value for '--seed'"),
        (["walk-forward", "-s", "sma-cross", "--train", "0"], "Invalid value for '--train'"),
        (["sweep", "-s", "sma-cross", "--points", "1"], "Invalid value for '--points'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_shows_how(words: list[str], message: str) -> None:
    """An unknown or missing option, argument or verb, and a value of the wrong type."""
    assert message.casefold() in refused(*words).casefold()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cash", 0], "cash: 0 is no equity to begin with. Give an amount above 0"),
        (["--cash", -5], "cash: -5 is no equity"),
        (["--cash", "nan"], "cash: nan is no equity"),
        (["--cash", "inf"], "cash: inf is no equity"),
        (["--from", "garbage"], "from: 'garbage' is not a date. Write it as YYYY-MM-DD"),
        (["--from", ""], "from: '' is not a date"),
        (["--to", ""], "to: '' is not a date"),
        (["--from", "2023-08-28"], "from/to: the range is empty or reversed. Give --from before --to"),
        (["--from", "2023-09-28"], "from/to: the range is empty or reversed"),
        (["--to", "2030-01-01", "--from", "2029-01-01"], "BTCUSDT has 0.00%. Choose a shorter range"),
        (["--symbols", "DOGEUSDT"], "symbol: nothing is stored for DOGEUSDT. Run 'tradingbot data download --symbols"),
        (["--symbols", "FOO"], "symbol: 'FOO' is not a spot symbol. Write base and quote asset together"),
        (["--symbols", ""], "symbol: '' is not a spot symbol"),
        (["--symbols", "BTCUSDT,BTCUSDT"], "symbols: one is given twice. Name each symbol once"),
        (["--symbols", "BTCUSDT,ETHBTC"], "symbols: they are quoted in BTC and USDT"),
        (["--base", "7m"], "timeframe: '7m' is not known. Use one of: 1s 1m"),
        (["--base", "1m"], "timeframe: BTCUSDT is not stored in 1m"),
        (["-s", "sma-cros"], "strategy: 'sma-cros' is not known. Did you mean sma-cross?"),
        (["-s", "sma-cross:fst=10"], "parameter of sma-cross: 'fst' is not known. Did you mean fast?"),
        (["-s", "sma-cross:fast"], "strategy: 'fast' has no value. Write name:parameter=value"),
        (["-s", "sma-cross:fast=x"], "fast: 'x' is not a whole number. Use a whole number from 5 to 100"),
        (["-s", "sma-cross:fast=1000"], "fast: 1000 is outside its range. Use a whole number from 5 to 100"),
        (["-s", "bollinger-bounce:width=nan"], "width: nan is outside its range"),
        (["--strategy-path", "nowhere"], "strategy-path: nowhere is not a folder. Name the folder"),
        (["--store", "nowhere"], "symbol: nothing is stored for BTCUSDT"),
        (["-c", "nowhere.toml"], "config: nowhere.toml does not exist. Give the path of a TOML file with -c"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else "",
)
def test_a_backtest_refuses(desk: Path, words: list[str], message: str) -> None:
    """Each by name, and no trial is counted."""
    assert message in refused(*BACKTEST, *words)
    assert not (desk / "runs").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*SWEEP, "-p", "fast"], "param: 'fast' has no values. Write name=5:50:5 or name=5,10,20"),
        ([*SWEEP, "-p", "fst=5"], "parameter of sma-cross: 'fst' is not known. Did you mean fast?"),
        ([*SWEEP, "-p", "fast=5:10"], "fast: '5:10' is not a range. Write from:to:step"),
        ([*SWEEP, "-p", "fast=10:5:1"], "fast: '10:5:1' is an empty or endless range"),
        ([*SWEEP, "-p", "fast=5:10:0"], "fast: '5:10:0' is an empty or endless range"),
        ([*SWEEP, "-p", "fast=nan:10:1"], "fast: 'nan:10:1' is an empty or endless range"),
        ([*SWEEP, "-p", "fast=5:10:nan"], "fast: '5:10:nan' is an empty or endless range"),
        ([*SWEEP, "-p", "fast=5,1000"], "fast: 1000 is outside its range"),
        ([*SWEEP, "-p", "fast=5", "-p", "fast=10"], "param: fast is given twice. Name all its values at once"),
        ([*SWEEP, "-p", "fast=100", "-p", "slow=20"], "param: the strategy accepts no combination. Widen the grid"),
        ([*SWEEP, "-s", "all"], "strategy: 'all' is more than one. Name one"),
        (["optimize", "-s", "all"], "strategy: 'all' is more than one"),
        (["walk-forward", "-s", "all"], "strategy: 'all' is more than one"),
        (["walk-forward", *SMA, "--train", 400], "from/to: 88 days hold no step of 400 + 90. Widen it"),
        (["walk-forward", *SMA, "--cash", 0], "cash: 0 is no equity"),
        (["lookahead-check", "-s", "all"], "strategy: 'all' is more than one"),
        (["reproduce", "bt-0000000000"], "run: 'bt-0000000000' is not in runs. Newest runs: none yet"),
        (["report", "../data"], "run: '../data' is not in runs"),
        (["compare", "bt-0000000000"], "run: 1 given. Name two to six runs"),
        (["compare", "bt-0000000000", "bt-0000000001"], "run: 'bt-0000000000' is not in runs"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else "",
)
def test_the_other_verbs_refuse(desk: Path, words: list[object], message: str) -> None:
    """Grids, plans and ids of runs."""
    assert message in refused(*words)


def test_too_few_candles_prove_nothing(desk: Path) -> None:
    """A range inside the warm-up would find no look-ahead in any strategy."""
    message = refused("lookahead-check", "-s", "sma-cross", "--from", "2023-06-01", "--to", "2023-06-02")

    assert "24 candles of BTCUSDT in 1h show nothing past the warm-up. Choose a range of more than" in message


def test_a_damaged_candle_file_is_named(desk: Path, filled: Path) -> None:
    """A truncated file of the store ends the run, and the message says which one it is."""
    layout = ParquetStore(filled / "data").layout
    whole = layout.file("BTCUSDT", Timeframe.H1, "2023-07", "synthetic")
    copy = desk / "copy" / whole.relative_to(filled / "data")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(whole.read_bytes()[:2000])

    message = refused("backtest", "-s", "sma-cross", "--symbols", "BTCUSDT", "--store", "copy", *PERIOD[2:])

    assert str(copy.relative_to(desk)) in message


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["raise ValueError('boom')"], "own: raised ValueError: boom (own.py, line 27). Mend the strategy"),
        (["sys.exit(0)"], "own: raised SystemExit: 0 (own.py, line 27). Mend the strategy"),
        (["said = replace(said, strength=said.strength * np.nan)"], "own.strength: an entry without a finite number"),
        (["said = replace(said, enter=np.where(enter, 1.0, np.nan))"], "own.enter: NaN at the candle of 2023-"),
        (["said = replace(said, exit=said.exit[:-1])"], "Return an array with one row a candle"),
        (["said = replace(said, weight=3.0 * said.strength)"], "own.weight: out of range at the candle of 2023-"),
        (["candles.close[0] = 1.0"], "own: raised ValueError: assignment destination is read-only"),
        (["candles.close.flags.writeable = True; candles.close[3] = 1.0"], "own: it changed its input's close"),
        (["said = None"], "own: signals returned NoneType. Return Signals(enter=..., exit=...)"),
        (["input('which? ')"], "own: raised"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
@pytest.mark.parametrize("verb", ["backtest", "sweep", "optimize", "walk-forward", "lookahead-check"])
def test_a_strategy_that_breaks_its_contract(desk: Path, verb: str, lines: list[str], message: str) -> None:
    """Is refused by all verbs alike, with its file and line or the first bad candle; nothing is counted or kept."""
    folder = own_strategies.write(desk / "mine", *lines)
    points = ["-p", "timeframe=1h,4h"] if verb in {"sweep", "walk-forward"} else []
    steps = ["--train", 40, "--test", 20] if verb == "walk-forward" else []

    ended = tradingbot(verb, "-s", "own", "--strategy-path", folder, *PERIOD, *points, *steps)

    assert ended.code == 2
    assert message in ended.err
    assert list((desk / "runs").glob("*-*")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("def signals(:\n", "own.py, line 1: SyntaxError"),
        ("import nothing_of_that_name\n", "own.py, line 1: ModuleNotFoundError"),
        (
            "class Own:\n    def signals(self, candles): ...\n",
            "Put @dataclass(frozen=True, slots=True) above the class",
        ),
    ],
)
def test_a_file_that_is_no_strategy(desk: Path, content: str, message: str) -> None:
    """Is refused with its path and line."""
    (desk / "mine").mkdir()
    (desk / "mine" / "own.py").write_text(content)

    assert message in refused("backtest", *SMA, "--strategy-path", "mine")


def test_a_strategy_that_looks_ahead_is_found(desk: Path) -> None:
    """Exit code 1: the check says where, and the backtest itself does not claim to know."""
    own_strategies.write(desk / "mine", "said = replace(said, enter=np.roll(enter, -1))")

    ended = tradingbot("lookahead-check", "-s", "own", "--strategy-path", "mine", *PERIOD, "--json")

    assert ended.code == 1
    assert ended.document["findings"][0].startswith("BTCUSDT: truncated_future: enter at candle")
