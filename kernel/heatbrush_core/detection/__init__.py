"""Boxes and landmarks against the truth: overlap, matching, precision, errors. NumPy and SciPy."""
