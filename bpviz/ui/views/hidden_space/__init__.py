"""The hidden space view: patterns as points in the space of a hidden group's activations."""

from bpviz.ui.views.hidden_space.view import HiddenSpaceView

__all__ = ["HiddenSpaceView"]
