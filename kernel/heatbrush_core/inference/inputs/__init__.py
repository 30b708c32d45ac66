"""The inputs beside the matrix in a question: what they hold, and what that is worth."""
