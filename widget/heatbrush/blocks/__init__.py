"""Blocks of a large matrix: what a page is sent of more cells than it can draw."""
