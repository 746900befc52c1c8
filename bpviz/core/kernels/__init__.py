"""Fast epochs: kernels with one signature and the same numbers."""
