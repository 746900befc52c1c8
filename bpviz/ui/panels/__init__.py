"""Where a person sets things."""
