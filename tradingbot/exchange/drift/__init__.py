"""Contract drift: what we rely on at the exchange, held against what the exchange answers today."""
