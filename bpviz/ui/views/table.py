"""The table of views: the window, the menus, the pictures and the tests read its rows.

A view's module is imported when its class is first needed: the window starts with a few views.
"""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from bpviz.ui.toolkit.lazy_parts import LazyPart

if TYPE_CHECKING:
    from bpviz.ui.views.base import View


class ViewRow(NamedTuple):
    """A view: its key, its title, and ``module:class`` below ``bpviz.ui.views``.

    ``first`` are modules below ``bpviz.ui.views`` that take long to import: the window imports
    each in a turn of the event loop of its own.
    """

    key: str
    title: str
    path: str
    first: tuple[str, ...] = ()

    @property
    def part(self) -> LazyPart:
        """The view as a part of the window."""
        module, *first = (f"{__package__}.{m}" for m in (self.path.split(":")[0], *self.first))
        return LazyPart(self.key, self.title, module, tuple(first))

    def load(self) -> "type[View]":
        """The class, imported now if it is not yet."""
        cls: type[View] = getattr(import_module(self.part.module), self.path.split(":")[1])
        return cls


_ROWS = (
    ViewRow("network", "Network", "network.view:NetworkView"),
    ViewRow("loss", "Loss", "loss.view:LossView"),
    ViewRow("activations", "Hidden activations", "activations.view:ActivationsView"),
    ViewRow("output", "Output", "output.view:OutputView"),
    ViewRow("draw", "Draw", "draw.view:DrawView"),
    ViewRow(
        "hidden_space", "Hidden space", "hidden_space.view:HiddenSpaceView",
        ("hidden_space.space", "hidden_space.canvas"),
    ),
    ViewRow("responses", "Responses", "responses.view:ResponsesView"),
    ViewRow("collapse", "Collapse", "collapse.view:CollapseView"),
    ViewRow("weights", "Hinton", "weights.view:WeightsView"),
    ViewRow("trajectory", "Over time", "trajectory.view:TrajectoryView"),
    ViewRow("compare", "Compare", "compare.view:CompareView"),
    ViewRow("similarity", "Similarity", "similarity.view:SimilarityView"),
)  # fmt: skip

VIEWS = {row.key: row for row in _ROWS}
"""Key -> row of every view, in the order of menus and docks."""


def view_classes() -> "tuple[type[View], ...]":
    """The classes of all views, in the same order; imports those that are not imported yet."""
    return tuple(row.load() for row in VIEWS.values())
