"""Stage 4, what may be traded and how much: one rule per file, pure and compiled."""
