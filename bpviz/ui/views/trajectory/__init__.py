"""Chosen weights, biases and units against epochs."""

from bpviz.ui.views.trajectory.view import TrajectoryView

__all__ = ["TrajectoryView"]
