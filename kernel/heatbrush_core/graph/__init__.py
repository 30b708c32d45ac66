"""One graph: a Keras model as a flat list of nodes; this package alone knows the insides of Keras.

It imports nothing else of ours.
"""
