"""The hidden space view: patterns as points in the space of a hidden group's activations."""
