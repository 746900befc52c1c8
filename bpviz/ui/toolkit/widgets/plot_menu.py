"""The menu that plots numbers over time, for all views that show such numbers."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.quantities import Quantity, UnitValue
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.pattern_names import full_name
from bpviz.ui.toolkit.drawing.unit_names import ref_name, unit_name

KEY = "P"
"""The key of the window's action that plots the quantity under the mouse pointer."""


def quantities_of(setup: PreparedExperiment, unit: UnitRef, row: int) -> tuple[Quantity, ...]:
    """The quantities of a unit that can be plotted, most usual first; none for an input."""
    if setup.network.groups[unit.group].role == "input":
        return ()
    return (
        UnitValue(unit, "activation", row),
        UnitValue(unit, "delta", row),
        BiasRef(unit.group, unit.unit),
    )


def add_plot_actions(
    menu: QMenu,
    setup: PreparedExperiment,
    quantities: Sequence[Quantity],
    chosen: Callable[[Quantity], None],
) -> None:
    """Add an action for each quantity; the first shows the key that also plots it."""
    for n, quantity in enumerate(quantities):
        words = f"Plot {_words(setup, quantity)} over time"
        action = menu.addAction(words + (f"\t{KEY}" if n == 0 else ""))
        action.setObjectName(f"plot_{_kind(quantity)}")
        action.triggered.connect(lambda _=False, q=quantity: chosen(q))


def plot_menu(
    parent: QWidget,
    setup: PreparedExperiment,
    quantities: Sequence[Quantity],
    chosen: Callable[[Quantity], None],
) -> QMenu:
    """A menu with only these actions."""
    menu = QMenu(parent)
    menu.setObjectName("plot_menu")
    add_plot_actions(menu, setup, quantities, chosen)
    return menu


def _kind(quantity: Quantity) -> str:
    if isinstance(quantity, UnitValue):
        return quantity.kind
    return "weight" if isinstance(quantity, WeightRef) else "bias"


def _words(setup: PreparedExperiment, quantity: Quantity) -> str:
    if not isinstance(quantity, UnitValue):
        return ref_name(setup, quantity)
    name = unit_name(setup, quantity.unit.group, quantity.unit.unit)
    return f"{quantity.kind} of {name} for {full_name(setup.patterns, quantity.row)}"
