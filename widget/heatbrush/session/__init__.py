"""The work of one view: what is asked, computed, kept and sent; draws nothing, writes no file."""
