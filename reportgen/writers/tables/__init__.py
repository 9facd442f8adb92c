"""Tables as text: their cells, how they are aligned, and what is done where they do not fit."""
