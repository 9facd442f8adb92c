"""From a formula to arrays: its closed grammar, the values of its factors, the design matrix."""
