"""Verbs that run something: backtest, sweep, optimize, walk-forward, reproduce."""

from typing import Annotated

import typer

from tradingbot.cli import options as o

Params = Annotated[
    list[str] | None, typer.Option("-p", "--param", help="A parameter's values: fast=5:50:5 or fast=5,10,20.")
]
Points = Annotated[int, typer.Option(min=2, max=20, help="Values of each parameter when no --param is given.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(epilog="Example:  tradingbot backtest -s sma-cross -s rsi-reversion --from 2024-01-01")(backtest)
    app.command(epilog="Example:  tradingbot sweep -s sma-cross -p fast=5:50:5 -p slow=20:200:20")(sweep)
    app.command(epilog="Example:  tradingbot optimize -s rsi-reversion --trials 100 --seed 1")(optimize)
    app.command("walk-forward", epilog="Example:  tradingbot walk-forward -s sma-cross --from 2021-01-01 --test 90")(
        walk_forward
    )
    app.command(epilog="Example:  tradingbot reproduce bt-0123456789")(reproduce)


def backtest(
    strategy: o.Strategies = None,
    symbols: o.Symbols = None,
    start: o.From = None,
    end: o.To = None,
    base: o.Base = None,
    cash: o.Cash = None,
    config: o.Config = None,
    store: o.Store = None,
    runs: o.Runs = None,
    strategy_path: o.StrategyPath = None,
    as_json: o.Json = False,
) -> None:
    """Test strategies on stored candles under all trading rules, with all costs, on one account.

    Without -s all built-in strategies trade side by side. Writes a report that opens offline.
    """
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.finish import finish
    from tradingbot.cli.workspace import Workspace, progress
    from tradingbot.research.backtest import backtest as run

    asked = o.Asked(config, store, runs, strategy_path or (), strategy or ("all",), symbols, start, end, base, cash)
    workspace = Workspace.of(asked)
    settings = workspace.settings(asked)
    with progress(as_json) as shown:
        result = run(workspace.laboratory, settings, now_ms(), shown)
    finish(workspace, result, as_json=as_json)


def sweep(
    strategy: Annotated[str, typer.Option("-s", "--strategy", help="The strategy whose parameters are varied.")],
    param: Params = None,
    points: Points = 5,
    symbols: o.Symbols = None,
    start: o.From = None,
    end: o.To = None,
    base: o.Base = None,
    config: o.Config = None,
    store: o.Store = None,
    runs: o.Runs = None,
    strategy_path: o.StrategyPath = None,
    as_json: o.Json = False,
) -> None:
    """Run a parameter grid on all cores; every combination is a trial in the ledger.

    Shows the best of them with the probability that choosing the best is overfitting (CSCV).
    """
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.tables import show_sweep
    from tradingbot.cli.workspace import Workspace, progress
    from tradingbot.research.sweep import default_grid, grid_of
    from tradingbot.research.sweep import sweep as run

    asked = o.Asked(config, store, runs, strategy_path or (), o.single(strategy), symbols, start, end, base)
    workspace = Workspace.of(asked)
    settings = workspace.settings(asked)
    laboratory = workspace.laboratory
    grid = grid_of(laboratory, settings, param) if param else default_grid(laboratory, settings, points)
    with progress(as_json) as shown:
        done = run(laboratory, settings, grid, now_ms(), shown)
    show_sweep(workspace, settings, done, as_json=as_json)


def optimize(
    strategy: Annotated[str, typer.Option("-s", "--strategy", help="The strategy to optimise; named parameters stay.")],
    trials: Annotated[int, typer.Option(min=1, max=100_000, help="Sets of parameters to try.")] = 100,
    folds: Annotated[int, typer.Option(min=2, max=50, help="Stretches that must all hold up.")] = 5,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Of the search; the same seed finds the same.")] = 1,
    symbols: o.Symbols = None,
    start: o.From = None,
    end: o.To = None,
    base: o.Base = None,
    config: o.Config = None,
    store: o.Store = None,
    runs: o.Runs = None,
    strategy_path: o.StrategyPath = None,
    as_json: o.Json = False,
) -> None:
    """Search parameters with Optuna: they are scored by the mean Sharpe ratio of consecutive stretches less its error.

    Recommends parameters with their uncertainty; judge them with `walk-forward` on other candles.
    """
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.tables import show_optimisation
    from tradingbot.cli.workspace import Workspace, progress
    from tradingbot.research.optimise import optimise

    asked = o.Asked(config, store, runs, strategy_path or (), o.single(strategy), symbols, start, end, base)
    workspace = Workspace.of(asked)
    settings = workspace.settings(asked)
    with progress(as_json) as shown:
        done = optimise(workspace.laboratory, settings, trials, folds, seed, now_ms(), shown)
    show_optimisation(workspace, settings, done, as_json=as_json)


def walk_forward(
    strategy: Annotated[str, typer.Option("-s", "--strategy", help="The strategy whose parameters are chosen.")],
    param: Params = None,
    points: Points = 3,
    fixed: Annotated[bool, typer.Option("--fixed", help="Choose nothing: judge the parameters as given.")] = False,
    train: Annotated[int, typer.Option(min=1, help="Days on which parameters are chosen.")] = 365,
    test: Annotated[int, typer.Option(min=1, help="Days on which they are then judged.")] = 90,
    rolling: Annotated[bool, typer.Option("--rolling", help="Choose on the last --train days only.")] = False,
    symbols: o.Symbols = None,
    start: o.From = None,
    end: o.To = None,
    base: o.Base = None,
    cash: o.Cash = None,
    config: o.Config = None,
    store: o.Store = None,
    runs: o.Runs = None,
    strategy_path: o.StrategyPath = None,
    as_json: o.Json = False,
) -> None:
    """Choose parameters on one stretch, judge them on the next, and go on: only the judged stretches are reported."""
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.finish import finish
    from tradingbot.cli.workspace import Workspace, progress
    from tradingbot.research.sweep import default_grid, grid_of
    from tradingbot.research.walk_forward import Plan
    from tradingbot.research.walk_forward import walk_forward as run

    asked = o.Asked(config, store, runs, strategy_path or (), o.single(strategy), symbols, start, end, base, cash)
    workspace = Workspace.of(asked)
    settings = workspace.settings(asked)
    laboratory = workspace.laboratory
    grid = grid_of(laboratory, settings, param) if param else default_grid(laboratory, settings, points)
    plan = Plan(train, test, "rolling" if rolling else "expanding")
    with progress(as_json) as shown:
        result = run(laboratory, settings, {} if fixed else grid, plan, now_ms(), shown)
    finish(workspace, result, as_json=as_json)


def reproduce(
    run: Annotated[str, typer.Argument(help="The id of a run, as in bt-0123456789.")],
    config: o.Config = None,
    store: o.Store = None,
    runs: o.Runs = None,
    as_json: o.Json = False,
) -> None:
    """Run a finished run again and prove that it is equal to the last digit; exit code 1 when it is not."""
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.tables import show_comparison
    from tradingbot.cli.workspace import Workspace, progress
    from tradingbot.research.reproduce import compare, repeat
    from tradingbot.research.runs import load

    first, paths = load(Workspace.of(o.Asked(config, store, runs)).runs, run)
    workspace = Workspace.of(o.Asked(config, store, runs, paths))
    with progress(as_json) as shown:
        second = repeat(workspace.laboratory, first, now_ms(), shown)
    compared = compare(first, second)
    show_comparison(compared, as_json=as_json)
    if not compared.equal:
        raise typer.Exit(1)
