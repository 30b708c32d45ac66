"""The inputs of a model beside the matrix: what they hold for each sample of a view."""
