"""What a finished graph tells: its grids, its head, its gates, where a map may be taken."""
