"""What Ctrl-C ends with."""

INTERRUPTED = 130
WORDS = "Interrupted: nothing half-written remains, and the same command can be run again."
