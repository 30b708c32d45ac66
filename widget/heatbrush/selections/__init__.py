"""Selections that a view keeps under names: what the model says of them, and Python's mapping."""
