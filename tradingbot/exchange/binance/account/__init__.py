"""Orders, balances and what happens to the account."""
