"""The named features, by family; every module here is searched."""
