"""Whom to ask about what: targets, several of them side by side, and the things that are found."""
