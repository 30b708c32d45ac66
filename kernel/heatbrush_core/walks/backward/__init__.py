"""The backward walk, and its rules: the gradient, LRP, DeepLIFT, patterns."""
