"""Measured figures: each module prints its own; `python -m benchmarks` prints all."""
