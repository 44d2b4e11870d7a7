"""Metrics, statistics and reports, from a finished run."""
