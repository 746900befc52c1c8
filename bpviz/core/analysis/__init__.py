"""What can be computed about a trained network; nothing here trains."""
