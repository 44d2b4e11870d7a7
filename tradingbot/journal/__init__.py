"""What happened in a trading session, in order, for ever."""
