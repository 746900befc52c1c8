"""Outputs and targets on the screen: right or wrong, their scales and colours.

Scales and ranges are in the units of the file, see PatternSet.in_units.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.core.text.number_words import number_text
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, to_pixels
from bpviz.ui.toolkit.drawing.legend import LegendKey
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling
from bpviz.ui.toolkit.drawing.theme import Theme


def right_rows(setup: PreparedExperiment, targets: Matrix, outputs: Matrix) -> NDArray[np.bool_]:
    """(P,) which outputs are right by the setup's criterion."""
    if setup.criterion.kind == "argmax":
        return np.asarray(outputs.argmax(axis=1) == targets.argmax(axis=1))
    return np.asarray((np.abs(targets - outputs) < setup.criterion.tolerance).all(axis=1))


def target_range(patterns: PatternSet, unit: int | None = None) -> tuple[float, float]:
    """The smallest and largest target of one output or of all, in training and test set."""
    parts = [part for part in (patterns.train, patterns.test) if part is not None]
    every = [patterns.in_units(part.targets) for part in parts]
    columns = [t if unit is None else t[:, unit] for t in every]
    return float(min(c.min() for c in columns)), float(max(c.max() for c in columns))


def output_scale(setup: PreparedExperiment, unit: int) -> ColourScale:
    """The colour scale of one output.

    With binary targets (0 and 1, or −1 and 1) the surface colour is half way between them, at
    the decision boundary. With numeric targets it is at zero, or in the middle of the targets
    if all are on one side of zero. The scale depends on the targets only, so it never moves.
    """
    return _scale(setup, unit, *target_range(setup.patterns, unit))


def output_scales(setup: PreparedExperiment) -> tuple[ColourScale, ...]:
    """``output_scale`` of every output; the targets are read once."""
    patterns = setup.patterns
    parts = [part for part in (patterns.train, patterns.test) if part is not None]
    every = [patterns.in_units(part.targets) for part in parts]
    lows = np.min([targets.min(axis=0) for targets in every], axis=0).tolist()
    highs = np.max([targets.max(axis=0) for targets in every], axis=0).tolist()
    ends = zip(lows, highs, strict=True)
    return tuple(_scale(setup, unit, low, high) for unit, (low, high) in enumerate(ends))


def _scale(setup: PreparedExperiment, unit: int, low: float, high: float) -> ColourScale:
    title = setup.patterns.output_names[unit]
    activation = ACTIVATIONS[setup.network.groups[-1].activation]
    if setup.patterns.kind != "regression":
        low, high = min(low, 0.0), max(high, 1.0)
        beyond = activation.low < low or activation.high > high
        return ColourScale(low, (low + high) / 2, high, title, beyond)
    if low < 0.0 < high:
        reach = nice_ceiling(max(-low, high))
        return ColourScale(-reach, 0.0, reach, title, open=True)
    low, high = float(f"{low:.3g}"), float(f"{high:.3g}")
    if not high > low:
        low, high = low - 1.0, high + 1.0
    return ColourScale(low, (low + high) / 2, high, title, open=True)


def decision_level(setup: PreparedExperiment, unit: int) -> float | None:
    """The output at the decision boundary; None with numeric targets."""
    return None if setup.patterns.kind == "regression" else output_scale(setup, unit).centre


def output_text(setup: PreparedExperiment, outputs: Vector, unit: int | None) -> str:
    """The outputs (n,) for one pattern in words: 'y 0.874 (disc)', 'setosa 0.98'."""
    patterns = setup.patterns
    k = int(outputs.argmax()) if unit is None else unit
    value = number_text(float(patterns.in_units(outputs)[k]))
    if patterns.one_hot:
        return f"{patterns.class_names[k]} {value}"
    text = f"{patterns.output_names[k]} {value}"
    if patterns.kind == "classes":
        return f"{text} ({patterns.class_names[int(class_of(outputs[None])[0])]})"
    return text


def point_colours(
    setup: PreparedExperiment, theme: Theme, targets: Matrix, unit: int | None
) -> list[QColor]:
    """The colours of data points: by class, or by target on the scale of one output."""
    if unit is None:
        table = to_pixels(theme.class_colours(len(setup.patterns.class_names)))
        pixels = table[class_of(targets)]
    else:
        values = setup.patterns.in_units(targets)[:, unit]
        pixels = output_scale(setup, unit).pixels(theme, values)
    return [QColor.fromRgb(int(pixel)) for pixel in pixels]


def class_keys(patterns: PatternSet, theme: Theme) -> list[LegendKey]:
    """The legend of the class colours."""
    colours = theme.class_colours(len(patterns.class_names))
    return [
        LegendKey("dot", QColor(*map(int, rgb)), name)
        for rgb, name in zip(colours, patterns.class_names, strict=True)
    ]
