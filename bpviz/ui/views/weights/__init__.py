"""A Hinton diagram of all weights and biases."""

from bpviz.ui.views.weights.view import WeightsView

__all__ = ["WeightsView"]
