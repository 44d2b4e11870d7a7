"""A spot exchange in memory: Binance's order rules over the core's own `match` and `apply_fill`."""
