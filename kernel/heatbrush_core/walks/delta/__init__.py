"""The delta walk: forward again, but only through the cells that a window can change."""
