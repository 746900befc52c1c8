"""Whether two classes of patterns are linearly separable, with a proof.

Either a hyperplane separates the classes, or their convex hulls share a point (the separation
theorem for convex sets). The result contains that hyperplane or point, which is checked in NumPy;
it is found by linear programming with HiGHS (Huangfu & Hall 2018), through SciPy.

A single layer of threshold units can learn exactly the separable problems (Minsky & Papert 1969).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpviz.core.text.number_words import plain
from bpviz.core.values import Integers, Matrix, Vector, read_only

LARGEST = 100_000
"""Largest size of the inputs for which separability is determined (about 0.1 s)."""

ROUNDING = 1e-9
"""Relative tolerance of a common point of the hulls, and smallest margin of a hyperplane."""


@dataclass(frozen=True, slots=True, eq=False)
class Separable:
    """A line between the classes: weights (n,) . x + bias is above 0 for class 1 and only there.

    ``margin`` is the distance of the nearest pattern from the line.
    """

    weights: Vector
    bias: float
    margin: float

    def sentence(self, names: Sequence[str]) -> str:
        """The result in words; ``names`` (n,) are those of the inputs."""
        if len(names) > 3:
            return f"Linearly separable: a hyperplane has a margin of {plain(self.margin, 3)}."
        terms = "".join(_term(w, name) for w, name in zip(self.weights, names, strict=True))
        sign = "−" if self.bias < 0 else "+"
        line = f"{terms.removeprefix('+ ')}{sign} {plain(abs(self.bias))} = 0"
        return f"Linearly separable: the line {line} has a margin of {plain(self.margin, 3)}."


@dataclass(frozen=True, slots=True, eq=False)
class Inseparable:
    """A point inside both hulls: the same mixture (n,) of patterns of class 0 and of class 1.

    ``rows`` are the row numbers of the patterns mixed, ``classes`` their classes (0 or 1),
    ``shares`` their weights, which are above 0 and sum to 1 in each class.
    """

    point: Vector
    rows: Integers
    classes: Integers
    shares: Vector

    def sentence(self, names: Sequence[str]) -> str:
        """The result in words; ``names`` (n,) are those of the inputs."""
        if len(names) > 3:
            mixed = [int(np.count_nonzero(self.classes == k)) for k in (0, 1)]
            return (
                f"Not linearly separable: a point between {mixed[0]} patterns of one class lies "
                f"between {mixed[1]} of the other, too."
            )
        numbers = ", ".join(plain(value, 3) for value in self.point.round(9))
        point = f"({numbers})" if len(self.point) > 1 else numbers
        return (
            f"Not linearly separable: the point {point} lies between patterns of one class and "
            "between patterns of the other."
        )


Separation = Separable | Inseparable


def _term(weight: float, name: str) -> str:
    if weight == 0.0:
        return ""
    sign, size = "−" if weight < 0 else "+", abs(weight)
    return f"{sign} {name} " if size == 1.0 else f"{sign} {plain(size)} {name} "


def separation(inputs: Matrix, classes: Integers) -> Separation | None:
    """A line between class 1 and class 0, or a point in both their hulls.

    ``inputs`` (P, n), ``classes`` (P,) of zeros and ones. None if there is only one class, if
    there are more than LARGEST numbers, or if rounding errors leave it undecided.
    """
    ones = classes == 1
    if ones.all() or not ones.any() or inputs.size > LARGEST:
        return None
    # The tolerances of the linear programs are absolute, so the inputs are scaled.
    centre = (inputs.max(axis=0) + inputs.min(axis=0)) / 2
    reach = float(np.abs(inputs - centre).max()) or 1.0
    scaled = (inputs - centre) / reach
    return _line(inputs, ones, scaled, centre, reach) or _common(inputs, ones, scaled)


def _line(
    inputs: Matrix, ones: NDArray[np.bool_], scaled: Matrix, centre: Vector, reach: float
) -> Separable | None:
    """Maximise d, with weights in -1..1, such that every pattern is at least d on its side."""
    from scipy.optimize import linprog

    n = inputs.shape[1]
    sides = np.where(ones, 1.0, -1.0)[:, None]
    rows = np.hstack([-sides * scaled, -sides, np.ones_like(sides)])
    bounds = [(-1.0, 1.0)] * n + [(None, None)] * 2
    found = linprog(
        np.append(np.zeros(n + 1), -1.0), rows, np.zeros(len(rows)), bounds=bounds, method="highs"
    )
    if found.x is None or not found.x[-1] > ROUNDING:
        return None
    weights = np.asarray(found.x[:n], dtype=np.float64)
    bias = float(found.x[n]) * reach - float(weights @ centre)
    norm = float(np.linalg.norm(weights))
    distances = sides[:, 0] * (inputs @ weights + bias) / norm
    margin = float(distances.min())
    if not margin > ROUNDING * reach:
        return None
    return Separable(read_only(weights), bias, margin)


def _common(inputs: Matrix, ones: NDArray[np.bool_], scaled: Matrix) -> Inseparable | None:
    """Shares of the patterns, of each class summing to 1, whose two mixtures are equal.

    A corner of the solutions has at most n + 2 shares that are not 0.
    """
    from scipy.optimize import linprog

    sides = np.where(ones, 1.0, -1.0)
    equal = np.vstack([scaled.T * sides, ones, ~ones])
    right = np.append(np.zeros(inputs.shape[1]), [1.0, 1.0])
    found = linprog(np.zeros(len(inputs)), A_eq=equal, b_eq=right, method="highs")
    if found.x is None:
        return None
    shares = np.where(found.x > ROUNDING, found.x, 0.0)
    for of_class in (ones, ~ones):
        total = float(shares[of_class].sum())
        if not total > 0.0:
            return None
        shares[of_class] /= total
    one, other = shares[ones] @ scaled[ones], shares[~ones] @ scaled[~ones]
    if not np.abs(one - other).max() <= ROUNDING * 10:
        return None
    rows = np.flatnonzero(shares)
    point = shares[ones] @ inputs[ones]
    return Inseparable(read_only(point), rows, ones[rows].astype(np.int64), shares[rows])
