"""A model under a generator: what moves the score, where evidence lies, which layer holds what."""
