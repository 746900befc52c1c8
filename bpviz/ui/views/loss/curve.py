"""What the loss view draws: scales, ranges, columns and texts, without painting."""

import numpy as np

from bpviz.core.model.losses import LOSSES
from bpviz.core.text.number_words import counted
from bpviz.core.values import Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Curve
from bpviz.ui.toolkit.drawing.epoch_axis import Axes, ErrorScale


def rmse_unit(setup: PreparedExperiment) -> float | None:
    """What a deviation of 1 is in the units of the file; None without a root mean square error:
    of classes, of another error, or where several targets have units of their own."""
    patterns = setup.patterns
    if patterns.kind != "regression" or setup.experiment.error != "squared":
        return None
    units = [1.0] if patterns.target_scale is None else patterns.target_scale[1].tolist()
    return float(units[0]) if len(set(units)) == 1 else None


def default_scale(setup: PreparedExperiment) -> ErrorScale:
    """In the units of the file where targets are standardised; per pattern if training and test
    set have different sizes, otherwise the sum."""
    if setup.patterns.target_scale is not None and rmse_unit(setup) is not None:
        return "rmse"
    return "sum" if setup.patterns.test is None else "per_pattern"


def divisors(setup: PreparedExperiment, scale: ErrorScale) -> tuple[float, float]:
    """The divisors of the errors of training and test set, before the root if there is one."""
    test = setup.patterns.test
    if scale == "sum":
        return 1.0, 1.0
    outputs = setup.network.n_outputs if scale == "rmse" else 1
    return float(len(setup.patterns.train) * outputs), float((len(test) if test else 1) * outputs)


def in_scale(setup: PreparedExperiment, scale: ErrorScale, error: Vector, divisor: float) -> Vector:
    """Errors E (n,) of a set in this scale."""
    shown = error if divisor == 1.0 else error / divisor
    unit = rmse_unit(setup) if scale == "rmse" else None
    return shown if unit is None else unit * np.sqrt(shown)


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
    if scale == "rmse":
        units = "the units of the file" if setup.patterns.target_scale else "the target's units"
        return [
            f"root mean square error, RMSE, of {count} in {units}",
            f"RMSE of {count} in {units}", f"RMSE in {units}", "RMSE",
        ]  # fmt: skip
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
