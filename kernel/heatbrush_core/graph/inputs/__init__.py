"""What a model takes: its inputs by name, and those that are held while the matrix is asked."""
