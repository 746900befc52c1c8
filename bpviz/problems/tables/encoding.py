"""Makes patterns of an inspected table: how inputs and targets are coded as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from bpviz.core.interruption import note_progress
from bpviz.core.model.patterns import PatternKind, Patterns, PatternSet
from bpviz.core.text.number_words import counted, number_text
from bpviz.core.values import Integers, Matrix, Vector, isolated
from bpviz.problems.sampling import Standardization, domain_of, scale_of, split_rows
from bpviz.problems.tables.checking import are_one_hot, check, rows_used
from bpviz.problems.tables.model import Inspection, ReadColumn
from bpviz.problems.tables.roles import NOTED, listed

SPLIT_FROM = 20  # rows; a truth table with a row left out cannot be learned
BLOCK = 32  # columns standardised at once
LARGE = 20.0
"""Numbers above this make a note that advises to standardise them."""


def patterns_of(inspection: Inspection, tests: Inspection | None = None) -> PatternSet:
    """The patterns of an inspected table; ``tests`` is the second table of test rows.

    Raises the refusal of the inspection, and Cancelled; see note_progress.
    """
    if inspection.refusal is not None:
        raise inspection.refusal
    check(inspection)
    return _Maker(inspection, tests).make()


@dataclass(slots=True)
class _Maker:
    """One inspected table on its way to patterns; ``notes`` is what to say of it, ``better``
    the options that would suit it better."""

    inspection: Inspection
    tests: Inspection | None
    rows: Integers = field(init=False)
    notes: list[str] = field(init=False)
    better: dict[str, bool] = field(default_factory=dict, init=False)
    scale: Standardization | None = field(default=None, init=False)
    train: Integers = field(init=False)
    test: Integers = field(init=False)

    def __post_init__(self) -> None:
        self.rows = rows_used(self.inspection)
        self.notes = [note.text for note in self.inspection.notes]

    def make(self) -> PatternSet:
        inspection = self.inspection
        inputs, targets = inspection.with_role("input"), inspection.with_role("target")
        self._note_missing()
        kind, output_names, class_names, y = self._code_targets(targets)
        classes = _classes(targets, kind, y, self.rows)
        self._split(classes)
        coders = [_Coder(c, self.rows[self.train], inspection.reading.missing) for c in inputs]
        texts = [coder.column.raw for coder in coders if coder.column.kind == "categories"]
        if texts:
            self.notes.append(listed("Texts, one input for each value", texts))
        x_train = self._coded(coders, self.rows[self.train])
        x_test = self._coded_tests(coders)
        image, input_scale = self._image_shape(coders), None
        if image is not None:
            self._scale_pixels(x_train, x_test)
        elif inspection.reading.standardise and any(coder.scaled for coder in coders):
            input_scale = _standardise(coders, x_train, x_test)
            self.notes.append(
                f"Number inputs are standardised by the {len(self.train):,} training rows."
            )
        else:
            self._advise("inputs", "standardise", x_train)
        y = self._scaled_targets(kind, y, output_names)
        train = Patterns(x_train, y[self.train])
        test = Patterns(x_test, self._test_targets(y, class_names)) if len(x_test) else None
        return PatternSet(
            Path(inspection.table.path).name,
            kind,
            train,
            tuple(name for coder in coders for name in coder.names),
            output_names,
            test=test,
            class_names=class_names,
            image_shape=image,
            domain=_domain(x_train, x_test),
            source=inspection.table.path,
            notes=tuple(self.notes),
            better=self.better,
            input_scale=input_scale,
            target_scale=None if self.scale is None else (self.scale.mean, self.scale.deviation),
        )

    def _image_shape(self, coders: Sequence["_Coder"]) -> tuple[int, int] | None:
        """The shape of the images that the inputs are; None if they are not all of their pixels."""
        shape = self.inspection.table.image_shape
        pixels = sum(len(coder.names) for coder in coders)
        whole = shape is not None and shape[0] * shape[1] == pixels
        return shape if whole and all(coder.scaled for coder in coders) else None

    def _scale_pixels(self, train: Matrix, test: Matrix) -> None:
        """Divide pixels by the largest of the training rows, if it is above 1, in place."""
        white = float(train.max())
        if white > 1.0:
            for part in (train, test):
                part /= white
            self.notes.append(f"Pixels are divided by the largest, {number_text(white)}.")

    def _note_missing(self) -> None:
        table = self.inspection.table
        without = np.setdiff1d(np.arange(len(table.lines)), self.rows)
        if len(without):
            self.notes.append(
                f"{counted(len(without), 'row')} with missing values left out, the first in "
                f"{table.place} {table.lines[without[0]]}."
            )
        filled = [c.raw for c in self.inspection.with_role("input")
                  if len(np.setdiff1d(c.missing, without))]  # fmt: skip
        if filled:
            way = self.inspection.reading.missing
            self.notes.append(listed(f"Missing values filled in ({way})", filled))

    # -- rows ------------------------------------------------------------------------------

    def _split(self, classes: Integers | None) -> None:
        options = self.inspection.reading
        share = 0.0 if self.tests is not None else float(options.test_share)
        if share > 0.0 and len(self.rows) < SPLIT_FROM:
            self.notes.append(f"Fewer than {SPLIT_FROM} rows: none is kept for testing.")
            share = 0.0
        self.train, self.test = split_rows(len(self.rows), share, options.data_seed, classes)

    def _coded(self, coders: Sequence["_Coder"], rows: Integers) -> Matrix:
        """The inputs (rows, n), coded column by column into one array."""
        values = np.empty((len(rows), sum(len(coder.names) for coder in coders)))
        at = 0
        for coder in coders:
            note_progress(0.0)
            width = len(coder.names)
            coder.write(rows, values[:, at : at + width])
            at += width
        return values

    def _coded_tests(self, coders: Sequence["_Coder"]) -> Matrix:
        if self.tests is None:
            return self._coded(coders, self.rows[self.test])
        by_name = {column.name: column for column in self.tests.columns}
        others = [replace(coder, other=by_name[coder.column.name]) for coder in coders]
        rows = rows_used(self.tests)
        self.notes.append(
            f"{counted(len(rows), 'test row')} from {isolated(Path(self.tests.table.path).name)}."
        )
        return self._coded(others, rows)

    def _test_targets(self, y: Matrix, class_names: tuple[str, ...]) -> Matrix:
        """The targets of the test rows, coded as those of the first table."""
        if self.tests is None:
            return y[self.test]
        rows = rows_used(self.tests)
        targets = self.tests.with_role("target")
        codes = targets[0].codes
        if codes is not None:
            place = [self._first_target().categories.index(name) for name in class_names
                     if name in self._first_target().categories]  # fmt: skip
            hot = (codes[rows][:, None] == np.array(place)).astype(np.float64)
            coded: Matrix = hot[:, 1:] if len(class_names) == 2 else hot
            return coded
        numbers = [c.numbers[rows] for c in targets if c.numbers is not None]
        found = np.stack(numbers, axis=1)
        return found if self.scale is None else self.scale.apply(found)

    def _first_target(self) -> ReadColumn:
        return self.inspection.with_role("target")[0]

    # -- targets ---------------------------------------------------------------------------

    def _code_targets(
        self, targets: tuple[ReadColumn, ...]
    ) -> tuple[PatternKind, tuple[str, ...], tuple[str, ...], Matrix]:
        if len(targets) > 1:
            return self._code_several(targets)
        (target,) = targets
        if target.codes is None:
            assert target.numbers is not None
            return "regression", (target.name,), (), target.numbers[self.rows][:, None]
        return self._code_classes(target)

    def _code_several(
        self, targets: tuple[ReadColumn, ...]
    ) -> tuple[PatternKind, tuple[str, ...], tuple[str, ...], Matrix]:
        names = tuple(column.name for column in targets)
        numbers = np.stack([c.numbers[self.rows] for c in targets if c.numbers is not None], axis=1)
        if self.inspection.reading.targets_are != "numbers" and are_one_hot(targets):
            self.notes.append(f"The {len(targets)} target columns code one class each.")
            return "classes", names, names, numbers
        return "regression", names, (), numbers

    def _code_classes(
        self, target: ReadColumn
    ) -> tuple[PatternKind, tuple[str, ...], tuple[str, ...], Matrix]:
        assert target.codes is not None
        present, classes = np.unique(target.codes[self.rows], return_inverse=True)
        names = tuple(target.categories[code] for code in present.tolist())
        hot = np.eye(len(names))[classes]
        if len(names) <= 2:
            if len(names) == 1:  # a table of equal rows
                names = (f"not {names[0]}", names[0])
                hot = np.hstack([1.0 - hot, hot])
            self.notes.append(f"One output for two classes: 0 is '{names[0]}', 1 '{names[1]}'.")
            return "classes", (target.name,), names, hot[:, 1:]
        self.notes.append(f"One output for each of {len(names)} classes (one-hot).")
        return "classes", names, names, hot

    def _scaled_targets(self, kind: PatternKind, y: Matrix, names: tuple[str, ...]) -> Matrix:
        if kind != "regression":
            return y
        if not self.inspection.reading.standardise_targets:
            self._advise("targets", "standardise_targets", y[self.train])
            return y
        self.scale = scale = scale_of(y[self.train])
        parts = [
            f"{name} from {number_text(float(mean))} in units of {number_text(float(deviation))}"
            for name, mean, deviation in zip(
                names[:NOTED], scale.mean, scale.deviation, strict=False
            )
        ]
        more = ", ..." if len(names) > NOTED else ""
        self.notes.append(f"Targets are standardised, counted {', '.join(parts)}{more}.")
        return scale.apply(y)

    def _advise(self, what: str, option: str, values: Matrix) -> None:
        """Note numbers so large that a network with small weights will hardly learn them."""
        largest = float(max(values.max(), -values.min()))
        if largest > LARGE:
            self.notes.append(
                f"Some {what} are as large as {number_text(largest)}; networks learn numbers "
                f"about 1 better: try 'standardise {what}'."
            )
            self.better[option] = True


@dataclass(frozen=True, slots=True, eq=False)
class _Coder:
    """Codes one input column; what is missing is filled in as the training rows ``train`` say.

    ``other`` is the column of a second table, whose rows are coded instead.
    """

    column: ReadColumn
    train: Integers
    missing: str
    other: ReadColumn | None = None

    @property
    def scaled(self) -> bool:
        """Whether the column is numbers, which can be standardised."""
        return self.column.codes is None

    @property
    def _own_category(self) -> bool:
        return self.missing == "category" and len(self.column.missing) > 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs."""
        column = self.column
        if column.codes is None:
            return (column.name, *([f"{column.name} missing"] if self._own_category else ()))
        names = tuple(f"{column.name}={value}" for value in column.categories)
        return (*names, *([f"{column.name}=missing"] if self._own_category else ()))

    def write(self, rows: Integers, out: Matrix) -> None:
        """Write the inputs of these rows into ``out`` (rows, names)."""
        if self.column.codes is None:
            self._write_numbers(rows, out)
        else:
            self._write_categories(rows, out)

    def _write_numbers(self, rows: Integers, out: Matrix) -> None:
        assert self.column.numbers is not None
        known = self.column.numbers[self.train]
        column = self.other or self.column
        assert column.numbers is not None
        numbers = column.numbers[rows]
        gaps = np.isnan(numbers)
        if gaps.any():
            numbers = np.where(gaps, _typical(known, self.missing), numbers)
        out[:, 0] = numbers
        if self._own_category:
            out[:, 1] = gaps

    def _write_categories(self, rows: Integers, out: Matrix) -> None:
        assert self.column.codes is not None
        column = self.other or self.column
        assert column.codes is not None
        codes = column.codes[rows]
        if self._own_category:
            codes = np.where(codes < 0, len(self.column.categories), codes)
        elif (codes < 0).any():
            known = self.column.codes[self.train]
            usual = int(np.bincount(known[known >= 0]).argmax()) if (known >= 0).any() else 0
            codes = np.where(codes < 0, usual, codes)
        out[:] = 0.0
        out[np.arange(len(rows)), codes] = 1.0


def _standardise(coders: Sequence[_Coder], train: Matrix, test: Matrix) -> tuple[Vector, Vector]:
    """Standardise the inputs that are numbers in place, a block of columns at a time.

    Returns mean and unit (n,) of every input; 0 and 1 of those that are no numbers.
    """
    mean, unit = np.zeros(train.shape[1]), np.ones(train.shape[1])
    starts = np.cumsum([0, *(len(coder.names) for coder in coders)])
    scaled = [int(at) for at, coder in zip(starts, coders, strict=False) if coder.scaled]
    for block in np.array_split(scaled, -(-len(scaled) // BLOCK)):
        scale = scale_of(train[:, block])
        mean[block], unit[block] = scale.mean, scale.deviation
        for part in (train, test):
            part[:, block] = scale.apply(part[:, block])
    return mean, unit


def _typical(numbers: Vector, way: str) -> float:
    """What stands for a missing number."""
    there = numbers[~np.isnan(numbers)]
    if not len(there):
        return 0.0
    if way == "median":
        return float(np.median(there))
    if way == "most frequent":
        values, counts = np.unique(there, return_counts=True)
        return float(values[counts.argmax()])
    return float(there.mean())


def _classes(
    targets: tuple[ReadColumn, ...], kind: PatternKind, y: Matrix, rows: Integers
) -> Integers | None:
    """Each row's class (P,), if it has one."""
    if kind != "classes":
        return None
    if len(targets) == 1 and targets[0].codes is not None:
        return np.asarray(np.unique(targets[0].codes[rows], return_inverse=True)[1])
    return np.asarray(y.argmax(axis=1))


def _domain(train: Matrix, test: Matrix) -> tuple[tuple[float, float], ...]:
    """(low, high) per input that covers all patterns, with a margin."""
    ends = [part for part in (train, test) if len(part)]
    low, high = (f([f(part, axis=0) for part in ends], axis=0) for f in (np.min, np.max))
    return domain_of(np.stack([low, high]))
