"""Where the process begins: an interruption ends it in one line even while the rest is being imported."""

import sys

from tradingbot.cli.interrupt import INTERRUPTED, WORDS


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        from tradingbot.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write(f"{WORDS}\n")
        sys.exit(INTERRUPTED)
