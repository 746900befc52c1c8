"""The modes, switches and outputs that the view offers for a set of patterns."""

from collections.abc import Callable
from dataclasses import dataclass

from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.output.part import OutputChoice, OutputPart
from bpviz.ui.views.output.plane import PlanePart
from bpviz.ui.views.output.table import TablePart
from bpviz.ui.views.output.table_and_plane import TableAndPlanePart


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch of something in the picture; ``name`` is a field of OutputChoice."""

    name: str
    label: str
    title: str
    tip: str
    fits: Callable[[PreparedExperiment, OutputChoice], bool]


SWITCHES = (
    Switch(
        "tests", "Test", "Test patterns", "Draw the test patterns (outlined) too",
        lambda setup, choice: setup.patterns.test is not None,
    ),
    Switch(
        "discrete", "Discrete", "Discretised output",
        "Two colours only: the output is above or below its middle",
        lambda setup, choice: choice.unit is not None,
    ),
    Switch(
        "separation", "Separable?", "Linear separability",
        "Show a line that parts the classes, or a point that lies between patterns of both",
        lambda setup, choice: setup.separation is not None,
    ),
)  # fmt: skip
"""All switches; a new one is one row, and a field of OutputChoice."""


@dataclass(frozen=True, slots=True)
class OutputMode:
    """A way to show the outputs; ``fits`` returns whether it suits a set of patterns.

    ``tests``: it counts right answers, so it begins with the test patterns where there are some.
    ``hidden``: it shows hidden units, and needs some.
    """

    key: str
    label: str
    part: Callable[[Theme], OutputPart]
    fits: Callable[[PatternSet], bool]
    tests: bool = False
    hidden: bool = False


# Parts that few problems show at first are imported when they are shown.


def _line(theme: Theme) -> OutputPart:
    from bpviz.ui.views.output.line import LinePart

    return LinePart(theme)


def _confusion(theme: Theme) -> OutputPart:
    from bpviz.ui.views.output.confusion import ConfusionPart

    return ConfusionPart(theme)


def _quality(theme: Theme) -> OutputPart:
    from bpviz.ui.views.output.quality import QualityPart

    return QualityPart(theme)


def _scatter(theme: Theme) -> OutputPart:
    from bpviz.ui.views.output.scatter import ScatterPart

    return ScatterPart(theme)


def _hidden(theme: Theme) -> OutputPart:
    from bpviz.ui.views.output.hidden import HiddenPart

    return HiddenPart(theme)


def _is_plane(patterns: PatternSet) -> bool:
    return patterns.in_plane is not None


MODES = (
    OutputMode(
        "both", "Table and plane", TableAndPlanePart,
        lambda p: p.kind == "table" and _is_plane(p),
    ),
    OutputMode("plane", "Plane", PlanePart, _is_plane),
    OutputMode("function", "Function", _line, lambda p: p.n_inputs == 1 and p.plane is None),
    OutputMode("confusion", "Confusion table", _confusion, lambda p: p.kind == "classes", True),
    OutputMode("quality", "Precision and recall", _quality, lambda p: p.kind == "classes", True),
    OutputMode("scatter", "Target and output", _scatter, lambda p: p.kind == "regression"),
    OutputMode("table", "Table", TablePart, lambda p: True),
    OutputMode("hidden", "Hidden units", _hidden, lambda p: True, hidden=True),
)  # fmt: skip
"""All modes; a new one is one row, and the tests go through the rows."""


def modes_for(patterns: PatternSet, *, hidden: bool = True) -> list[OutputMode]:
    """The modes that suit these patterns, and a network with or without hidden units; the first
    is the default.
    """
    modes = [mode for mode in MODES if mode.fits(patterns) and (hidden or not mode.hidden)]
    if patterns.kind == "table" and not _is_plane(patterns):
        modes.sort(key=lambda mode: mode.key != "table")
    return modes


def output_choices(patterns: PatternSet) -> list[tuple[str, int | None]]:
    """The choices for the output to show: the predicted class, and each output."""
    names = patterns.class_names if patterns.one_hot else patterns.output_names
    found: list[tuple[str, int | None]] = [(name, k) for k, name in enumerate(names)]
    if patterns.n_outputs == 1:
        return [(patterns.output_names[0], 0)]
    return [("winning class", None), *found] if patterns.one_hot else found


def allowed_unit(patterns: PatternSet, unit: int | None) -> int | None:
    """The output that was chosen, or the first choice if these patterns do not have it."""
    allowed = [k for _, k in output_choices(patterns)]
    return unit if unit in allowed else allowed[0]
