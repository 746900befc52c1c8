"""The table of views: a new one is one row, and the window, pictures and tests walk the rows.

Its class is imported when it is asked for: the window starts with a few of the views only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from bpviz.ui.toolkit.lazy_parts import LazyPart

if TYPE_CHECKING:
    from bpviz.ui.views.base import View


class ViewRow(NamedTuple):
    """A view: its key names its package, and the class is in ``view`` there.

    ``first`` are modules of the package that take so long to import that they have a turn.
    """

    key: str
    title: str
    name: str
    first: tuple[str, ...] = ()

    @property
    def part(self) -> LazyPart:
        """The view as a part of the window."""
        package = f"{__package__}.{self.key}"
        first = tuple(f"{package}.{module}" for module in self.first)
        return LazyPart(self.key, self.title, f"{package}.view", first)

    def load(self) -> "type[View]":
        """The class."""
        cls: type[View] = getattr(import_module(self.part.module), self.name)
        return cls


ROWS = (
    ViewRow("network", "Network", "NetworkView"),
    ViewRow("loss", "Loss", "LossView"),
    ViewRow("activations", "Hidden activations", "ActivationsView"),
    ViewRow("output", "Output", "OutputView"),
    ViewRow("draw", "Draw", "DrawView"),
    ViewRow("hidden_space", "Hidden space", "HiddenSpaceView", ("space", "canvas")),
    ViewRow("responses", "Responses", "ResponsesView"),
    ViewRow("collapse", "Collapse", "CollapseView"),
    ViewRow("weights", "Hinton", "WeightsView"),
    ViewRow("trajectory", "Over time", "TrajectoryView"),
    ViewRow("compare", "Compare", "CompareView"),
)
"""Every view, in the order in which they are listed."""

BY_KEY = {row.key: row for row in ROWS}

VIEWS: "tuple[type[View], ...]"
"""The classes of all, in this order; imported when this is first asked for."""


def __getattr__(name: str) -> object:
    if name == "VIEWS":
        globals()[name] = tuple(row.load() for row in ROWS)
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
