"""Typer verbs, each one call into the packages below."""
