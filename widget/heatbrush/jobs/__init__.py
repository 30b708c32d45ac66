"""The jobs of one view: one thread that uses the model, and what runs there between batches."""
