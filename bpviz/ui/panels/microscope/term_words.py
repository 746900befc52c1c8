"""The names of the formula's terms, and their parts of the network."""

import re
from collections.abc import Callable

import numpy as np

from bpviz.core.microscope.columns import term_columns
from bpviz.core.microscope.error_paths import Path
from bpviz.core.microscope.terms import Term, TermKind
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import UnitRef, WeightRef, parameter_at, unit_of
from bpviz.core.text.number_words import number_text, plain
from bpviz.ui.panels.microscope.columns import element_of, target_of
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import HAT
from bpviz.ui.panels.microscope.path_words import elements_of, way_words
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.views.network.hover import ElementSet, Highlight
from bpviz.ui.views.network.labels import activation_name

MOST_WEIGHTS = 300
"""Weights between two groups that are highlighted together; of more, only their units."""


# -- words ---------------------------------------------------------------------------------------


def term_words(reading: NamedReading, term: Term, p: int, path: Path | None) -> str:
    """The name of a term, and its number for pattern p of the update if it has one."""
    if term.kind == "path":
        way = "" if path is None else f", {way_words(reading, path)}"
        return f"what this path adds to the error that reaches {_here(reading)}{way}"
    words = WORDS[term.kind](reading, term)
    value = _value(reading, term, p)
    return (
        words if value is None else f"{words}\npattern {reading.name_of(p)}: {number_text(value)}"
    )


def _value(reading: NamedReading, term: Term, p: int) -> float | None:
    """The number of a term in the table's row of pattern p."""
    here = term.unit >= 0 and (term.group, term.unit) == (reading.unit.group, reading.unit.unit)
    if not (here or term.kind in ("own", "source")) or p < 0:
        return None
    for column in term_columns(reading.values):
        if column.kind == term.kind or (term.kind == "own" and column.kind == "contribution"):
            return float(column.values[p])
    return None


def _of(reading: NamedReading, term: Term) -> str:
    """The term's unit or units: 'h2', 'the outputs', 'the units of hidden 1'."""
    network = reading.update.network
    if term.unit >= 0 or network.groups[term.group].size == 1:
        return unit_name(reading.frame.setup, term.group, max(term.unit, 0))
    if term.group == network.output:
        return "the outputs"
    return f"the units of {network.groups[term.group].name}"


def _here(reading: NamedReading) -> str:
    return unit_name(reading.frame.setup, reading.unit.group, reading.unit.unit)


def _change(reading: NamedReading, term: Term) -> str:
    return f"change of {reading.title}: what the next update adds to it"


def _rate(reading: NamedReading, term: Term) -> str:
    return f"learning rate ε = {plain(reading.update.training.rate, 6)}"


def _mean(reading: NamedReading, term: Term) -> str:
    return f"mean: divided by the {len(reading.update.rows):,} patterns of the update"


def _patterns(reading: NamedReading, term: Term) -> str:
    n = len(reading.update.rows)
    return f"sum over the {n:,} patterns of the update" if n > 1 else "the update has one pattern"


def _tied(reading: NamedReading, term: Term) -> str:
    change = reading.change
    n = 1 if change is None else len(change.tied)
    return f"sum over the {n:,} weights that share this number"


def _direction(reading: NamedReading, term: Term) -> str:
    minus = ", minus weight decay" if reading.change and reading.change.decay else ""
    mean = "mean" if reading.update.training.reduction == "mean" else "sum"
    return f"direction downhill: the {mean} over the patterns{minus}"


def _decay(reading: NamedReading, term: Term) -> str:
    training = reading.update.training
    l2 = f"L2: λ₂ = {plain(training.decay_l2, 6)} times the weight"
    l1 = f"L1: λ₁ = {plain(training.decay_l1, 6)} times the weight's sign"
    share = f"κ = {plain(training.decay_share, 6)} of the weight itself, whatever the learning rate"
    said = {3: share, 2: l2, 1: l1}.get(term.unit)
    if said is None:
        said = " and ".join(t for t, on in ((l2, training.decay_l2), (l1, training.decay_l1)) if on)
    return f"weight decay, {said}"


def _momentum(subject: NamedReading, term: Term) -> str:
    assert subject.change is not None
    return f"{subject.change.steps[1].name} of {subject.title}"


def _optimizer(reading: NamedReading, term: Term) -> str:
    assert reading.change is not None
    step = reading.change.steps[term.unit]
    symbol = re.sub(r"\\hat\{(\w)\}", rf"\1{HAT}", step.tex)
    return f"{symbol}: {step.name}"


def _act(reading: NamedReading, term: Term) -> str:
    is_input = reading.update.network.groups[term.group].role == "input"
    return f"{'value' if is_input else 'activation'} of {_of(reading, term)}"


def _deviation(reading: NamedReading, term: Term) -> str:
    return f"deviation of {_of(reading, term)}: target minus output"


def _error(reading: NamedReading, term: Term) -> str:
    if reading.update.network.groups[term.group].role == "hidden":
        return f"error that comes back to {_of(reading, term)}"
    name = LOSSES[reading.update.loss.name].label
    shared = " less what its softmax group shares" if _is_softmax(reading, term.group) else ""
    return f"error of {_of(reading, term)} by {name}{shared}"


def _is_softmax(reading: NamedReading, group: int) -> bool:
    return not ACTIVATIONS[reading.update.network.groups[group].activation].elementwise


def _shared(reading: NamedReading, term: Term) -> str:
    name = reading.update.network.groups[term.group].name
    return f"what all units of {name} share (softmax): the sum of error times activation"


def _sum(reading: NamedReading, term: Term) -> str:
    alone = reading.update.network.groups[term.group].size == 1
    return f"sum over {_of(reading, term)}{' alone' if alone else ''}"


def _back(reading: NamedReading, term: Term) -> str:
    return f"error that comes back to {_of(reading, term)}, scaled by the weights"


def _weight(reading: NamedReading, term: Term) -> str:
    below = Term("act", term.below, term.source)
    if min(term.unit, term.source) >= 0:
        return f"weight {_of(reading, below)} → {_of(reading, term)}"
    return f"weights from {_of(reading, below)} to {_of(reading, term)}"


def _slope(reading: NamedReading, term: Term) -> str:
    activation = reading.update.network.groups[term.group].activation
    if _is_softmax(reading, term.group):
        return f"activation of {_of(reading, term)}, what softmax scales the error by"
    return f"f′(net) of {_of(reading, term)}: slope of {activation_name(activation)}"


def _delta(reading: NamedReading, term: Term) -> str:
    here = (term.group, term.unit) == (reading.unit.group, reading.unit.unit)
    made = "target minus output" if here and reading.unit.plain else "error times slope"
    return f"δ of {_of(reading, term)}: {made}"


def _source(reading: NamedReading, term: Term) -> str:
    return f"{_act(reading, term)}: what the weight carries"


def _own(reading: NamedReading, term: Term) -> str:
    tied = reading.change is not None and len(reading.change.tied) > 1
    only = " for this weight alone" if tied else ""
    return f"a pattern's contribution{only}: the product of its factors"


Words = Callable[[NamedReading, Term], str]

WORDS: dict[TermKind, Words] = {
    "change": _change, "rate": _rate, "mean": _mean, "patterns": _patterns, "tied": _tied,
    "direction": _direction, "decay": _decay, "momentum": _momentum, "optimizer": _optimizer,
    "act": _act, "deviation": _deviation, "error": _error, "shared": _shared, "sum": _sum,
    "back": _back, "weight": _weight, "slope": _slope, "delta": _delta, "source": _source,
    "own": _own,
}  # fmt: skip
"""Kind of a term, except a path's product -> its name."""


# -- the columns of the table --------------------------------------------------------------------

OF_UNIT: dict[str, TermKind] = {
    "deviation": "deviation", "error": "error", "back": "back", "slope": "slope",
    "derivative": "slope", "delta": "delta",
}  # fmt: skip
"""Kind of a column of the unit itself -> kind of the term."""


def column_term(reading: NamedReading, kind: str) -> Term | None:
    """The term of a column; None if the formula does not have it."""
    unit, ref = reading.unit, reading.ref
    if kind in OF_UNIT:
        return Term(OF_UNIT[kind], unit.group, unit.unit)
    if kind in ("own", "contribution"):
        return Term("own")
    if kind == "weight":
        return Term("weight", below=unit.group, source=unit.unit)
    if kind == "source" and isinstance(ref, WeightRef):
        group = reading.update.network.connections[ref.connection].source
        return Term("source", group, ref.source)
    return None


# -- the part of the network ---------------------------------------------------------------------


def term_target(reading: NamedReading, term: Term, path: Path | None) -> Highlight:
    """The part of the network of a term; for terms of the step the weight itself."""
    if term.kind == "path" and path is not None:
        return elements_of(reading, path)
    if term.kind == "tied":
        return _tied_parameters(reading)
    if term.kind == "weight":
        return _weights(reading, term)
    here = (reading.unit.group, reading.unit.unit)
    if term.kind == "back" and (term.group, term.unit) == here:
        return target_of(reading, "back")
    if term.group < 0:
        return element_of(reading)
    if term.unit >= 0:
        return UnitRef(term.group, term.unit)
    units = range(reading.update.network.groups[term.group].size)
    return ElementSet((), tuple(UnitRef(term.group, unit) for unit in units))


def _tied_parameters(reading: NamedReading) -> ElementSet:
    """All weights that share the number, and the units whose biases share it."""
    network, weights, units = reading.update.network, [], []
    for index in reading.change.tied if reading.change is not None else ():
        ref = parameter_at(network, index)
        if isinstance(ref, WeightRef):
            weights.append(ref)
        else:
            units.append(unit_of(network, ref))
    return ElementSet(tuple(weights), tuple(units))


def _weights(reading: NamedReading, term: Term) -> Highlight:
    """The weights between two groups, from one or all units to one or all units."""
    network = reading.update.network
    weights: list[WeightRef] = []
    for c in network.outgoing(term.below):
        link = network.connections[c]
        if link.target != term.group:
            continue
        shape = network.groups[term.below].size, network.groups[term.group].size
        present = np.ones(shape, dtype=bool) if link.mask is None else link.mask
        sources, targets = np.nonzero(present)
        weights += [
            WeightRef(c, i, k)
            for i, k in zip(sources.tolist(), targets.tolist(), strict=True)
            if term.source in (-1, i) and term.unit in (-1, k)
        ]
    if len(weights) == 1:
        return weights[0]
    if len(weights) <= MOST_WEIGHTS or term.source >= 0:
        return ElementSet(tuple(weights))
    ends = {UnitRef(term.below, weight.source) for weight in weights}
    ends |= {UnitRef(term.group, weight.target) for weight in weights}
    return ElementSet((), tuple(sorted(ends, key=lambda at: (at.group, at.unit))))
