"""Three walks over a graph: forward, backward with one rule per node, and delta: forward where a window reaches."""
