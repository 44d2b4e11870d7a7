"""What the exchange says that we do not know: counted by name, never fatal."""

from collections import Counter

MOST_NAMED = 100


def skip(skipped: Counter[str], name: str) -> None:
    """Count it; names beyond the first hundred are not kept, so that nobody can fill the memory with them."""
    if name in skipped or len(skipped) < MOST_NAMED:
        skipped[name] += 1
