"""What is kept of a run over its epochs."""
