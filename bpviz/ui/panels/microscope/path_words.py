"""What a path is called, and which part of the network it is."""

from bpviz.core.microscope.error_paths import Path, PathFactor
from bpviz.core.model.references import UnitRef
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.numbers import number_words
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.views.network.hover import ElementSet


def path_name(subject: NamedReading, path: Path) -> str:
    """Where its last step leads: 'h2.1', or '⇄ h2.1' within a softmax group."""
    name = unit_name(subject.frame.setup, path.group, path.unit)
    return f"⇄ {name}" if path.sideways else name


def way_words(subject: NamedReading, path: Path) -> str:
    """All its steps: 'h1.1 → h2.1 → y'."""
    setup, unit = subject.frame.setup, subject.unit
    words = unit_name(setup, unit.group, unit.unit)
    for factor in path.factors:
        if factor.kind in ARROWS:
            words += f" {ARROWS[factor.kind]} {unit_name(setup, factor.group, factor.unit)}"
    return words


ARROWS = {"weight": "→", "beside": "⇄"}


def path_tip(subject: NamedReading, path: Path) -> str:
    """Its factors, one by one, and their product."""
    setup = subject.frame.setup
    lines = [way_words(subject, path)]
    lines += [_factor_words(subject, factor) for factor in path.factors]
    name = unit_name(setup, path.group, path.unit)
    end = f"the error that reaches {name}" if path.sideways else f"δ of {name}"
    lines += [f"{end}: {number_words(path.end)}", f"product: {number_words(path.product)}"]
    return "\n".join(lines)


def _factor_words(subject: NamedReading, factor: PathFactor) -> str:
    name = unit_name(subject.frame.setup, factor.group, factor.unit)
    words = {
        "weight": f"weight to {name}",
        "slope": f"f′(net) of {name}",
        "share": f"activation of {name} (softmax)",
        "beside": f"minus the activation of {name} (softmax)",
    }[factor.kind]
    return f"{words}: {number_words(factor.value)}"


def elements_of(subject: NamedReading, path: Path) -> ElementSet:
    """Its weights and its two ends in the network's picture."""
    beside = [UnitRef(f.group, f.unit) for f in path.factors if f.kind == "beside"]
    start, end = UnitRef(subject.unit.group, subject.unit.unit), UnitRef(path.group, path.unit)
    return ElementSet(path.weights, (start, *beside, end))
