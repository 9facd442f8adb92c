"""Likelihoods computed from cross-products: numpy and scipy only, imported where rows are."""
