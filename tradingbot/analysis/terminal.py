"""A run on the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tradingbot.analysis.drawdown import Drawdown
from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.summary import Summary, headline, summarise
from tradingbot.analysis.trades import TradeFigures
from tradingbot.analysis.words import banner, chance, day, interval, label, minute, money, number, percent

MOST_OPEN = 10
"""Positions listed that were open at the end."""


def terminal_summary(result: RunResult) -> RenderableType:
    """Banner, headline, cost cases beside buy-and-hold, groups, stops, refusals, candles and notes."""
    summaries = [summarise(result.cases[name], result) for name in CASES]
    central = summaries[CASES.index("central")]
    parts: list[RenderableType] = [
        Text(banner(result), style="bold"),
        _line(f"{day(result.start)} to {day(result.end)}, base clock {result.base}, {result.quote}"),
        _line(headline(central, summaries)),
        _cases(summaries),
        _line(f"Buy-and-hold: {result.benchmark_note}; its drawdown is taken at day ends."),
        *(_line(_fall(one, result.quote)) for one in central.drawdowns[:1]),
        _line("By year: " + ", ".join(f"{name} {percent(value, signed=True)}" for name, value in central.years)),
        _groups("By strategy", central.by_strategy),
        _groups("By symbol", central.by_symbol),
        _groups("By style", central.by_style),
        _groups("By exit", central.by_exit),
        *([_groups("Big wins (entered with doubled risk)", [central.big_wins])] if central.big_wins.trades else []),
        *(_line(text) for text in _stops(central, result.quote)),
        *(_line(text) for text in _open(central, result.quote)),
        _refusals(central),
        _dataset(result),
        *(
            _line(f"{minute(one['time'])} {one['event']} limit at {one['equity']:,.2f}")
            for one in result.central.events
        ),
        *(_line(f"Dust of {symbol}: {quantity:g}") for symbol, quantity in result.central.dust.items()),
        *(_line(note) for note in result.notes),
    ]
    return Labelled(Group(*parts), label(result)) if label(result) else Group(*parts)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Anything, with a label in front of every line of it."""

    inner: RenderableType
    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines of the inner, each behind the label."""
        narrower = options.update(width=max(options.max_width - len(self.words) - 1, 20))
        for line in console.render_lines(self.inner, narrower, pad=False):
            yield Segment(f"{self.words} ")
            yield from line
            yield Segment.line()


def _line(text: str) -> Text:
    return Text(text)


def _fall(deepest: Drawdown, quote: str) -> str:
    recovered = "not recovered" if deepest.recovered is None else f"recovered {day(deepest.recovered)}"
    return (
        f"Deepest drawdown at day ends: {percent(deepest.depth)}, {money(deepest.amount)} {quote}, "
        f"{day(deepest.start)} to {day(deepest.bottom)}, {recovered}."
    )


def _stops(central: Summary, quote: str) -> list[str]:
    stops = central.stops
    said = []
    if stops.stopped:
        said.append(
            f"{stops.stopped} trades were stopped below their entry; "
            f"{percent(stops.came_back)} of them came back to it."
        )
    if stops.gaps:
        said.append(
            f"{stops.gaps} stops were jumped over by a gap: {money(stops.gap_loss)} {quote} lost beyond them, "
            f"at worst {money(stops.worst_gap)}."
        )
    return said


def _open(central: Summary, quote: str) -> list[str]:
    held = central.open_at_end
    said = [
        f"Open at the end, sold at the last price less costs: {one.symbol} ({one.strategy}) since {minute(one.since)}, "
        f"{money(one.pnl, signed=True)} {quote}"
        for one in held[:MOST_OPEN]
    ]
    return [*said, f"and {len(held) - MOST_OPEN} more that were open at the end."] if len(held) > MOST_OPEN else said


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table


def _cases(summaries: Sequence[Summary]) -> Table:
    table = _table("Result, by case of costs", "", *(one.case for one in summaries), "buy-and-hold")
    held = summaries[0].hold
    accounts = [*(one.account for one in summaries), held]
    table.add_row("final equity", *(money(one.final) for one in accounts))
    table.add_row("return", *(percent(one.total_return, signed=True) for one in accounts))
    table.add_row("a year", *(percent(one.annual_return, signed=True) for one in accounts))
    table.add_row("Sharpe", *(number(one.sharpe) for one in accounts))
    table.add_row("95 % interval", *(interval(one.sharpe_low, one.sharpe_high) for one in accounts))
    table.add_row("Sortino", *(number(one.sortino) for one in accounts))
    table.add_row("volatility", *(percent(one.annual_volatility) for one in accounts))
    table.add_row("max drawdown", *(percent(one.max_drawdown) for one in accounts))
    table.add_row("Calmar", *(number(one.calmar) for one in accounts))
    table.add_row("above luck", *(chance(one.deflated_sharpe) for one in summaries), "")
    table.add_row("Sharpe by luck", *(number(one.luck_sharpe) for one in summaries), "")
    table.add_row("days needed", *(number(one.needed_days, 0) for one in summaries), "")
    table.add_row("above buy-and-hold", *(chance(one.beats_hold) for one in summaries), "")
    table.add_row("trades", *(str(one.trades.trades) for one in summaries), "")
    table.add_row("win rate", *(percent(one.trades.win_rate) for one in summaries), "")
    table.add_row("profit factor", *(number(one.trades.profit_factor) for one in summaries), "")
    table.add_row("payoff", *(number(one.trades.payoff) for one in summaries), "")
    table.add_row("expectancy", *(money(one.trades.expectancy, signed=True) for one in summaries), "")
    table.add_row("exposure", *(percent(one.exposure) for one in summaries), "")
    table.add_row("turnover", *(f"{one.turnover:,.1f} x" for one in summaries), "")
    table.add_row("fees", *(money(one.fees) for one in summaries), "")
    table.add_row("slippage", *(money(one.slippage) for one in summaries), "")
    return table


def _groups(title: str, groups: Sequence[TradeFigures]) -> Table:
    table = _table(title, "", "trades", "profit", "win rate", "profit factor", "expectancy", "fees")
    for one in groups:
        table.add_row(
            one.name,
            str(one.trades),
            money(one.pnl, signed=True),
            percent(one.win_rate),
            number(one.profit_factor),
            money(one.expectancy, signed=True),
            money(one.fees),
        )
    return table


def _refusals(summary: Summary) -> Table:
    table = _table("Entries refused, by rule", "rule", "times")
    for rule, count in summary.refusals:
        table.add_row(rule, f"{count:,}")
    return table


def _dataset(result: RunResult) -> Table:
    table = _table("Candles", "symbol", "timeframe", "from", "to", "rows", "missing", "source")
    for one in result.dataset:
        rows = (f"{one.rows:,}", f"{one.missing:,}", " ".join(one.sources))
        table.add_row(one.symbol, one.timeframe, day(one.first), day(one.last), *rows)
    return table
