"""The columns of the microscope's table: headings, tips, and the parts of the network meant."""

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
    """One factor: its heading, what it is, its numbers, and the part of the network it is of.

    The column "weight" holds numbers for paths only, and has no values.
    """

    kind: TermColumnKind | Literal["weight"]
    heading: str
    tip: str
    values: Vector
    target: Highlight | None


WORDS: dict[TermColumnKind, tuple[str, str]] = {
    "net": ("net", "net input"),
    "act": ("o", "activation, o = f(net)"),
    "derivative": ("f′(net)", "derivative of the activation"),
    "deviation": ("t − o", "teacher minus output"),
    "error": ("e − Σ e o", "the error as softmax units share it"),
    "back": ("Σ δₖ wⱼₖ", "the error that comes back: open a pattern to see it path by path"),
    "slope": ("f′(net)", "slope of the unit's activation"),
    "delta": ("δ", "delta: the product so far"),
    "source": ("input", "what the weight carries"),
    "own": ("δ · input", "the term of this weight alone, without those it is tied to"),
    "wish": ("term", "this pattern's wish: the product"),
}
"""Kind of a column -> its heading, and what it is."""

WEIGHT = "the last weight of a path: open a pattern to see its paths"
TIED = "this pattern's wish: the terms of all weights that share the number, together"


def columns_of(subject: NamedReading) -> list[MicroscopeColumn]:
    """The factors of a pattern's term, from left to right, and their product."""
    columns: list[MicroscopeColumn] = []
    for column in term_columns(subject.reading):
        if column.kind == "back":  # the numbers of this column stand in the rows of paths
            fan = target_of(subject, "back")
            columns.append(MicroscopeColumn("weight", "wⱼₖ", WEIGHT, np.empty(0), fan))
        heading, tip = WORDS[column.kind]
        if column.kind == "wish" and subject.change is not None and len(subject.change.tied) > 1:
            heading, tip = "Σ tied", TIED
        target = target_of(subject, column.kind)
        columns.append(MicroscopeColumn(column.kind, heading, tip, column.values, target))
    return columns


def target_of(subject: NamedReading, kind: TermColumnKind) -> Highlight:
    """The part of the network that numbers of a kind are about."""
    ref = subject.ref
    if kind in ("own", "wish"):
        return looked_at(subject)
    if kind == "source" and isinstance(ref, WeightRef):
        return UnitRef(subject.scene.network.connections[ref.connection].source, ref.source)
    here = UnitRef(subject.unit.group, subject.unit.unit)
    return _fan(subject, here) if kind == "back" else here


def looked_at(subject: NamedReading) -> Element:
    """The weight, or the unit itself or whose bias it is."""
    ref = subject.ref
    return ref if isinstance(ref, WeightRef) else UnitRef(ref.group, ref.unit)


def _fan(subject: NamedReading, here: UnitRef) -> ElementSet:
    """All weights by which an error comes back to a unit."""
    network = subject.scene.network
    weights: list[WeightRef] = []
    for c in network.outgoing(here.group):
        link = network.connections[c]
        size = network.groups[link.target].size
        targets = range(size) if link.mask is None else np.flatnonzero(link.mask[here.unit])
        weights += [WeightRef(c, here.unit, int(k)) for k in targets]
    return ElementSet(tuple(weights), (here,))
