"""The table of views: a new one is one row, and the window, pictures and tests walk the rows."""

from bpviz.ui.views.activations import ActivationsView
from bpviz.ui.views.base import View
from bpviz.ui.views.collapse import CollapseView
from bpviz.ui.views.compare import CompareView
from bpviz.ui.views.draw import DrawView
from bpviz.ui.views.hidden_space import HiddenSpaceView
from bpviz.ui.views.loss import LossView
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.output import OutputView
from bpviz.ui.views.responses import ResponsesView
from bpviz.ui.views.trajectory import TrajectoryView
from bpviz.ui.views.weights import WeightsView

VIEWS: tuple[type[View], ...] = (
    NetworkView,
    LossView,
    ActivationsView,
    OutputView,
    DrawView,
    HiddenSpaceView,
    ResponsesView,
    CollapseView,
    WeightsView,
    TrajectoryView,
    CompareView,
)
"""Every view, in the order in which they are listed."""
