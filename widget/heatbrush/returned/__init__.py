"""The maps that a model returns, as the panel of its output shows them."""
