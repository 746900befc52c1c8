"""The heatmap of hidden activations: patterns against units."""

from bpviz.ui.views.activations.view import ActivationsView

__all__ = ["ActivationsView"]
