"""The views: each shows the run in its own way."""
