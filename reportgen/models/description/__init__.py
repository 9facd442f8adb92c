"""What tables and plots ask of the rows themselves."""
