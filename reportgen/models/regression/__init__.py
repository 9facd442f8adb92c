"""Regression of independent rows: least squares, generalised linear models, quantiles, hazards."""
