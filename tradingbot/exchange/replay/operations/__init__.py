"""What can be asked for: one handler an operation, the same over REST and the WebSocket API."""
