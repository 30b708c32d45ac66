"""One graph: a Keras model as a flat list of nodes.

Only this package knows the insides of Keras, and it imports nothing else of ours.
"""
