"""What every request and connection needs: addresses, keys, clock, budget, HTTP and WebSocket."""
