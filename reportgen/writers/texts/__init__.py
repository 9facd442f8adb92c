"""Prose: Markdown, mathematics, footnotes, and the values that stand in a text."""
