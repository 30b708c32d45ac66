"""A Keras model as a list of nodes; this package alone knows the insides of Keras."""
