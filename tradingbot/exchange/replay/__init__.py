"""A Binance of our own: REST, streams and WebSocket API over a simulated exchange that recorded data drives."""
