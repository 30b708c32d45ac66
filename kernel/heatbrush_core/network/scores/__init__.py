"""What the outputs of a model are: read as logits, probabilities or values, or refused."""
