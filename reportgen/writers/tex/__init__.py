"""LaTeX out of the parts of a report."""
