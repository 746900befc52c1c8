"""A run: a network on its way through the epochs, its record, and what is seen of it."""
