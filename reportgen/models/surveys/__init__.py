"""What a sample says of its population, by the design it was drawn by."""
