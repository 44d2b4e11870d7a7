"""What trading is: timeframes, candles, signals, filters, account state, the error tree."""
