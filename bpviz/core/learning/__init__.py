"""How a network changes: gradients, learning rules, optimizers and their settings."""
