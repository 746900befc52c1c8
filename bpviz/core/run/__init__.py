"""Runs: training from one seed, its record and checkpoints, and snapshots of it."""
