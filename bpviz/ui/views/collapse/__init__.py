"""The collapse view: the single layer that a network with linear hidden units is."""

from bpviz.ui.views.collapse.view import CollapseView

__all__ = ["CollapseView"]
