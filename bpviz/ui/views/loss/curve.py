"""What the loss view draws: scales, ranges, columns and texts, without painting."""

from bpviz.core.model.losses import LOSSES
from bpviz.core.text.number_words import counted
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Curve
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, ErrorScale


def default_scale(setup: PreparedExperiment) -> ErrorScale:
    """Per pattern if training and test set have different sizes, otherwise the sum."""
    return "sum" if setup.patterns.test is None else "per_pattern"


def divisors(setup: PreparedExperiment, scale: ErrorScale) -> tuple[float, float]:
    """The divisors of the errors of training and test set."""
    test = setup.patterns.test
    if scale == "sum":
        return 1.0, 1.0
    return float(len(setup.patterns.train)), float(len(test) if test else 1)


def titles(setup: PreparedExperiment, scale: ErrorScale) -> list[str]:
    """Titles of the error axis, the longest first."""
    name, formula, unit = LOSSES[setup.experiment.error].axis
    n, test = len(setup.patterns.train), setup.patterns.test
    count = counted(n, "pattern")
    if scale == "sum":
        counts = count + (f" (test {len(test):,})" if test else "")
        return [
            f"{name} E = {formula}{unit}, summed over {counts}",
            f"{name} E{unit}, summed over {counts}",
            f"error E{unit}, summed over {count}",
            f"error E, {count}",
        ]
    return [
        f"{name} per pattern, E / P{unit}, with E = {formula} and P = {n:,}",
        f"{name} per pattern, E / P{unit}, with E = {formula}",
        f"{name} per pattern, E / P{unit}",
        f"error per pattern, E / P{unit}",
        "error per pattern",
    ]


def notes(curve: Curve, axes: Axes, first_x: float, zeros: bool) -> list[str]:
    """Texts below the epoch axis, the longest first: its name, and what is not shown."""
    long, short = ["epoch"], ["epoch"]
    if axes.log_epochs:
        long.append("logarithmic: epoch 0 is left out")
        short.append("0 left out")
    if curve.thinned_before and axes.epoch_at(first_x) <= curve.thinned_before:
        until = f"{curve.thinned_before + 1:,}"
        long.append(f"before epoch {until}: lowest and highest of several epochs")
        short.append(f"before {until}: lowest and highest")
    if axes.log_error and zeros:
        long.append("errors of 0 are left out")
        short.append("E = 0 left out")
    return [" · ".join(long), " · ".join(short)]
