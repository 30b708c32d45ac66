"""One graph: a Keras model as a flat list of nodes; only this package knows the insides of Keras."""
