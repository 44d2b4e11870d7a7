"""What the replay exchange knows of the market: recorded candles, trades and books, and the present made of them."""
