"""A model with several inputs: which of them is the matrix, and what the others hold."""
