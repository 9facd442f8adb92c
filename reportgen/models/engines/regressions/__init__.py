"""Regression of independent rows: least squares, likelihoods, quantiles, hazards."""
