"""Stage 2, numbers from candles: indicators, higher timeframes, causality checks."""
