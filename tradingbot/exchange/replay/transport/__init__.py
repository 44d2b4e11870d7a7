"""How it is asked for: HTTP, streams, the WebSocket API, and the routes that steer."""
