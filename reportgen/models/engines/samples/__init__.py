"""Samples of a population, and data sets completed by chance."""
