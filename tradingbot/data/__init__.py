"""Stage 1, candles in: download, import, verification, the candle store, resampling."""
