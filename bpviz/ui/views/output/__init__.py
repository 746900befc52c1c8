"""The output view: what the network answers, in the form that suits the problem."""

from bpviz.ui.views.output.view import OutputView

__all__ = ["OutputView"]
