"""TradingBot: a trading system for Binance that works by itself and tells the truth."""

__version__ = "0.1.0"
