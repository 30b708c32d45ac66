"""A model under a generator: which parameter moves the score, and on which part evidence lies."""
