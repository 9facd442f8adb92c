"""Multilevel models: linear, generalised linear, and Bayesian."""
