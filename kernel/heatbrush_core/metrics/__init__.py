"""How good a map is, and a method: curves, agreement, sensitivity, stability, randomisation."""
