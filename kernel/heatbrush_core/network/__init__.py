"""A model as scores: what methods may ask of it, with a graph or without."""
