"""Marginal models of clustered outcomes: generalised estimating equations."""
