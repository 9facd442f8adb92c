"""What only paper needs: where pages end, what a PDF has inside, and what may be loaded."""
