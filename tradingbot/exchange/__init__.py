"""Venues behind one port: simulated, Binance; and the replay exchange that speaks Binance's own protocol."""
