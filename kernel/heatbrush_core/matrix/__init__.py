"""What is given: a matrix, the names along it, regions of it, and what hides them. NumPy only."""
