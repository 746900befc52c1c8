"""Where lessons are read."""
