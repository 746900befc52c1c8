"""The comparison view: several runs on one set of axes, and side by side."""

from bpviz.ui.views.compare.view import CompareView

__all__ = ["CompareView"]
