"""What a region is worth to the score, and whether chance would do as well."""
