"""Likelihoods of random effects, linear and generalised, and what follows from them."""
