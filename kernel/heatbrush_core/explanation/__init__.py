"""The answer of a method, and how it is shown, told and saved."""
