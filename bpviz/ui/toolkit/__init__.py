"""What views and panels are built with."""
