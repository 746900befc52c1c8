"""The loss view: error and share of right outputs against epochs."""

from bpviz.ui.views.loss.view import LossView

__all__ = ["LossView"]
