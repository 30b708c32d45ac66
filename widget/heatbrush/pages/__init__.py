"""The pages that show a view: what is sent to them, how fast, and whether any is left."""
