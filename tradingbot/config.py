"""TOML and environment to frozen settings, once."""

import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tradingbot.data.settings import DownloadSettings
from tradingbot.domain.errors import BadFile, InputError, OutOfRange, UnknownName
from tradingbot.domain.symbols import parse_symbol
from tradingbot.engine.costs import CostSettings
from tradingbot.risk.ranking import UniverseSettings
from tradingbot.risk.regime import RegimeSettings
from tradingbot.risk.settings import RiskSettings, Styles

DEFAULT_FILE = Path("tradingbot.toml")

PREFIX = "TRADINGBOT__"
"""TRADINGBOT__RISK__MAX_POSITION=0.1 sets max_position of [risk]."""


class Folders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[folders]`: where candles, runs and a person's own strategies are."""

    store: str = "data"
    runs: str = "runs"
    strategies: tuple[str, ...] = ()


class AccountSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[account]`: the equity that a backtest begins with, in the quote currency."""

    cash: Annotated[float, msgspec.Meta(gt=0.0)] = 10_000.0


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings; a table that is absent keeps its defaults."""

    folders: Folders = Folders()
    account: AccountSettings = AccountSettings()
    download: DownloadSettings = DownloadSettings()
    risk: RiskSettings = RiskSettings()
    costs: CostSettings = CostSettings()
    styles: Styles = Styles()
    universe: UniverseSettings = UniverseSettings()
    regime: RegimeSettings = RegimeSettings()


def load(path: Path | None, environment: Mapping[str, str]) -> Config:
    """Settings of the file (`tradingbot.toml` of this folder when there is one), then of the environment.

    Raises InputError naming file, setting and remedy.
    """
    chosen = path or Path(environment.get("TRADINGBOT_CONFIG") or DEFAULT_FILE)
    explicit = path is not None or "TRADINGBOT_CONFIG" in environment
    content = _read(chosen) if explicit or chosen.exists() else {}
    for name, value in environment.items():
        if name.startswith(PREFIX):
            _set(content, name.removeprefix(PREFIX).lower().split("__"), value)
    remedy = f"Mend it in {chosen} or in the environment ({PREFIX}...)"
    try:
        config = msgspec.convert(with_style_defaults(content), Config, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), remedy) from None
    for name, number in _numbers(msgspec.to_builtins(config), ""):
        if not math.isfinite(number):
            raise OutOfRange(name, f"{number} is no number to reckon with", remedy)
    for lower, upper, small, large in _pairs(config):
        if small > large:
            raise OutOfRange(lower, f"{small:g} is above {upper} = {large:g}", remedy)
    for symbol in config.costs.fees:
        if parse_symbol(symbol) != symbol:
            raise UnknownName("costs.fees", f"'{symbol}' is not how the exchange writes it", "Write it as in BTCUSDT")
    return config


def _refusal(words: str, remedy: str) -> InputError:
    """What the converter says, by the name of the setting."""
    problem, _, where = words.partition(" - at `$")
    field = where.strip(".`")
    stranger = re.search("unknown field `(.*)`", problem)
    if stranger is None:
        return InputError(field or "configuration", problem, remedy)
    return UnknownName(f"{field}.{stranger[1]}".strip("."), "there is no such setting", remedy)


def _numbers(held: object, name: str) -> Iterator[tuple[str, float]]:
    """Every number below a table, with its dotted name."""
    if isinstance(held, float):
        yield name, held
    elif isinstance(held, dict):
        for key, value in held.items():
            yield from _numbers(value, f"{name}.{key}".strip("."))
    elif isinstance(held, list | tuple):
        for value in held:
            yield from _numbers(value, name)


def _pairs(config: Config) -> Iterator[tuple[str, str, float, float]]:
    """Two names and their values, where the first must not exceed the second."""
    for name in ("scalp", "day", "swing"):
        style = getattr(config.styles, name)
        if style.max_stop > 0.0:
            yield f"styles.{name}.min_stop", f"styles.{name}.max_stop", style.min_stop, style.max_stop
    risk = config.risk
    yield "risk.rotation_low", "risk.rotation_high", risk.rotation_low, risk.rotation_high
    if risk.max_correlated > 0.0:
        yield "risk.max_position", "risk.max_correlated", risk.max_position, risk.max_correlated


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("config", f"{path} does not exist", "Give the path of a TOML file with -c") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadFile(str(path), f"not a readable TOML file ({error})", "Mend it") from None


def _set(content: dict[str, Any], names: list[str], value: str) -> None:
    for name in names[:-1]:
        held = content.setdefault(name, {})
        if not isinstance(held, dict):
            raise InputError("__".join(names), f"'{name}' is not a table", "Name a table and a setting")
        content = held
    content[names[-1]] = None if value == "null" else value


def with_style_defaults(content: dict[str, Any]) -> dict[str, Any]:
    """A style that names some settings keeps its own defaults for the others."""
    styles = content.get("styles")
    if not isinstance(styles, dict):
        return content
    defaults: dict[str, Any] = msgspec.to_builtins(Styles())
    merged = {
        name: {**defaults.get(name, {}), **given} if isinstance(given, dict) else given
        for name, given in styles.items()
    }
    return {**content, "styles": merged}


def current(path: Path | None) -> Config:
    """`load` with this process's environment."""
    return load(path, os.environ)
