"""What a network is trained on whose outputs a decoder reads: what it should return, and a loss."""
