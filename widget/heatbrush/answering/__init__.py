"""What a page asks for, answered: its messages, what-ifs, and the table of baselines."""
