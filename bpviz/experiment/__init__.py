"""What a run needs, as plain data, and what is made of it."""
