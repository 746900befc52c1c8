"""The parts that views and panels are built from."""
