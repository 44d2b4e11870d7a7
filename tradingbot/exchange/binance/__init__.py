"""Binance spot: orders, account and metadata through ccxt, market data and the user stream direct."""
