"""What a map says: profiles, runs, how alike two are, what is true. NumPy only."""
