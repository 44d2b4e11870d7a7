"""Public prices: frames, candles, order books."""
