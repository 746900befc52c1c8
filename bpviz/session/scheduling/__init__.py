"""Scheduling of the training thread beside the window, which share Python's interpreter."""
