"""Kernels: interchangeable implementations of the passes and of whole epochs."""
