"""Answers and targets as the screen shows them: right or wrong, their scales and colours."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, signed, to_pixels
from bpviz.ui.toolkit.drawing.legend import LegendKey
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling, number_text
from bpviz.ui.toolkit.drawing.theme import Theme


def right_rows(setup: PreparedExperiment, targets: Matrix, answers: Matrix) -> NDArray[np.bool_]:
    """(P,) which answers are right by the setup's criterion."""
    if setup.criterion.kind == "argmax":
        return np.asarray(answers.argmax(axis=1) == targets.argmax(axis=1))
    return np.asarray((np.abs(targets - answers) < setup.criterion.tolerance).all(axis=1))


def target_range(patterns: PatternSet, unit: int | None = None) -> tuple[float, float]:
    """The smallest and the largest target of one output or of all, train and test together."""
    every = [part.targets for part in (patterns.train, patterns.test) if part is not None]
    columns = [t if unit is None else t[:, unit] for t in every]
    return float(min(c.min() for c in columns)), float(max(c.max() for c in columns))


def output_scale(setup: PreparedExperiment, unit: int) -> ColourScale:
    """The colours of one output: they flip where the answer does.

    Yes-or-no targets (0 and 1, or −1 and 1) have the surface half way between them, where the
    answer changes from one to the other. For numbers the surface is zero, or the middle of the
    targets if all lie on one side of zero. The targets decide, so the scale never moves.
    """
    low, high = target_range(setup.patterns, unit)
    title = setup.patterns.output_names[unit]
    answers = ACTIVATIONS[setup.network.groups[-1].activation]
    if setup.patterns.kind != "regression":
        low, high = min(low, 0.0), max(high, 1.0)
        beyond = answers.low < low or answers.high > high
        return ColourScale(low, (low + high) / 2, high, title, beyond)
    if low < 0.0 < high:
        reach = nice_ceiling(max(-low, high))
        return ColourScale(-reach, 0.0, reach, title, open=True)
    low, high = float(f"{low:.3g}"), float(f"{high:.3g}")
    if not high > low:
        low, high = low - 1.0, high + 1.0
    return ColourScale(low, (low + high) / 2, high, title, open=True)


def decision_level(setup: PreparedExperiment, unit: int) -> float | None:
    """The output at which the answer changes; None where the targets are numbers."""
    return None if setup.patterns.kind == "regression" else output_scale(setup, unit).centre


def answer_text(setup: PreparedExperiment, answers: Vector, unit: int | None) -> str:
    """The answers (outputs,) to one pattern in words: 'y 0.874 (disc)', 'setosa 0.98'."""
    patterns = setup.patterns
    k = int(answers.argmax()) if unit is None else unit
    value = signed(number_text(float(answers[k])))
    if patterns.one_hot:
        return f"{patterns.class_names[k]} {value}"
    text = f"{patterns.output_names[k]} {value}"
    if patterns.kind == "classes":
        return f"{text} ({patterns.class_names[int(class_of(answers[None])[0])]})"
    return text


def point_colours(
    setup: PreparedExperiment, theme: Theme, targets: Matrix, unit: int | None
) -> list[QColor]:
    """The colours of data points by target: of the class, or on the scale of one output."""
    if unit is None:
        table = to_pixels(theme.class_colours(len(setup.patterns.class_names)))
        pixels = table[class_of(targets)]
    else:
        pixels = output_scale(setup, unit).pixels(theme, targets[:, unit])
    return [QColor.fromRgb(int(pixel)) for pixel in pixels]


def class_keys(patterns: PatternSet, theme: Theme) -> list[LegendKey]:
    """The keys to the colours of the classes."""
    colours = theme.class_colours(len(patterns.class_names))
    return [
        LegendKey("dot", QColor(*map(int, rgb)), name)
        for rgb, name in zip(colours, patterns.class_names, strict=True)
    ]
