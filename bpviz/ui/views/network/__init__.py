"""The network view: units, weights and biases of one instant, for one pattern."""

from bpviz.ui.views.network.view import NetworkView

__all__ = ["NetworkView"]
