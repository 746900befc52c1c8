"""The table of panels with docks of their own: what the window needs before they are made."""

from importlib import import_module
from typing import TYPE_CHECKING

from bpviz.ui.toolkit.lazy_parts import LazyPart

if TYPE_CHECKING:
    from bpviz.ui.toolkit.pictured import Pictured

LESSON = LazyPart("lesson", "Lesson", f"{__package__}.lessons.lesson")
PATTERNS = LazyPart("patterns", "Patterns", f"{__package__}.patterns")
PARAMETERS = LazyPart("parameters", "Weights", f"{__package__}.parameters")
UNIT = LazyPart("unit", "Unit", f"{__package__}.unit")
MICROSCOPE = LazyPart(
    "microscope",
    "Microscope",
    f"{__package__}.microscope.panel",
    (
        "bpviz.core.microscope.formula_numbers",
        "bpviz.core.microscope.latex",
        f"{__package__}.microscope.model",
        f"{__package__}.microscope.formulas",
        f"{__package__}.microscope.contributions",
    ),
)

FOLLOW_UNITS, FOLLOW_ALL = (UNIT.key,), (PARAMETERS.key, MICROSCOPE.key)
"""Panels that show what is clicked in the network: only units, and also weights."""

BY_HAND = (PATTERNS, PARAMETERS, UNIT)
PANELS = (LESSON, *BY_HAND, MICROSCOPE)
"""All panels but the experiment's, which is made at the start, in the order of their docks."""

_CLASSES = {
    PATTERNS: ("patterns.panel", "PatternsPanel"),
    PARAMETERS: ("parameters.panel", "ParametersPanel"),
    UNIT: ("unit.panel", "UnitPanel"),
    MICROSCOPE: ("microscope.panel", "MicroscopePanel"),
}

PICTURED = tuple(_CLASSES)
"""The panels of which pictures are made, like those of the views."""


def pictured_classes() -> "tuple[type[Pictured], ...]":
    """Their classes, in the same order; imports those that are not imported yet."""
    return tuple(
        getattr(import_module(f"{__package__}.{m}"), name) for m, name in _CLASSES.values()
    )
