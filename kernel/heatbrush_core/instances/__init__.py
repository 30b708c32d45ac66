"""Several things in one matrix: which cells each has, and what one loses without another."""
