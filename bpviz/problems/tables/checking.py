"""Why no patterns can be made of a table: one sentence with the place and what helps."""

import numpy as np

from bpviz.core.text.number_words import counted
from bpviz.core.values import BadValue, Vector
from bpviz.problems.tables.kinds import MAX_CATEGORIES, MAX_CLASSES
from bpviz.problems.tables.model import BadTable, Inspection, RawTable, ReadColumn, Remedy
from bpviz.problems.tables.names import list_of, written_list
from bpviz.problems.tables.skipped import MOST_LINES, Skipped

LARGEST = 1e100  # squares and sums of so large numbers stay finite


def check(inspection: Inspection) -> None:
    """Raise BadValue if no patterns can be made of what came of reading a table.

    Of the field "problem" for what stands in the file, of the option for a choice that does not
    fit it.
    """
    inputs, targets = inspection.with_role("input"), inspection.with_role("target")
    table = inspection.table
    if not inputs or not targets:
        raise _no_columns(inspection)
    for column in (*targets, *inputs):
        _check_texts(inspection, column)
    _check_missing(inspection)
    for column in targets:
        _check_cells(inspection, column)
    _check_prose(inspection)
    for column in inputs:
        _check_cells(inspection, column)
    equal = all(column.constant for column in (*inputs, *targets))
    for kind, columns in (("a target", targets), ("an input column", inputs)):
        constant = [column for column in columns if column.constant]
        bad = constant if kind == "a target" else constant[: len(constant) == len(columns)]
        if bad and inspection.rows > 1 and not equal:
            raise _constant(table, bad[0], kind)
    _check_targets(inspection, targets)


def _no_columns(inspection: Inspection) -> BadTable:
    table = inspection.table
    usable = [c for c in inspection.columns if c.role != "left out"]
    texts = [c for c in inspection.columns if c.kind == "text"]
    if texts:
        return _prose(inspection, texts[0])
    return table.refuse(
        "a file with at least one target column and one input column",
        f"of the columns 1 to {len(table.columns)} in {table.place} {table.lines[0]}, "
        f"{len(usable)} can be used",
    )


def _check_prose(inspection: Inspection) -> None:
    """Refuse texts that are no categories, in a file without a single column of numbers."""
    columns = [c for c in inspection.columns if c.role != "target"]
    inputs = inspection.with_role("input")
    if any(column.codes is None for column in inputs):
        return
    for column in columns:
        if column.codes is not None and 2 * len(column.categories) > inspection.rows:
            if column.name in written_names(inspection) or len(column.raw) == 1:
                continue
            if column.role == "input" or not inputs:
                raise _prose(inspection, column)


def written_names(inspection: Inspection) -> set[str]:
    """The columns whose kind or role was chosen."""
    reading = inspection.reading
    chosen = [reading.categories, reading.inputs, reading.numbers, reading.leave_out]
    return {name for text in chosen for name in list_of(text)}


def _prose(inspection: Inspection, column: ReadColumn) -> BadTable:
    n, rows = len(column.categories), counted(inspection.rows, "row")
    example = inspection.table.example(_first(column), column.raw)
    return inspection.table.refuse(
        "a file with a column of numbers, or only texts that repeat, among the inputs",
        f"{column.raw.place} has {n} different texts in {rows}, such as {example}",
        Remedy("categories", _ref(column), "As categories"),
    )


def _first(column: ReadColumn) -> int:
    assert column.codes is not None
    return int(np.flatnonzero(column.codes >= 0)[0])


def _check_cells(inspection: Inspection, column: ReadColumn) -> None:
    """Refuse a number that is too large, and too many categories."""
    numbers = column.raw.numbers if column.numbers is None else column.numbers
    if numbers is not None:
        _check_sizes(inspection.table, column, numbers)
    if column.kind in ("categories", "text"):
        _check_categories(inspection, column)


def _check_texts(inspection: Inspection, column: ReadColumn) -> None:
    """Refuse a cell that is no number, or has another decimal mark."""
    table = inspection.table
    if column.conflict is not None:
        comma, point = (table.lines[row] for row in column.conflict)
        raise table.refuse(
            "a file with either decimal commas or decimal points in a column",
            f"in {column.raw.place}, {table.place} {comma} has a comma and {table.place} {point} "
            "a point",
            Remedy("leave_out", _ref(column), "Leave the column out"),
        )  # fmt: skip
    if column.bad_row >= 0:
        raise _no_number(inspection, column)


def _check_sizes(table: RawTable, column: ReadColumn, numbers: Vector) -> None:
    sizes = np.abs(numbers)
    for at in np.flatnonzero(~(sizes <= LARGEST) & ~np.isnan(sizes))[:1]:
        raise table.refuse_cell(
            int(at), column.raw, f"a number from {-LARGEST:g} to {LARGEST:g}", "",
            Remedy("leave_out", _ref(column), "Leave the column out"),
        )  # fmt: skip


def _no_number(inspection: Inspection, column: ReadColumn) -> BadTable:
    table, reading = inspection.table, inspection.reading
    cell = column.raw.cell(column.bad_row)
    remedies = [Remedy("missing_marks", written_list([cell]), "It is a missing value")]
    if column.role == "target":
        several = len(inspection.with_role("target")) > 1
        why = "several targets are numbers" if several else (
            "the targets are to be numbers" if reading.targets_are == "numbers"
            else "most other targets are; you may choose that targets are classes"
        )  # fmt: skip
        if not several:
            remedies.insert(0, Remedy("targets_are", "classes", "As classes"))
        return table.refuse_cell(column.bad_row, column.raw, "a number", why, *remedies)
    remedies.append(Remedy("categories", _ref(column), "As categories"))
    remedies.append(Remedy("leave_out", _ref(column), "Leave the column out"))
    return table.refuse_cell(
        column.bad_row, column.raw, "a number, as in most rows of the column", "", *remedies
    )


def _check_categories(inspection: Inspection, column: ReadColumn) -> None:
    table, n = inspection.table, len(column.categories)
    if column.role == "target":
        if n > MAX_CLASSES:
            raise table.refuse(
                f"a file with at most {MAX_CLASSES} classes",
                f"{column.raw.place} has {n:,}, such as {table.example(0, column.raw)}",
                Remedy("targets", "", "Another target"),
            )
    elif n > MAX_CATEGORIES:
        raise table.refuse(
            f"a file with numbers, or at most {MAX_CATEGORIES} different texts, in an input column",
            f"{column.raw.place} has {n:,}, such as "
            f"{table.example(_first(column), column.raw)}; you may leave it out",
            Remedy("leave_out", _ref(column), "Leave the column out"),
        )


def _check_missing(inspection: Inspection) -> None:
    """Refuse missing values, unless it was chosen what to do with them."""
    columns = (*inspection.with_role("input"), *inspection.with_role("target"))
    gaps = [(int(column.missing[0]), column) for column in columns if len(column.missing)]
    if not gaps:
        return
    table = inspection.table
    row, column = min(gaps, key=lambda gap: gap[0])
    if inspection.reading.missing == "refuse":
        raise table.refuse_cell(
            row, column.raw, "a value", "you may choose to skip rows without one",
            Remedy("missing", "skip rows", "Skip such rows"),
            Remedy("missing", "mean", "Fill in the mean"),
        )  # fmt: skip
    if len(rows_used(inspection)) < 1:
        raise table.refuse_cell(
            row, column.raw, "a value", "at least one row needs one in every column",
            Remedy("missing", "mean", "Fill in the mean"),
            Remedy("leave_out", _ref(column), "Leave the column out"),
        )  # fmt: skip


def rows_used(inspection: Inspection) -> np.ndarray:
    """The rows that become patterns: without a value that cannot be filled in, none does."""
    columns = list(inspection.with_role("target"))
    if inspection.reading.missing in ("refuse", "skip rows"):
        columns += inspection.with_role("input")
    without = [column.missing for column in columns]
    every = np.arange(inspection.rows)
    return np.setdiff1d(every, np.concatenate(without)) if without else every


def incomplete_rows(inspection: Inspection) -> tuple[Skipped, ...]:
    """The rows that are left out because a value is missing, by the first such column."""
    every = np.arange(inspection.rows)
    out = np.setdiff1d(every, rows_used(inspection))
    found = []
    for column in (*inspection.with_role("target"), *inspection.with_role("input")):
        here = np.intersect1d(out, column.missing)
        if len(here):
            lines = inspection.table.lines[here[:MOST_LINES]].tolist()
            why = f"no value in {column.raw.place}"
            found.append(Skipped(lines[0], len(here), why, tuple(lines)))
            out = np.setdiff1d(out, here)
    return tuple(found)


def _constant(table: RawTable, column: ReadColumn, kind: str) -> BadTable:
    example = table.example(0, column.raw)
    return table.refuse(
        f"a file with {kind} that is not the same in every row",
        f"{column.raw.place} has no other value than {example}",
        Remedy("targets", "", "Another target"),
    )


def _check_targets(inspection: Inspection, targets: tuple[ReadColumn, ...]) -> None:
    wanted = inspection.reading.targets_are
    if len(targets) > 1 and wanted == "classes" and not are_one_hot(targets):
        raise BadValue(
            "targets are",
            wanted,
            "numbers or auto",
            "several target columns are classes only if in every row one of them is 1 and the "
            "others are 0",
            name="the kind of the targets",
        )


def are_one_hot(targets: tuple[ReadColumn, ...]) -> bool:
    """Whether in every row one of several target columns is 1 and the others are 0."""
    columns = [column.numbers for column in targets if column.numbers is not None]
    if len(columns) < max(2, len(targets)):
        return False
    numbers = np.stack(columns, axis=1)
    return bool(np.isin(numbers, (0.0, 1.0)).all() and (numbers.sum(axis=1) == 1.0).all())


def _ref(column: ReadColumn) -> str:
    return written_list([column.name])
