"""Backtest, sweep, optimise, walk-forward and the ledger of trials."""
