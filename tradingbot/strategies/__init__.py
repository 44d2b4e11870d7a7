"""Stage 3, signals: one idea per file."""
