"""Where the process begins: an interruption ends it in one line even while the rest is being imported."""

import sys

INTERRUPTED = 130
WORDS = "Interrupted: nothing half-written remains, and the same command can be run again."


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        from tradingbot.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write(f"{WORDS}\n")
        sys.exit(INTERRUPTED)
