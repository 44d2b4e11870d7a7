"""Verbs that show what there is: strategies, settings, and whether a strategy looks ahead."""

from typing import Annotated

import typer

from tradingbot.cli import options as o


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("list-strategies", epilog="Example:  tradingbot list-strategies --strategy-path mine")(list_strategies)
    app.command("show-config", epilog="Example:  tradingbot show-config -c tradingbot.toml")(show_config)
    app.command("lookahead-check", epilog="Example:  tradingbot lookahead-check -s sma-cross --symbols BTCUSDT")(
        lookahead_check
    )


def list_strategies(config: o.Config = None, strategy_path: o.StrategyPath = None, as_json: o.Json = False) -> None:
    """List all strategies with their parameters, defaults and ranges."""
    from tradingbot.cli.tables import show_strategies
    from tradingbot.cli.workspace import Workspace

    workspace = Workspace.of(o.Asked(config, strategy_paths=strategy_path or ()))
    show_strategies(workspace.laboratory.catalogue.known, as_json=as_json)


def show_config(config: o.Config = None, as_json: o.Json = False) -> None:
    """Show all settings after file and environment."""
    from tradingbot import config as settings
    from tradingbot.cli.tables import show_settings

    show_settings(settings.current(config), as_json=as_json)


def lookahead_check(
    strategy: Annotated[str, typer.Option("-s", "--strategy", help="The strategy to check.")],
    symbols: o.Symbols = None,
    start: o.From = None,
    end: o.To = None,
    config: o.Config = None,
    store: o.Store = None,
    strategy_path: o.StrategyPath = None,
    as_json: o.Json = False,
) -> None:
    """Prove on stored candles that a strategy uses nothing that it could not know; exit code 1 when it does."""
    from tradingbot.cli.tables import show_findings
    from tradingbot.cli.workspace import Workspace
    from tradingbot.research.lookahead import check_strategy

    asked = o.Asked(config, store, None, strategy_path or (), o.single(strategy), symbols or "BTCUSDT", start, end)
    workspace = Workspace.of(asked)
    findings = check_strategy(workspace.laboratory, workspace.settings(asked))
    show_findings(findings, as_json=as_json)
    if findings:
        raise typer.Exit(1)
