"""Generalised estimating equations: of numbers, of levels, of rows that no memory holds."""
