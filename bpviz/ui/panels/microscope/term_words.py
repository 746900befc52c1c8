"""What a term of the formula is called, and which part of the network it is about."""

import re
from collections.abc import Callable

import numpy as np

from bpviz.core.microscope.columns import term_columns
from bpviz.core.microscope.error_paths import Path
from bpviz.core.microscope.terms import Term, TermKind
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import UnitRef, WeightRef, parameter_at, unit_of
from bpviz.ui.panels.microscope.columns import looked_at, target_of
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import HAT, number_words
from bpviz.ui.panels.microscope.path_words import elements_of, way_words
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.views.network.hover import ElementSet, Highlight
from bpviz.ui.views.network.labels import activation_name

MOST_WEIGHTS = 300
"""Weights between two groups that are highlighted together; of more, only their units."""


# -- words ---------------------------------------------------------------------------------------


def term_words(subject: NamedReading, term: Term, p: int, path: Path | None) -> str:
    """What a term is, and its number for pattern p of the update where there is one."""
    if term.kind == "path":
        way = "" if path is None else f", {way_words(subject, path)}"
        return f"what this path adds to the error that reaches {_here(subject)}{way}"
    words = WORDS[term.kind](subject, term)
    value = _value(subject, term, p)
    return (
        words if value is None else f"{words}\npattern {subject.name_of(p)}: {number_words(value)}"
    )


def _value(subject: NamedReading, term: Term, p: int) -> float | None:
    """The number that the table's row of the pattern has for a term."""
    here = term.unit >= 0 and (term.group, term.unit) == (subject.unit.group, subject.unit.unit)
    if not (here or term.kind in ("own", "source")) or p < 0:
        return None
    for column in term_columns(subject.reading):
        if column.kind == term.kind or (term.kind == "own" and column.kind == "wish"):
            return float(column.values[p])
    return None


def _of(subject: NamedReading, term: Term) -> str:
    """'h2', also if it is the only one of its group; 'the outputs', 'the units of hidden 1'."""
    network = subject.scene.network
    if term.unit >= 0 or network.groups[term.group].size == 1:
        return unit_name(subject.frame.setup, term.group, max(term.unit, 0))
    if term.group == network.output:
        return "the outputs"
    return f"the units of {network.groups[term.group].name}"


def _here(subject: NamedReading) -> str:
    return unit_name(subject.frame.setup, subject.unit.group, subject.unit.unit)


def _change(subject: NamedReading, term: Term) -> str:
    return f"change of {subject.title}: what the next update adds to it"


def _rate(subject: NamedReading, term: Term) -> str:
    return f"learning rate ε = {subject.scene.training.rate:g}"


def _mean(subject: NamedReading, term: Term) -> str:
    return f"mean: divided by the {len(subject.scene.rows):,} patterns of the update"


def _patterns(subject: NamedReading, term: Term) -> str:
    n = len(subject.scene.rows)
    return f"sum over the {n:,} patterns of the update" if n > 1 else "the update has one pattern"


def _tied(subject: NamedReading, term: Term) -> str:
    change = subject.change
    n = 1 if change is None else len(change.tied)
    return f"sum over the {n:,} weights that share this number"


def _direction(subject: NamedReading, term: Term) -> str:
    minus = ", minus weight decay" if subject.change and subject.change.decay else ""
    mean = "mean" if subject.scene.training.reduction == "mean" else "sum"
    return f"direction downhill: the {mean} over the patterns{minus}"


def _decay(subject: NamedReading, term: Term) -> str:
    training = subject.scene.training
    l2 = f"L2: λ₂ = {training.decay_l2:g} times the weight"
    l1 = f"L1: λ₁ = {training.decay_l1:g} times the weight's sign"
    said = {2: l2, 1: l1}.get(term.unit)
    if said is None:
        said = " and ".join(t for t, on in ((l2, training.decay_l2), (l1, training.decay_l1)) if on)
    return f"weight decay, {said}"


def _momentum(subject: NamedReading, term: Term) -> str:
    alpha = subject.scene.training.momentum
    return f"momentum: α = {alpha:g} times the last change of {subject.title}"


def _optimizer(subject: NamedReading, term: Term) -> str:
    assert subject.change is not None
    step = subject.change.steps[term.unit]
    symbol = re.sub(r"\\hat\{(\w)\}", rf"\1{HAT}", step.tex)
    return f"{symbol}: {step.name}"


def _act(subject: NamedReading, term: Term) -> str:
    is_input = subject.scene.network.groups[term.group].role == "input"
    return f"{'value' if is_input else 'activation'} of {_of(subject, term)}"


def _deviation(subject: NamedReading, term: Term) -> str:
    return f"deviation of {_of(subject, term)}: teacher minus output"


def _error(subject: NamedReading, term: Term) -> str:
    if subject.scene.network.groups[term.group].role == "hidden":
        return f"error that comes back to {_of(subject, term)}"
    name = LOSSES[subject.scene.loss.name].label
    shared = " less what its softmax group shares" if _is_softmax(subject, term.group) else ""
    return f"error of {_of(subject, term)} by {name}{shared}"


def _is_softmax(subject: NamedReading, group: int) -> bool:
    return not ACTIVATIONS[subject.scene.network.groups[group].activation].elementwise


def _shared(subject: NamedReading, term: Term) -> str:
    name = subject.scene.network.groups[term.group].name
    return f"what all units of {name} share (softmax): the sum of error times activation"


def _sum(subject: NamedReading, term: Term) -> str:
    alone = subject.scene.network.groups[term.group].size == 1
    return f"sum over {_of(subject, term)}{' alone' if alone else ''}"


def _back(subject: NamedReading, term: Term) -> str:
    return f"error that comes back to {_of(subject, term)}, scaled by the weights"


def _weight(subject: NamedReading, term: Term) -> str:
    below = Term("act", term.below, term.source)
    if min(term.unit, term.source) >= 0:
        return f"weight {_of(subject, below)} → {_of(subject, term)}"
    return f"weights from {_of(subject, below)} to {_of(subject, term)}"


def _slope(subject: NamedReading, term: Term) -> str:
    activation = subject.scene.network.groups[term.group].activation
    if _is_softmax(subject, term.group):
        return f"activation of {_of(subject, term)}, what softmax scales the error by"
    return f"f′(net) of {_of(subject, term)}: slope of {activation_name(activation)}"


def _delta(subject: NamedReading, term: Term) -> str:
    here = (term.group, term.unit) == (subject.unit.group, subject.unit.unit)
    made = "teacher minus output" if here and subject.unit.plain else "error times slope"
    return f"δ of {_of(subject, term)}: {made}"


def _source(subject: NamedReading, term: Term) -> str:
    return f"{_act(subject, term)}: what the weight carries"


def _own(subject: NamedReading, term: Term) -> str:
    tied = subject.change is not None and len(subject.change.tied) > 1
    only = " for this weight alone" if tied else ""
    return f"a pattern's wish{only}: the product of its factors"


Words = Callable[[NamedReading, Term], str]

WORDS: dict[TermKind, Words] = {
    "change": _change, "rate": _rate, "mean": _mean, "patterns": _patterns, "tied": _tied,
    "direction": _direction, "decay": _decay, "momentum": _momentum, "optimizer": _optimizer,
    "act": _act, "deviation": _deviation, "error": _error, "shared": _shared, "sum": _sum,
    "back": _back, "weight": _weight, "slope": _slope, "delta": _delta, "source": _source,
    "own": _own,
}  # fmt: skip
"""Every kind of term but a path's product -> what it is."""


# -- the columns of the table --------------------------------------------------------------------

OF_UNIT: dict[str, TermKind] = {
    "deviation": "deviation", "error": "error", "back": "back", "slope": "slope",
    "derivative": "slope", "delta": "delta",
}  # fmt: skip
"""Kind of a column about the unit itself -> kind of the term."""


def column_term(subject: NamedReading, kind: str) -> Term | None:
    """The term that a column has the numbers of, None if the formula has none."""
    unit, ref = subject.unit, subject.ref
    if kind in OF_UNIT:
        return Term(OF_UNIT[kind], unit.group, unit.unit)
    if kind in ("own", "wish"):
        return Term("own")
    if kind == "weight":
        return Term("weight", below=unit.group, source=unit.unit)
    if kind == "source" and isinstance(ref, WeightRef):
        group = subject.scene.network.connections[ref.connection].source
        return Term("source", group, ref.source)
    return None


# -- the part of the network ---------------------------------------------------------------------


def term_target(subject: NamedReading, term: Term, path: Path | None) -> Highlight:
    """The part of the network that a term is about; of what is of the step, the weight itself."""
    if term.kind == "path" and path is not None:
        return elements_of(subject, path)
    if term.kind == "tied":
        return _tied_parameters(subject)
    if term.kind == "weight":
        return _weights(subject, term)
    here = (subject.unit.group, subject.unit.unit)
    if term.kind == "back" and (term.group, term.unit) == here:
        return target_of(subject, "back")
    if term.group < 0:
        return looked_at(subject)
    if term.unit >= 0:
        return UnitRef(term.group, term.unit)
    units = range(subject.scene.network.groups[term.group].size)
    return ElementSet((), tuple(UnitRef(term.group, unit) for unit in units))


def _tied_parameters(subject: NamedReading) -> ElementSet:
    """All that share the number: weights, and the units whose biases do."""
    network, weights, units = subject.scene.network, [], []
    for index in subject.change.tied if subject.change is not None else ():
        ref = parameter_at(network, index)
        if isinstance(ref, WeightRef):
            weights.append(ref)
        else:
            units.append(unit_of(network, ref))
    return ElementSet(tuple(weights), tuple(units))


def _weights(subject: NamedReading, term: Term) -> Highlight:
    """The weights between two groups, from one or all units to one or all."""
    network = subject.scene.network
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
