"""TOML and environment to frozen settings, once."""
