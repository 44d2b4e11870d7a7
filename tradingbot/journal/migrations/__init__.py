"""How the tables of a journal came to be, step by step (Alembic)."""
