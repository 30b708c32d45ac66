"""Forward again, but only through the cells that a window can change; never imports backward.

In order: `reach` of one axis, `node_reach` of one node, `locality` of a graph, `footprint` of given
windows, `index_tables` to gather by, and the `walk` itself, beside what is `cached` of the matrix.
"""
