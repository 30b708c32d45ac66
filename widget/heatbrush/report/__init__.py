"""A page about a whole model: how often it is right, what its classes rest on, what was checked."""
