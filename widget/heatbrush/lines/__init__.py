"""What the table of scores lists: classes, or targets, of which each sample has its own."""
