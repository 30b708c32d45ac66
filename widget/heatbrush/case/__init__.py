"""Views as files: written whole, checked as they are read, and opened as views again."""
