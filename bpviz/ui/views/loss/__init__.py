"""The loss view: error and share right against epochs."""

from bpviz.ui.views.loss.view import LossView

__all__ = ["LossView"]
