"""Kinds that have a likelihood of several linear predictors."""
