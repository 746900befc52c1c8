"""The race in the window: choose variants and seeds, watch all curves at once, open any network."""
