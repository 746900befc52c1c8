"""What is to be learned: input patterns and their targets, and how right an answer is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from bpviz.core.values import BadValue, Integers, Matrix, Unquoted, Vector, read_only

PatternKind = Literal["table", "classes", "regression"]
Split = Literal["train", "test"]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """P input patterns with their targets: ``inputs`` (P, n) and ``targets`` (P, m).

    Both become read-only float64. Raises BadValue if the shapes disagree, a number is not
    finite, or there is no pattern.
    """

    inputs: Matrix
    targets: Matrix

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            array = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if array.ndim != 2 or 0 in array.shape:
                raise BadValue(name, array.shape, "a table of at least one row and one column")
            if not np.isfinite(array).all():
                raise BadValue(name, Unquoted("inf or nan"), "finite numbers")
            object.__setattr__(self, name, read_only(array))
        if len(self.inputs) != len(self.targets):
            rows = f"{len(self.inputs)}, as many as inputs"
            raise BadValue("targets", len(self.targets), rows, name="number of targets")

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The plane that patterns are points of, where their inputs are computed from coordinates.

    names, domain   of the two coordinates.
    expand          the inputs (P, n) of points (P, 2).
    columns         which inputs are the coordinates themselves; None: not both are inputs.
    train, test     the points (P, 2) of the patterns as they were made.
    """

    names: tuple[str, str]
    domain: tuple[tuple[float, float], tuple[float, float]]
    expand: Callable[[Matrix], Matrix]
    columns: tuple[int, int] | None
    train: Matrix
    test: Matrix | None


@dataclass(frozen=True, slots=True, eq=False)
class PatternSet:
    """The patterns of one problem, with the names that are shown.

    kind            "table": every pattern matters and can be listed (truth tables);
                    "classes": each pattern belongs to one class; "regression": numbers.
    train, test     the split; test is None where the problem has none.
    input_names     one per input column; output_names one per target column.
    class_names     for kind "classes": one per class. With one target column there are two
                    classes (target 0 and 1), otherwise targets are one-hot, a column a class.
    image_shape     (rows, columns) where the inputs are the pixels of an image.
    row_length      how many inputs of a group are drawn side by side, where they are no image;
                    0: all.
    named_by_ones   whether a pattern is named by its inputs that are 1.
    domain          ((low, high), ...) per input, for drawing outputs over one or two inputs.
    source          where the data is from, with its licence, for real data.
    notes           sentences about what was done to the data (a column left out, ...).
    better          options of the problem that would suit the data better, if there are such.
    truth           where it is known, the function inputs (P, n) -> targets (P, m) from which
                    the targets were made, without their noise.
    plane           where the inputs are computed from two coordinates; see ``points``.
    original        for patterns that were edited by hand: the set that they were before.
    target_scale    (mean, unit), each (m,), of targets that are standardised; see ``in_units``.
    input_scale     the same of the inputs, each (n,); see ``inputs_in_units``.
    """

    name: str
    kind: PatternKind
    train: Patterns
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    test: Patterns | None = None
    class_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    row_length: int = 0
    named_by_ones: bool = False
    domain: tuple[tuple[float, float], ...] = ()
    source: str = ""
    notes: tuple[str, ...] = ()
    better: Mapping[str, Any] = field(default_factory=dict)
    truth: Callable[[Matrix], Matrix] | None = None
    original: "PatternSet | None" = None
    plane: Plane | None = None
    target_scale: tuple[Vector, Vector] | None = None
    input_scale: tuple[Vector, Vector] | None = None

    def __post_init__(self) -> None:
        n_in, n_out = self.train.inputs.shape[1], self.train.targets.shape[1]
        counts = [
            ("input names", self.input_names, n_in),
            ("output names", self.output_names, n_out),
        ]
        if self.kind == "classes":
            counts.append(("class names", self.class_names, max(2, n_out)))
        for field_name, names, wanted in counts:
            if len(names) != wanted:
                count = f"number of {field_name}"
                raise BadValue(field_name, len(names), f"{wanted}", name=count)

    @property
    def n_inputs(self) -> int:
        """The number of input columns."""
        return int(self.train.inputs.shape[1])

    @property
    def n_outputs(self) -> int:
        """The number of target columns."""
        return int(self.train.targets.shape[1])

    @property
    def in_plane(self) -> Plane | None:
        """The plane that the patterns are points of; None where there is none."""
        if self.plane is not None or self.n_inputs != 2 or len(self.domain) != 2:
            return self.plane
        names, domain = self.input_names, self.domain
        test = None if self.test is None else self.test.inputs
        return Plane(
            (names[0], names[1]),
            (domain[0], domain[1]),
            lambda points: points,
            (0, 1),
            self.train.inputs,
            test,
        )

    def points(self, part: Patterns) -> Matrix:
        """Where in the plane (P, 2) the patterns ``train`` or ``test`` lie."""
        if self.plane is None:
            return part.inputs
        if self.plane.columns is not None:
            return part.inputs[:, self.plane.columns]
        if part is self.test and self.plane.test is not None:
            return self.plane.test
        return self.plane.train

    def edited(self, train: Patterns) -> "PatternSet":
        """The set with other training patterns, called so; the original one if they are its.

        The domain grows to hold all inputs. Raises BadValue for other rows whose places in
        the plane are not known.
        """
        self.check_rows(len(train))
        original = self if self.original is None else self.original
        if _same(train, original.train):
            return replace(original, train=train)
        return replace(
            original,
            name=f"{original.name} (edited)",
            train=train,
            domain=_widened(original.domain, train.inputs),
            original=original,
        )

    def in_units(self, values: Matrix) -> Matrix:
        """Targets or outputs (P, m) in the units that the targets had before they were
        standardised."""
        return _in_units(values, self.target_scale)

    def from_units(self, values: Matrix) -> Matrix:
        """Targets (P, m) from the units of the file: the inverse of ``in_units``."""
        return _from_units(values, self.target_scale)

    def inputs_in_units(self, values: Matrix) -> Matrix:
        """Inputs (P, n) in the units that they had before they were standardised."""
        return _in_units(values, self.input_scale)

    def inputs_from_units(self, values: Matrix) -> Matrix:
        """Inputs (P, n) from the units of the file: the inverse of ``inputs_in_units``."""
        return _from_units(values, self.input_scale)

    def check_rows(self, n: int) -> None:
        """Refuse so many training patterns, with a BadValue, if their places must be known."""
        plane = self.plane
        if plane is not None and plane.columns is None and n != len(plane.train):
            raise BadValue(
                "patterns",
                n,
                f"{len(plane.train):,}, as before",
                "both coordinates of the points would have to be inputs",
                name="number of patterns",
            )

    @property
    def one_hot(self) -> bool:
        """Whether targets code a class as a 1 in its own column."""
        return self.kind == "classes" and self.n_outputs > 1


def _in_units(values: Matrix, scale: tuple[Vector, Vector] | None) -> Matrix:
    if scale is None:
        return values
    mean, unit = scale
    return mean + unit * values


def _from_units(values: Matrix, scale: tuple[Vector, Vector] | None) -> Matrix:
    if scale is None:
        return values
    mean, unit = scale
    return (values - mean) / unit


def _same(one: Patterns, other: Patterns) -> bool:
    return np.array_equal(one.inputs, other.inputs) and np.array_equal(one.targets, other.targets)


def _widened(
    domain: tuple[tuple[float, float], ...], inputs: Matrix
) -> tuple[tuple[float, float], ...]:
    """The domain, wider by a margin where inputs lie outside."""
    wide = []
    for (low, high), column in zip(domain, inputs.T, strict=False):
        margin = 0.05 * (high - low)
        least, most = float(column.min()), float(column.max())
        wide.append(
            (low if least >= low else least - margin, high if most <= high else most + margin)
        )
    return tuple(wide)


def class_of(values: Matrix) -> Integers:
    """The class that targets or outputs (P, m) stand for, as (P,) whole numbers.

    Several columns: the largest one; a single column: 1 above one half, otherwise 0.
    """
    if values.shape[1] > 1:
        return np.asarray(values.argmax(axis=1), dtype=np.int64)
    return (values[:, 0] > 0.5).astype(np.int64)


NO_ANSWER = -1


def answer_of(outputs: Matrix) -> Integers:
    """The class that each row of outputs (P, m) answers, as ``class_of``.

    NO_ANSWER where no single output is the largest: step units may all say 0, or several 1.
    """
    answers = class_of(outputs)
    if outputs.shape[1] > 1:
        largest = outputs.max(axis=1, keepdims=True)
        answers[np.count_nonzero(outputs == largest, axis=1) != 1] = NO_ANSWER
    return answers


@dataclass(frozen=True, slots=True)
class Criterion:
    """When an answer counts as right.

    "within": every output of the pattern lies closer than ``tolerance`` to its target;
    "argmax": the largest output is the one whose target is largest.
    """

    kind: Literal["within", "argmax"] = "within"
    tolerance: float = 0.4

    def count(self, targets: Matrix, outputs: Matrix) -> int:
        """How many rows of outputs (P, m) are right for targets (P, m)."""
        if self.kind == "argmax":
            return int(np.count_nonzero(outputs.argmax(axis=1) == targets.argmax(axis=1)))
        near = np.abs(targets - outputs) < self.tolerance
        # One column is the common small case, and all(axis=1) costs more than the rest of it.
        return int(np.count_nonzero(near if near.shape[1] == 1 else near.all(axis=1)))
