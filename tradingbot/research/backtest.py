"""A backtest: prepare once, run the three cost cases, count the trial, and hand over a result with its provenance."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import tradingbot
from tradingbot.analysis.result import CASES, CaseName, CaseResult, RunResult, Trials
from tradingbot.analysis.returns import daily_returns
from tradingbot.analysis.sharpe import sharpe
from tradingbot.domain.symbols import split_symbol
from tradingbot.research.hold import HOLD_NOTE, buy_and_hold, price_series
from tradingbot.research.laboratory import Laboratory, Progress, silent
from tradingbot.research.ledger import Trial
from tradingbot.research.prepare import Prepared
from tradingbot.research.provenance import code_sha256, config_sha256, dataset_sha256, series_info
from tradingbot.research.results import case_result
from tradingbot.research.settings import RunSettings
from tradingbot.research.simulate import inputs_of, simulate

GAP_POLICY = "Missing candles stay missing: no trade, no fill; indicators run over the candles that exist."
VOLUME_NOTE = "Quote volume is estimated as volume x typical price where the source has none."


def run_case(laboratory: Laboratory, prepared: Prepared, case: CaseName) -> CaseResult:
    """One pass of the core under one case of costs."""
    inputs = inputs_of(prepared, laboratory.filters(prepared.settings), case)
    return case_result(prepared, simulate(prepared, inputs), case)


def daily_sharpe(case: CaseResult, cash: float) -> float | None:
    """Of the daily returns, not annualised; None when it is not defined."""
    ratio = sharpe(daily_returns(case.equity["equity"].to_numpy(), cash))
    return None if math.isnan(ratio) else ratio


def trial_of(result: RunResult, kind: str) -> Trial:
    """What the ledger keeps of a result."""
    central = result.central
    final = float(central.equity["equity"][-1])
    figures = {
        "return": final / result.initial_equity - 1.0,
        "max_drawdown": central.max_drawdown,
        "trades": float(len(central.trades)),
    }
    return Trial(
        result.config_sha256,
        result.dataset_sha256,
        result.code_sha256,
        kind,
        [one.symbol for one in result.dataset],
        result.start,
        result.end,
        result.created,
        daily_sharpe(central, result.initial_equity),
        figures,
    )


def backtest(laboratory: Laboratory, settings: RunSettings, now_ms: int, progress: Progress = silent) -> RunResult:
    """Run all cost cases; the trial is in the ledger before the result is returned."""
    steps = len(CASES) + 1
    progress("reading candles and signals", 0, steps)
    prepared = laboratory.prepare(settings)
    cases = {}
    for number, case in enumerate(CASES):
        progress(f"{case} costs", number + 1, steps)
        cases[case] = run_case(laboratory, prepared, case)
    progress("done", steps, steps)
    return counted(laboratory, assemble(laboratory, prepared, cases, now_ms), "backtest")


def counted(laboratory: Laboratory, result: RunResult, kind: str) -> RunResult:
    """The result with the number of trials, after it was added to them itself."""
    laboratory.ledger.record([trial_of(result, kind)])
    symbols = [one.symbol for one in result.dataset]
    strategies = [spec["name"] for spec in result.config["strategies"]]
    return replace(result, trials=laboratory.ledger.trials(symbols, result.start, result.end, strategies))


def assemble(
    laboratory: Laboratory, prepared: Prepared, cases: Mapping[CaseName, CaseResult], now_ms: int
) -> RunResult:
    """A result with its provenance, not yet counted."""
    settings, market = prepared.settings, prepared.market
    dataset = [series_info(loaded) for loaded in prepared.loaded]
    config = laboratory.config(settings, prepared)
    data_digest, config_digest, code_digest = dataset_sha256(dataset), config_sha256(config), code_sha256()
    times = cases["central"].equity["time"].to_numpy()
    return RunResult(
        run_id="bt-" + hashlib.sha256(f"{data_digest}{config_digest}{code_digest}".encode()).hexdigest()[:10],
        kind="backtest",
        created=now_ms,
        data=laboratory.provenance,
        execution="backtest",
        quote=split_symbol(settings.symbols[0])[1],
        initial_equity=settings.cash,
        start=market.start,
        end=market.start + market.candles.shape[2] * market.step,
        base=str(prepared.base),
        dataset=dataset,
        dataset_sha256=data_digest,
        config=config,
        config_sha256=config_digest,
        code_version=tradingbot.__version__,
        code_sha256=code_digest,
        cases=cases,
        benchmark=buy_and_hold(market, times, settings.cash, settings.costs.taker),
        benchmark_note=HOLD_NOTE,
        prices=[price_series(market, number, symbol) for number, symbol in enumerate(settings.symbols)],
        trials=Trials(0, math.nan),
        notes=notes_of(laboratory, prepared),
    )


def notes_of(laboratory: Laboratory, prepared: Prepared) -> Sequence[str]:
    """What a reader of the result must know."""
    settings = prepared.settings
    filters = laboratory.filters(settings)
    unknown = [symbol for symbol, known in zip(settings.symbols, filters, strict=True) if known is None]
    sources = sorted({known.source for known in filters if known is not None})
    notes = [GAP_POLICY, VOLUME_NOTE]
    if sources:
        notes.append(f"Exchange filters: {', '.join(sources)}; the filters of other days are not known.")
    if unknown:
        notes.append(f"Exchange filters of {', '.join(unknown)} are not known and were not applied.")
    if prepared.detail.ratio:
        notes.append(
            f"Finer candles decide between stop and target where they exist ({prepared.detail.ratio} a candle)."
        )
    return notes
