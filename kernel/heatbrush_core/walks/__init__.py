"""Three walks over one graph: `forward`, `backward` and `delta`.

Forward computes every slot; backward carries relevance from the score to the input, by one rule per
node; delta is forward again, but only through the cells that a change can reach.
"""
