"""The output view: the outputs of the network, in a form that suits the problem."""

from bpviz.ui.views.output.view import OutputView

__all__ = ["OutputView"]
