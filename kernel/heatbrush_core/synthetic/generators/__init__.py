"""Named generators: matrices of named parts, drawn from ranges and a seed, with their masks."""
