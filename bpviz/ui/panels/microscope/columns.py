"""The columns of the microscope's table: headings, tool tips, and parts of the network."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.microscope.columns import TermColumnKind, term_columns
from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.values import Vector
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.views.network.hover import Element, ElementSet, Highlight


@dataclass(frozen=True, slots=True, eq=False)
class MicroscopeColumn:
    """One factor: its heading, tool tip, numbers, and the part of the network that it belongs to.

    The column "weight" has numbers in the rows of paths only; its ``values`` are empty.
    """

    kind: TermColumnKind | Literal["weight"]
    heading: str
    tip: str
    values: Vector
    target: Highlight | None


WORDS: dict[TermColumnKind, tuple[str, str]] = {
    "kept": ("r", "dropout: 0 where the unit is silent, otherwise 1 / (1 − p)"),
    "net": ("net", "net input"),
    "act": ("o", "activation, o = f(net)"),
    "derivative": ("f′(net)", "derivative of the activation"),
    "deviation": ("t − o", "target minus output"),
    "error": ("e − Σ e o", "the error as softmax units share it"),
    "back": ("Σ δₖ wⱼₖ", "the error that comes back: open a pattern to see it path by path"),
    "slope": ("f′(net)", "slope of the unit's activation"),
    "delta": ("δ", "delta: the product so far"),
    "source": ("input", "what the weight carries"),
    "own": ("δ · input", "the term of this weight alone, without those it is tied to"),
    "contribution": ("term", "this pattern's contribution: the product"),
}
"""Kind of a column -> its heading and tool tip."""

WEIGHT = "the last weight of a path: open a pattern to see its paths"
TIED = "this pattern's contribution: the terms of all weights that share the number, together"


def columns_of(reading: NamedReading) -> list[MicroscopeColumn]:
    """The factors of a pattern's contribution, from left to right, and their product."""
    columns: list[MicroscopeColumn] = []
    for column in term_columns(reading.values):
        if column.kind == "back":  # this column has numbers in the rows of paths
            fan = target_of(reading, "back")
            columns.append(MicroscopeColumn("weight", "wⱼₖ", WEIGHT, np.empty(0), fan))
        heading, tip = WORDS[column.kind]
        if (
            column.kind == "contribution"
            and reading.change is not None
            and len(reading.change.tied) > 1
        ):
            heading, tip = "Σ tied", TIED
        if column.kind in ("slope", "derivative") and reading.unit.kept is not None:
            heading, tip = "r f′(net)", "slope of what the unit passes on: with dropout, times r"
        target = target_of(reading, column.kind)
        columns.append(MicroscopeColumn(column.kind, heading, tip, column.values, target))
    return columns


def target_of(reading: NamedReading, kind: TermColumnKind) -> Highlight:
    """The part of the network that a column's numbers belong to."""
    ref = reading.ref
    if kind in ("own", "contribution"):
        return element_of(reading)
    if kind == "source" and isinstance(ref, WeightRef):
        return UnitRef(reading.update.network.connections[ref.connection].source, ref.source)
    here = UnitRef(reading.unit.group, reading.unit.unit)
    return _fan(reading, here) if kind == "back" else here


def element_of(reading: NamedReading) -> Element:
    """The weight, or the unit, also for its bias."""
    ref = reading.ref
    return ref if isinstance(ref, WeightRef) else UnitRef(ref.group, ref.unit)


def _fan(reading: NamedReading, here: UnitRef) -> ElementSet:
    """All weights along which an error comes back to a unit."""
    network = reading.update.network
    weights: list[WeightRef] = []
    for c in network.outgoing(here.group):
        link = network.connections[c]
        size = network.groups[link.target].size
        targets = range(size) if link.mask is None else np.flatnonzero(link.mask[here.unit])
        weights += [WeightRef(c, here.unit, int(k)) for k in targets]
    return ElementSet(tuple(weights), (here,))
