"""The plots, one kind a file; helpers that several of them share stand beside them."""
