"""Relevance from the score back to the input, one rule per node; never imports delta.

`walk` is the way back. `gradient`, `lrp`, `deeplift`, `reveal_cancel` and `patterns` are its rules.
"""
