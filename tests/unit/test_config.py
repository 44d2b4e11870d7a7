"""Settings: defaults, file, environment, and what is refused by name."""

from pathlib import Path

import pytest

from tradingbot.config import Config, load
from tradingbot.domain.errors import BadFile, InputError, OutOfRange, UnknownName
from tradingbot.risk.settings import Styles


def from_file(folder: Path, text: str, **environment: str) -> Config:
    """The settings of a file with that text, and of an environment."""
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment)


def test_without_a_file_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No tradingbot.toml in the current folder and nothing in the environment."""
    monkeypatch.chdir(tmp_path)

    assert load(None, {"PATH": "/bin"}) == Config()


def test_the_file_of_the_current_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another one is named, by option before environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("tradingbot", "named", "optional"):
        Path(f"{name}.toml").write_text(f"[folders]\nruns = '{name}'\n")
    environment = {"TRADINGBOT_CONFIG": "named.toml"}

    chosen = [load(None, {}), load(None, environment), load(Path("optional.toml"), environment)]

    assert [one.folders.runs for one in chosen] == ["tradingbot", "named", "optional"]


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """Setting by setting; what it does not name stays as the file says."""
    text = "[risk]\nmax_position = 0.3\ndrawdown = 0.2\n"

    risk = from_file(tmp_path, text, TRADINGBOT__RISK__MAX_POSITION="0.1").risk

    assert (risk.max_position, risk.drawdown) == (0.1, 0.2)


def test_the_environment_reaches_every_kind_of_setting(tmp_path: Path) -> None:
    """Numbers, switches, texts, null, and the tables of styles."""
    environment = {
        "TRADINGBOT__COSTS__PAY_FEES_IN_BNB": "true",
        "TRADINGBOT__FOLDERS__STORE": "elsewhere",
        "TRADINGBOT__RISK__MIN_PROFIT": "null",
        "TRADINGBOT__STYLES__DAY__MAX_STOP": "0.02",
    }

    config = from_file(tmp_path, "", **environment)

    assert (config.costs.pay_fees_in_bnb, config.folders.store) == (True, "elsewhere")
    assert (config.risk.min_profit, config.styles.day.max_stop) == (None, 0.02)


def test_a_style_keeps_its_own_defaults(tmp_path: Path) -> None:
    """Naming one setting of a style leaves its others, and those of other styles, as they are."""
    styles = from_file(tmp_path, "[styles.swing]\nreward_risk = 3.0\n").styles

    assert (styles.swing.reward_risk, styles.swing.max_stop) == (3.0, Styles().swing.max_stop)
    assert styles.day == Styles().day


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[riks]\nmax_position = 0.1", "riks"),
        ("[risk]\nmax_positon = 0.1", "risk.max_positon"),
        ("[styles.dya]\nmax_stop = 0.1", "styles.dya"),
        ("[styles.day]\nmax_stopp = 0.1", "styles.day.max_stopp"),
        ("[costs.fees]\nbtcusdt = [0.0, 0.0]", "costs.fees"),
        ("[costs.fees]\nFOO = [0.0, 0.0]", "symbol"),
    ],
)
def test_a_stranger_is_unknown(tmp_path: Path, text: str, field: str) -> None:
    """A table, setting or symbol that does not exist, also where it would only be ignored."""
    with pytest.raises(UnknownName) as caught:
        from_file(tmp_path, text)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("risk = 5", "risk"),
        ("[styles]\nday = 5", "styles.day"),
        ("[risk]\nmax_position = 'much'", "risk.max_position"),
        ("[risk]\nmax_position = true", "risk.max_position"),
        ("[risk]\nmax_position = 1.1", "risk.max_position"),
        ("[risk]\nmax_position = -0.1", "risk.max_position"),
        ("[risk]\nmax_position = nan", "risk.max_position"),
        ("[risk]\nmax_entries_day = 1.5", "risk.max_entries_day"),
        ("[costs]\ntaker = 0.5", "costs.taker"),
        ("[costs.fees]\nBTCUSDT = [0.0]", "costs.fees[...]"),
        ("[account]\ncash = 0", "account.cash"),
        ("[account]\ncash = -5.0", "account.cash"),
        ("[account]\ncash = nan", "account.cash"),
        ("[download]\njobs = 0", "download.jobs"),
        ("[download]\ntimeout = -1.0", "download.timeout"),
        ("[download]\nweight_share = 2.0", "download.weight_share"),
        ("[universe]\nmax_pairs = 0", "universe.max_pairs"),
        ("[regime]\ntrend_wild = [1.0, 1.0]", "regime.trend_wild"),
        ("[folders]\nstrategies = 'mine'", "folders.strategies"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, text: str, field: str) -> None:
    """A wrong type or a value out of range, as table.setting, with the file in which to mend it."""
    with pytest.raises(InputError) as caught:
        from_file(tmp_path, text)

    assert caught.value.field == field
    assert "own.toml" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[account]\ncash = inf", "account.cash"),
        ("[risk]\norder_spacing_s = inf", "risk.order_spacing_s"),
        ("[risk]\nmin_profit = nan", "risk.min_profit"),
        ("[styles.day]\nmax_hold_h = inf", "styles.day.max_hold_h"),
    ],
)
def test_no_number_but_a_number(tmp_path: Path, text: str, field: str) -> None:
    """TOML knows inf and nan; a limit of nan would be a limit that is silently off."""
    with pytest.raises(OutOfRange) as caught:
        from_file(tmp_path, text)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("RISK__MAX_POSITION", "2", "risk.max_position"),
        ("RISK__MAX_POSITION", "much", "risk.max_position"),
        ("RISK__MAX_POSITION", "nan", "risk.max_position"),
        ("RISK__MAX_POSITION", "", "risk.max_position"),
        ("RISK__MAX_POSITON", "0.1", "risk.max_positon"),
        ("RISK__MAX_POSITION__MORE", "0.1", "risk.max_position"),
        ("RISK", "0.1", "risk"),
        ("FOLDERS__STORE", "null", "folders.store"),
    ],
)
def test_a_bad_environment_is_named(tmp_path: Path, name: str, value: str, field: str) -> None:
    """By the setting that is meant."""
    with pytest.raises(InputError) as caught:
        from_file(tmp_path, "", **{f"TRADINGBOT__{name}": value})

    assert caught.value.field == field
    assert "TRADINGBOT__" in caught.value.remedy


def test_a_setting_below_a_setting_is_no_table(tmp_path: Path) -> None:
    """Where the file has a number, the environment cannot have a table."""
    text = "[risk]\nmax_position = 0.1\n"

    with pytest.raises(InputError, match="'max_position' is not a table"):
        from_file(tmp_path, text, TRADINGBOT__RISK__MAX_POSITION__MORE="1")


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path: Path) -> None:
    """Syntax, and bytes that are no text."""
    with pytest.raises(BadFile, match=r"own\.toml: not a readable TOML file .*line 2"):
        from_file(tmp_path, "[risk]\nmax_position = = 1\n")
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="not a readable TOML file"):
        load(tmp_path / "own.toml", {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """When it was asked for, by option or environment."""
    with pytest.raises(InputError, match="does not exist"):
        load(tmp_path / "absent.toml", {})
    with pytest.raises(InputError, match="does not exist"):
        load(None, {"TRADINGBOT_CONFIG": str(tmp_path / "absent.toml")})
    with pytest.raises(BadFile, match="not a readable TOML file"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[styles.day]\nmin_stop = 0.04", "styles.day.min_stop"),
        ("[risk]\nrotation_low = 0.01", "risk.rotation_low"),
        ("[risk]\nmax_position = 0.5", "risk.max_position"),
    ],
)
def test_contradictory_settings_are_named(tmp_path: Path, text: str, field: str) -> None:
    """A lower bound above its upper bound is refused by its name, not resolved by whichever rule comes first."""
    path = tmp_path / "own.toml"
    path.write_text(text)

    with pytest.raises(OutOfRange) as raised:
        load(path, {})

    assert raised.value.field == field
