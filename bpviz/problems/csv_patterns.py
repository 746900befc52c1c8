"""Makes patterns of a table: which columns are inputs and targets, and how they are coded."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bpviz.core.model.patterns import PatternKind, Patterns, PatternSet
from bpviz.core.number_grammar import parse_point, parse_whole
from bpviz.core.values import BadValue, Integers, Matrix, Vector, meant
from bpviz.problems.base import Options
from bpviz.problems.csv_columns import CsvColumn
from bpviz.problems.csv_read import CsvTable
from bpviz.problems.sampling import domain_of, scale_of, split_rows

MAX_CATEGORIES = 50
MAX_CLASSES = 100
MAX_CODES = 20  # whole numbers 0, 1, 2, ... up to so many may be codes of classes
ROWS_PER_CODE = 5
SPLIT_FROM = 20  # rows; a truth table with a row left out cannot be learned
LARGE = 20.0
"""Numbers above this make a note that advises to standardise them."""

NOTED = 5  # columns that a note names
LARGEST = 1e100  # squares and sums of so large numbers stay finite


def patterns_of(table: CsvTable, options: Options) -> PatternSet:
    """The patterns that a table and the options of a CSV problem stand for.

    Raises BadValue: of the field "problem" for what stands in the file, of the option for a
    choice that does not fit it.
    """
    return _Maker(table, options).make()


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    """Coded input columns (P, n); ``scaled`` (n,) marks those that are numbers."""

    names: tuple[str, ...]
    values: Matrix
    scaled: Integers


@dataclass(frozen=True, slots=True, eq=False)
class _Targets:
    """Coded target columns (P, m); ``classes`` (P,) is each pattern's class, if it has one."""

    kind: PatternKind
    names: tuple[str, ...]
    values: Matrix
    class_names: tuple[str, ...] = ()
    classes: Integers | None = None


@dataclass(slots=True)
class _Maker:
    """One table on its way to patterns; ``rows`` are the rows used, ``notes`` what to say,
    ``better`` the options that would suit it better."""

    table: CsvTable
    options: Options
    rows: Integers = field(init=False)
    notes: list[str] = field(init=False)
    better: dict[str, bool] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.rows = np.arange(len(self.table.lines))
        self.notes = list(self.table.notes)

    def make(self) -> PatternSet:
        inputs, targets = self._choose_columns()
        self._handle_missing([*inputs, *targets])
        coded_targets = self._code_targets(targets)
        coded_inputs = self._code_inputs(inputs)
        return self._assemble(coded_inputs, coded_targets)

    # -- which columns ---------------------------------------------------------------------

    def _choose_columns(self) -> tuple[list[CsvColumn], list[CsvColumn]]:
        columns = self.table.columns
        left_out = self._columns_named("leave_out", "columns left out")
        empty = [c for c in columns if len(c.missing()) == len(self.rows)]
        usable = [c for c in columns if c not in left_out and c not in empty]
        self._note("Without any value, left out", [c for c in empty if c not in left_out])
        targets = self._columns_named("targets", "target columns") or usable[-1:]
        for column in targets:
            if column not in usable:
                raise BadValue(
                    "target columns", column.name, "columns with values that are not left out"
                )
        inputs = [c for c in usable if c not in targets]
        if not inputs or not targets:
            raise self.table.refuse(
                "a file with at least one target column and one input column",
                f"of the columns 1 to {len(columns)} in line {self.table.lines[0]}, {len(usable)} "
                "can be used",
            )
        return inputs, targets

    def _columns_named(self, option: str, label: str) -> list[CsvColumn]:
        """The columns that an option names, by name or number, each once."""
        text = self.options[option]
        try:
            words = [word.strip() for word in next(csv.reader([text], skipinitialspace=True), [])]
        except csv.Error:
            raise BadValue(label, text, "names or numbers separated by commas") from None
        return list({self._column_named(word, label): None for word in words if word})

    def _column_named(self, word: str, label: str) -> CsvColumn:
        columns = self.table.columns
        for column in columns:
            if column.name == word:
                return column
        number = parse_whole(word)
        if number is not None and 1 <= number <= len(columns):
            return columns[number - 1]
        names = [column.name for column in columns]
        listed = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
        allowed = f"numbers from 1 to {len(names)} or names out of {listed}"
        raise BadValue(label, word, allowed, meant(word, names))

    def _handle_missing(self, columns: Sequence[CsvColumn]) -> None:
        """Leave out the rows without a value, or refuse the first of them."""
        gaps = [(int(column.missing()[0]), column) for column in columns if len(column.missing())]
        if not gaps:
            return
        row, column = min(gaps, key=lambda gap: gap[0])
        if self.options["missing"] == "refuse":
            raise self.table.refuse_cell(
                row, column, "a value", "you may choose to skip rows without one"
            )
        without = np.unique(np.concatenate([column.missing() for column in columns]))
        self.rows = np.setdiff1d(self.rows, without)
        self.notes.append(
            f"{_count(len(without), 'row')} with missing values left out, the first in line "
            f"{self.table.lines[without[0]]}."
        )
        if len(self.rows) < 2:
            raise self.table.refuse_cell(
                row, column, "a value", "at least two rows need one in every column"
            )

    # -- numbers ---------------------------------------------------------------------------

    def _numbers(self, column: CsvColumn, why: str = "") -> Vector:
        """The numbers of a column in the rows used. Raises BadValue for a cell that is none."""
        if column.numbers is None:
            raise self.table.refuse_cell(column.text_row, column, "a number", why)
        if column.comma_row >= 0 and column.point_row >= 0:
            raise self.table.refuse(
                "a file with either decimal commas or decimal points in a column",
                f"in {column.place}, line {self.table.lines[column.comma_row]} has a comma and "
                f"line {self.table.lines[column.point_row]} a point",
            )
        numbers = column.numbers[self.rows]
        for at in np.flatnonzero(~(np.abs(numbers) <= LARGEST))[:1]:
            raise self.table.refuse_cell(
                int(self.rows[at]), column, f"a number from {-LARGEST:g} to {LARGEST:g}"
            )
        return numbers

    def _refuse_constant(self, column: CsvColumn, kind: str) -> BadValue:
        example = self.table.example(int(self.rows[0]), column)
        return self.table.refuse(
            f"a file with {kind} that is not the same in every row",
            f"{column.place} has no other value than {example}",
        )

    def _is_constant(self, column: CsvColumn) -> bool:
        if column.numbers is not None:
            numbers = column.numbers[self.rows]
            return bool((numbers == numbers[0]).all())
        return len(set(column.as_texts(self.rows))) == 1

    # -- inputs ----------------------------------------------------------------------------

    def _code_inputs(self, columns: Sequence[CsvColumn]) -> _Inputs:
        names: list[str] = []
        parts: list[Matrix] = []
        scaled: list[int] = []
        constant = [column for column in columns if self._is_constant(column)]
        varying = [column for column in columns if column not in constant]
        self._note("The same in every row, left out", constant)
        if not varying:
            raise self._refuse_constant(columns[0], "an input column")
        self._refuse_prose(varying)
        texts = [column for column in varying if column.numbers is None]
        self._note("Texts, one input for each value", texts)
        for column in varying:
            part, part_names = self._code_input(column)
            scaled += [column.numbers is not None] * len(part_names)
            parts.append(part)
            names += part_names
        return _Inputs(tuple(names), np.hstack(parts), np.flatnonzero(scaled))

    def _refuse_prose(self, columns: Sequence[CsvColumn]) -> None:
        """Refuse texts that are no categories, in a file without a single column of numbers."""
        if any(column.numbers is not None or column.mostly_numbers for column in columns):
            return
        for column in columns:
            n = len(set(column.as_texts(self.rows)))
            if 2 * n > len(self.rows):
                example = self.table.example(int(self.rows[0]), column)
                raise self.table.refuse(
                    "a file with a column of numbers, or only texts that repeat, among the inputs",
                    f"{column.place} has {n} different texts in {_count(len(self.rows), 'row')}, "
                    f"such as {example}",
                )

    def _code_input(self, column: CsvColumn) -> tuple[Matrix, list[str]]:
        """One column of numbers, or a column of zeros and ones for each text."""
        if column.numbers is not None:
            return self._numbers(column)[:, None], [column.name]
        if column.mostly_numbers:
            raise self.table.refuse_cell(
                column.text_row, column, "a number, as in most rows of the column"
            )
        texts = column.as_texts(self.rows)
        values = sorted(set(texts))
        if len(values) > MAX_CATEGORIES:
            raise self.table.refuse(
                f"a file with numbers, or at most {MAX_CATEGORIES} different texts, in an input "
                "column",
                f"{column.place} has {len(values):,}, such as "
                f"{self.table.example(column.text_row, column)}; you may leave it out",
            )
        return _one_hot(texts, values), [f"{column.name}={value}" for value in values]

    # -- targets ---------------------------------------------------------------------------

    def _code_targets(self, columns: Sequence[CsvColumn]) -> _Targets:
        for column in columns:
            if self._is_constant(column):
                raise self._refuse_constant(column, "a target")
        if len(columns) == 1:
            return self._code_target(columns[0])
        numbers = np.stack(
            [self._numbers(c, "several targets are numbers") for c in columns], axis=1
        )
        names = tuple(column.name for column in columns)
        wanted = self.options["targets_are"]
        one_hot = bool(np.isin(numbers, (0.0, 1.0)).all() and (numbers.sum(axis=1) == 1.0).all())
        if wanted == "classes" and not one_hot:
            raise BadValue(
                "targets are",
                wanted,
                "numbers or auto",
                "several target columns are classes only if in every row one of them is 1 and the "
                "others are 0",
                name="the kind of the targets",
            )
        if wanted != "numbers" and one_hot:
            self.notes.append(f"The {len(columns)} target columns code one class each.")
            return _Targets("classes", names, numbers, names, numbers.argmax(axis=1))
        return _Targets("regression", names, numbers)

    def _code_target(self, column: CsvColumn) -> _Targets:
        wanted = self.options["targets_are"]
        if wanted == "numbers" or (wanted == "auto" and self._means_numbers(column)):
            why = (
                "the targets are to be numbers"
                if wanted == "numbers"
                else "most other targets are; you may choose that targets are classes"
            )
            return _Targets("regression", (column.name,), self._numbers(column, why)[:, None])
        if wanted == "auto" and column.numbers is not None:
            self._note("Few whole numbers, read as classes", [column])
        return self._code_classes(column)

    def _means_numbers(self, column: CsvColumn) -> bool:
        """Whether a target column is to be taken as numbers: unless they look like codes.

        Codes of classes are two whole numbers, or all of 0, 1, 2, ... or 1, 2, 3, ... up to
        MAX_CODES of them with several rows each.
        """
        if column.numbers is None:
            return column.mostly_numbers
        values = np.unique(column.numbers[self.rows])
        if (values != np.round(values)).any() or len(values) > MAX_CODES:
            return True
        if len(values) == 2:
            return False
        gapless = values[0] in (0.0, 1.0) and values[-1] - values[0] == len(values) - 1
        return not (gapless and len(self.rows) >= ROWS_PER_CODE * len(values))

    def _code_classes(self, column: CsvColumn) -> _Targets:
        if column.numbers is not None:
            self._numbers(column)
        texts = column.as_texts(self.rows)
        names = _in_order(set(texts))
        if len(names) > MAX_CLASSES:
            raise self.table.refuse(
                f"a file with at most {MAX_CLASSES} classes",
                f"{column.place} has {len(names):,}, such as "
                f"{self.table.example(int(self.rows[0]), column)}",
            )
        hot = _one_hot(texts, names)
        classes = hot.argmax(axis=1)
        if len(names) == 2:
            self.notes.append(f"One output for two classes: 0 is '{names[0]}', 1 '{names[1]}'.")
            return _Targets("classes", (column.name,), hot[:, 1:], tuple(names), classes)
        self.notes.append(f"One output for each of {len(names)} classes (one-hot).")
        return _Targets("classes", tuple(names), hot, tuple(names), classes)

    # -- together --------------------------------------------------------------------------

    def _assemble(self, inputs: _Inputs, targets: _Targets) -> PatternSet:
        options = self.options
        train, test = split_rows(
            len(self.rows), self._test_share(), options["data_seed"], targets.classes
        )
        x, y = inputs.values, targets.values
        if options["standardise"] and len(inputs.scaled):
            x[:, inputs.scaled] = scale_of(x[train][:, inputs.scaled]).apply(x[:, inputs.scaled])
            self.notes.append(
                f"Number inputs are standardised by the {len(train):,} training rows."
            )
        else:
            self._advise("inputs", "standardise", x[train])
        if targets.kind == "regression":
            if options["standardise_targets"]:
                y = self._standardise_targets(y, train, targets.names)
            else:
                self._advise("targets", "standardise_targets", y[train])
        return PatternSet(
            Path(self.table.path).name,
            targets.kind,
            Patterns(x[train], y[train]),
            inputs.names,
            targets.names,
            test=Patterns(x[test], y[test]) if len(test) else None,
            class_names=targets.class_names,
            domain=domain_of(x),
            source=self.table.path,
            notes=tuple(self.notes),
            better=self.better,
        )

    def _advise(self, what: str, option: str, values: Matrix) -> None:
        """Note numbers so large that a network with small weights will hardly learn them."""
        largest = float(np.abs(values).max())
        if largest > LARGE:
            self.notes.append(
                f"Some {what} are as large as {largest:.4g}; networks learn numbers about 1 "
                f"better: try 'standardise {what}'."
            )
            self.better[option] = True

    def _test_share(self) -> float:
        share = float(self.options["test_share"])
        if share > 0.0 and len(self.rows) < SPLIT_FROM:
            self.notes.append(f"Fewer than {SPLIT_FROM} rows: none is kept for testing.")
            return 0.0
        return share

    def _standardise_targets(self, y: Matrix, train: Integers, names: Sequence[str]) -> Matrix:
        scale = scale_of(y[train])
        parts = [
            f"{name} from {mean:.4g} in units of {deviation:.4g}"
            for name, mean, deviation in zip(
                names[:NOTED], scale.mean, scale.deviation, strict=False
            )
        ]
        more = ", ..." if len(names) > NOTED else ""
        self.notes.append(f"Targets are standardised, counted {', '.join(parts)}{more}.")
        return scale.apply(y)

    def _note(self, what: str, columns: Sequence[CsvColumn]) -> None:
        if columns:
            places = ", ".join(column.place for column in columns[:NOTED])
            more = f" and {len(columns) - NOTED} more" if len(columns) > NOTED else ""
            self.notes.append(f"{what}: {places}{more}.")


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}" + ("" if n == 1 else "s")


def _in_order(names: set[str]) -> list[str]:
    """Numbers by size, then texts by the alphabet."""

    def key(name: str) -> tuple[int, float, str]:
        number = parse_point(name)
        return (1, 0.0, name) if number is None else (0, number, name)

    return sorted(names, key=key)


def _one_hot(texts: Sequence[str], values: Sequence[str]) -> Matrix:
    """(P, values): a 1 in the column of each row's text."""
    place = {value: at for at, value in enumerate(values)}
    coded = np.zeros((len(texts), len(values)))
    coded[np.arange(len(texts)), [place[text] for text in texts]] = 1.0
    return coded
