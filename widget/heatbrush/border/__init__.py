"""What crosses between kernel and browser: its values, and the traits; knows no session."""
