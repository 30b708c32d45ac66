"""The bqplot tabs beneath the panels: each asks the session, and nothing else asks a tab."""
