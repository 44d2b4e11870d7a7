"""Reports of the simulated exchange in the exchange's own JSON."""
