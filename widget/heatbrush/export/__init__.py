"""The files that a view becomes: made from what the session holds, which stays as it is."""
