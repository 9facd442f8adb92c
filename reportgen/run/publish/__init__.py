"""A report appears whole, or the previous one stays."""
