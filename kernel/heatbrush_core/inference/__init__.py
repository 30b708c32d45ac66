"""Asking a model, batch by batch: what it says, with progress and cancel."""
