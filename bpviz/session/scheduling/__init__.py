"""When the training thread works, and when it lets the window draw."""
