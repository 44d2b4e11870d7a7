"""What moves the market on: the clock, the feed of recorded events, and the start of a replay."""
