"""Cells of the pattern table and blocks from spreadsheets: read, refused, copied, pasted."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.text.number_words import number_text
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import edited_patterns, prepare
from bpviz.problems.table import find_problem
from bpviz.ui.panels.patterns import PatternsPanel
from bpviz.ui.panels.patterns.blocks import (
    copied,
    given_columns,
    pasted,
)
from bpviz.ui.panels.patterns.columns import PatternColumn, columns_of
from bpviz.ui.panels.patterns.model import PatternTable
from tests.conftest import FrameFor


def xor() -> PatternSet:
    return find_problem("xor").load({})


def iris() -> PatternSet:
    return find_problem("iris").load({})


def paste(patterns: PatternSet, text: str, top: int = 0, column: int = 0) -> Patterns:
    first = columns_of(patterns)[column]
    return pasted(patterns, text, top, first).apply(patterns.train)


def refusal(patterns: PatternSet, text: str, top: int = 0, column: int = 0) -> str:
    with pytest.raises(BadValue) as error:
        paste(patterns, text, top, column)
    return str(error.value)


# -- pasting -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["0\t1\n1\t0\n", "0,1,0\r\n1,0,0\r\n", "0;1\n1;0", "\n0, 1\n\n1, 0\n\n", '"0","1"\n1,0']
)
def test_separators_and_line_ends_of_every_spreadsheet(text: str) -> None:
    assert paste(xor(), text).inputs[:2].tolist() == [[0, 1], [1, 0]]


def test_a_block_goes_over_the_cells_from_the_chosen_one_on() -> None:
    train = paste(xor(), "0.5\n−0.25", top=2, column=1)
    assert train.inputs.tolist() == [[0, 0], [0, 1], [1, 0.5], [1, -0.25]]
    assert train.targets.ravel().tolist() == [0, 1, 1, 0]


def test_rows_beyond_the_last_are_added() -> None:
    train = paste(xor(), "7,8,9\n1,2,3", top=4)
    assert train.inputs.tolist()[4:] == [[7, 8], [1, 2]]
    assert train.targets.ravel().tolist()[4:] == [9, 3]


@pytest.mark.parametrize(
    ("text", "column", "row"),
    [
        ("0,5\t1", 0, [0.5, 1]),
        ("0,5;−,25", 0, [0.5, -0.25]),
        ("1,500\t0,5", 0, [1.5, 0.5]),  # the other cell says what commas mean here
        ("12,25e-1\t3", 0, [1.225, 3]),
        ("x2\n0,5", 0, [0, 0.5]),
    ],
)
def test_decimal_commas_are_read_where_they_can_mean_nothing_else(
    text: str, column: int, row: list[float]
) -> None:
    assert paste(xor(), text, column=column).inputs[0].tolist() == row
    assert paste(xor(), "0,5", column=2).targets[0].tolist() == [0.5]


def test_headings_say_which_columns_and_computed_ones_are_passed_over() -> None:
    train = paste(xor(), "target\tright\tx2\n5\t✓\t6\n", top=1)
    assert train.inputs[1].tolist() == [0, 6]
    assert train.targets[1].tolist() == [5]


def test_an_input_may_have_the_name_of_a_computed_column() -> None:
    data = Patterns(np.zeros((2, 2)), np.zeros((2, 1)))
    patterns = PatternSet("named", "regression", data, ("error", "x"), ("y",))
    assert paste(patterns, "error\n3").inputs[0].tolist() == [3, 0]


def test_a_problem_whose_headings_are_numbers_pastes_numbers() -> None:
    data = Patterns(np.zeros((2, 2)), np.zeros((2, 1)))
    patterns = PatternSet("numbered", "regression", data, ("1", "2"), ("y",))
    assert paste(patterns, "2\t1").inputs[0].tolist() == [2, 1]


@pytest.mark.parametrize("load", [xor, iris])
def test_what_is_copied_is_pasted_to_the_bit(load) -> None:
    patterns = load()
    n = len(patterns.train)
    text = copied(patterns, range(n))
    assert text.splitlines()[0].split("\t") == [c.heading for c in given_columns(patterns)]
    train = paste(patterns, text, top=n)
    assert len(train) == 2 * n
    for half in (slice(n), slice(n, None)):
        assert np.array_equal(train.inputs[half], patterns.train.inputs)
        assert np.array_equal(train.targets[half], patterns.train.targets)


def test_classes_go_by_name() -> None:
    patterns = iris()
    column = [c.kind for c in columns_of(patterns)].index("class")
    train = paste(patterns, "virginica\nsetosa", column=column)
    assert train.targets[:2].tolist() == [[0, 0, 1], [1, 0, 0]]
    sentence = refusal(patterns, "virginica\nrose", top=3, column=column)
    assert sentence == (
        "row 5, column class must be one of setosa, versicolor, virginica, not 'rose'."
    )


@pytest.mark.parametrize(
    ("text", "top", "column", "sentence"),
    [
        ("", 0, 0, "the clipboard must be rows of numbers, as copied from a spreadsheet, not "
         "empty."),
        ("x1\tx2", 0, 0, "the clipboard must be headings with rows of numbers below them, not "
         "headings alone."),
        ("0\t1\n0\ttwo", 1, 0, "row 3, column x2 must be a number such as 0.5, −2 or 1e-3, not "
         "'two'."),
        ("0\t", 0, 0, "row 1, column x2 must be a number such as 0.5, −2 or 1e-3, not ''."),
        ("1e999", 0, 0, "row 1, column x1 must be a number from -1e+100 to 1e+100, not '1e999'."),
        ("0\t1\n0", 0, 0, "row 2 must be 2 cells wide, as the first one, not 1 cell."),
        ("0\t1\t0\t1", 0, 0, "the width of the block must be at most 3 from column x1 on, not 4 "
         "columns."),
        ("0\t1\n1\t0", 3, 0, "row 5, column target must be given where patterns are added, not "
         "missing: paste all 3 columns, or no row below row 4."),
        ("1,2,3\n" * 100_000, 1, 0, "the number of patterns must be at most 100,000, not 100001."),
        ("0,5\n1,5", 0, 0, "the clipboard must be cells with tabs or semicolons between them, or "
         "numbers with a decimal point, not '0,5': it could be one number or two cells."),
        ("7\t1,000", 0, 0, "row 1, column x2 must be 1.000 or 1000, not '1,000': a comma before "
         "three digits can mean either."),
        ("1,000\n2,000", 0, 2, "row 1, column target must be 1.000 or 1000, not '1,000': a comma "
         "before three digits can mean either."),
    ],
)  # fmt: skip
def test_what_cannot_be_pasted_is_refused_whole(
    text: str, top: int, column: int, sentence: str
) -> None:
    patterns = xor()
    before = patterns.train.inputs.copy()
    assert refusal(patterns, text, top, column) == sentence
    assert np.array_equal(patterns.train.inputs, before)


# -- long tables ---------------------------------------------------------------------------


def test_to_choose_all_of_a_long_table_asks_about_what_is_seen_only(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Counter[str]()
    for name in ("flags", "data", "cell"):
        method = getattr(PatternTable, name)

        def count(*given: Any, name: str = name, method: Any = method) -> Any:
            asked[name] += 1
            return method(*given)

        monkeypatch.setattr(PatternTable, name, count)
    panel = PatternsPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show_frame(frame_for("digits", epochs=1))
    panel.show()
    panel.table.selectAll()
    panel.grab()
    rows, columns = panel.model.rowCount(), panel.model.columnCount()
    assert rows * columns > 100_000
    assert 0 < asked["cell"] < 2_000
    assert sum(asked.values()) < 5_000
    panel.copy()
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert QGuiApplication.clipboard().text().count("\n") == rows + 1


# -- columns -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xor", "iris", "digits", "sine", "spiral"])
def test_every_given_number_has_one_column(name: str) -> None:
    patterns = find_problem(name).load({})
    columns = columns_of(patterns)
    assert len(set(columns)) == len(columns)
    inputs = [c.index for c in columns if c.kind == "input"]
    assert inputs == list(range(patterns.n_inputs))
    targets = [c for c in columns if c.kind in ("target", "class")]
    width = 1 if patterns.kind == "classes" else patterns.n_outputs
    assert len(targets) == width
    assert PatternColumn("right", "right") in columns


# -- the edited set ------------------------------------------------------------------------


def test_an_edited_set_has_a_name_and_knows_what_it_was() -> None:
    setup = prepare(experiment_for("xor"))
    original = setup.patterns
    edited = edited_patterns(setup, Patterns(original.train.inputs, 1 - original.train.targets))
    assert edited.name == f"{original.name} (edited)"
    assert edited.original is original
    assert edited.domain == original.domain
    again = edited.edited(Patterns(original.train.inputs * 3, original.train.targets))
    assert (again.name, again.original) == (edited.name, original)
    assert all(low <= 0 and high > 3 for low, high in again.domain)
    back = again.edited(Patterns(original.train.inputs, original.train.targets))
    assert (back.name, back.original, back.domain) == (original.name, None, original.domain)


@pytest.mark.parametrize("error", [0.00217, 1.34e-9, 0.000999, 12_345.6])
def test_the_column_of_errors_is_wide_enough(
    qtbot: QtBot, frame_for: FrameFor, error: float
) -> None:
    panel = PatternsPanel()
    qtbot.addWidget(panel)
    panel.show_frame(frame_for("iris", epochs=1))
    kinds = [column.kind for column in panel.model.columns]
    width = panel.table.columnWidth(kinds.index("error"))
    assert panel.table.fontMetrics().horizontalAdvance(number_text(error)) < width
