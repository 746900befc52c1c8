"""The names of paths, and their parts of the network."""

from bpviz.core.microscope.error_paths import Path, PathFactor
from bpviz.core.model.references import UnitRef
from bpviz.core.text.number_words import number_text
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.toolkit.drawing.unit_names import unit_name
from bpviz.ui.views.network.hover import ElementSet


def path_name(reading: NamedReading, path: Path) -> str:
    """The unit at the end of a path: 'h2.1', or '⇄ h2.1' within a softmax group."""
    name = unit_name(reading.frame.setup, path.group, path.unit)
    return f"⇄ {name}" if path.sideways else name


def way_words(reading: NamedReading, path: Path) -> str:
    """All units of a path: 'h1.1 → h2.1 → y'."""
    setup, unit = reading.frame.setup, reading.unit
    words = unit_name(setup, unit.group, unit.unit)
    for factor in path.factors:
        if factor.kind in ARROWS:
            words += f" {ARROWS[factor.kind]} {unit_name(setup, factor.group, factor.unit)}"
    return words


ARROWS = {"weight": "→", "beside": "⇄"}


def path_tip(reading: NamedReading, path: Path) -> str:
    """The factors of a path, one by one, and their product."""
    setup = reading.frame.setup
    lines = [way_words(reading, path)]
    lines += [_factor_words(reading, factor) for factor in path.factors]
    name = unit_name(setup, path.group, path.unit)
    end = f"the error that reaches {name}" if path.sideways else f"δ of {name}"
    lines += [f"{end}: {number_text(path.end)}", f"product: {number_text(path.product)}"]
    return "\n".join(lines)


def _factor_words(reading: NamedReading, factor: PathFactor) -> str:
    name = unit_name(reading.frame.setup, factor.group, factor.unit)
    words = {
        "weight": f"weight to {name}",
        "slope": f"f′(net) of {name}",
        "share": f"activation of {name} (softmax)",
        "beside": f"minus the activation of {name} (softmax)",
    }[factor.kind]
    return f"{words}: {number_text(factor.value)}"


def elements_of(reading: NamedReading, path: Path) -> ElementSet:
    """The weights and the two ends of a path in the network's picture."""
    beside = [UnitRef(f.group, f.unit) for f in path.factors if f.kind == "beside"]
    start, end = UnitRef(reading.unit.group, reading.unit.unit), UnitRef(path.group, path.unit)
    return ElementSet(path.weights, (start, *beside, end))
