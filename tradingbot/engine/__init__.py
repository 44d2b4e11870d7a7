"""Stage 5, the compiled core: match, apply_fill, decide, run."""
