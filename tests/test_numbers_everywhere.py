"""The same text is the same number in a field, on the command line, in a table and in a file."""

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bpviz.cli import main
from bpviz.cli.race_options import order_from
from bpviz.core.number_grammar import parse_many, parse_number, write_number
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment
from bpviz.problems.table import find_problem
from bpviz.problems.tables.columns import numbers_of
from bpviz.problems.tables.inspecting import inspect
from bpviz.ui.panels.patterns.blocks import pasted
from bpviz.ui.panels.patterns.columns import columns_of
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry, NumberListEntry

Read = Callable[[str], Any]
"""read(text) -> the value, or the sentence that refuses it."""


# -- the places ----------------------------------------------------------------------------


def typed(qtbot: QtBot, entry: LineEntry, text: str) -> Any:
    qtbot.addWidget(entry)
    entry.show_value(7.0 if isinstance(entry, NumberEntry) else (7.0,))
    entry.setText(text)
    entry.commit()
    return entry.sentence or entry.value


def anything(value: Any) -> None:
    """Refuse texts only."""
    if isinstance(value, str):
        raise BadValue("value", value, "a number")


@pytest.fixture
def read_in(
    request: pytest.FixtureRequest,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Read:
    """How a text is read in the place that the test names."""
    place = request.param
    if place in ("number field", "whole field"):
        kind = "whole" if place == "whole field" else "number"
        return lambda text: typed(qtbot, NumberEntry(kind, anything), text)
    if place == "list field":
        return lambda text: typed(qtbot, NumberListEntry("rates"), text)
    if place == "pasted cell":
        return paste
    if place == "cell of a file":
        return lambda text: cell_of_a_file(tmp_path / "table.csv", text)
    if place == "bpviz race --rate":
        monkeypatch.setattr("bpviz.cli.race.race", remember_rates)
        return lambda text: on_the_command_line(capsys, ["race", "xor", "--rate", text], RATES)
    seen: list[float | None] = []

    def open_window(experiment: Experiment, *others: object) -> int:
        stop, training = experiment.stop, experiment.training
        seen.append(training.rate if place == "--rate" else stop.epochs)
        return 0

    monkeypatch.setitem(sys.modules, "bpviz.app", types.SimpleNamespace(open_window=open_window))
    return lambda text: on_the_command_line(capsys, [f"{place}={text}"], seen)


RATES: list[tuple[float, ...]] = []


def remember_rates(args: Any) -> int:
    variants = order_from(args)[0].variants
    RATES.append(tuple(variant.experiment.training.rate for variant in variants))
    return 0


def on_the_command_line(
    capsys: pytest.CaptureFixture[str], argv: list[str], seen: list[Any]
) -> Any:
    seen.clear()
    code = main(argv)
    said = capsys.readouterr().err
    assert (code, bool(said)) in ((0, False), (2, True))
    return seen[0] if seen else said


def paste(text: str) -> Any:
    patterns = find_problem("xor").load({})
    try:
        change = pasted(patterns, f"{text}\t1\t0", 0, columns_of(patterns)[0])
    except BadValue as refusal:
        return str(refusal)
    return change.apply(patterns.train).inputs[0, 0]


def cell_of_a_file(path: Path, text: str) -> Any:
    path.write_text(f"a;b\n{text};1\n7;2\n", "utf-8")
    column = inspect(str(path)).columns[0]
    return "a text" if column.numbers is None or column.bad_row == 0 else column.numbers[0]


# -- what is read --------------------------------------------------------------------------

NUMBER = ("number field", "--rate", "pasted cell")
COMMA, POINT = "a comma before three digits can mean either", "a point before three digits can"
PLAIN = "thousands are written without separators"

# (text, as a number, in a field for whole numbers, after --epochs, in a list, after --rate of a
# race, in a file with decimal commas); a text in place of a number is part of the refusal.
ROWS: list[tuple[str, Any, Any, Any, Any, Any, Any]] = [
    ("0.5", 0.5, "must be", "must be", (0.5,), (0.5,), 0.5),
    ("0,5", 0.5, "must be", "must be", (0.5,), "must be 0.0,5.0 or 0.5, not '0,5'", 0.5),
    (",5", 0.5, "must be", "must be", (0.5,), (0.5,), 0.5),
    ("1,5", 1.5, "must be", "must be", "must be 1; 5 or 1.5, not '1,5'", (1.0, 5.0), 1.5),
    ("12,25", 12.25, "must be", "must be", "12; 25 or 12.25", (12.0, 25.0), 12.25),
    ("1,2345", 1.2345, "must be", "must be", "1; 2345 or 1.2345", (1.0, 2345.0), 1.2345),
    ("1,5e2", 150.0, "must be", 150, "1; 500 or 150", (1.0, 500.0), 150.0),
    ("  5  ", 5.0, 5, 5, (5.0,), (5.0,), 5.0),
    ("5.", 5.0, 5, 5, (5.0,), (5.0,), 5.0),
    ("1e3", 1000.0, 1000, 1000, (1000.0,), (1000.0,), 1000.0),
    ("1000.0", 1000.0, 1000, 1000, (1000.0,), (1000.0,), 1000.0),
    ("1,234", f"must be 1.234 or 1234, not '1,234': {COMMA}", 1234, f"must be 1234, not '1,234': "
     f"{PLAIN}", "1; 234 or 1.234 or 1234", (1.0, 234.0), 1.234),
    ("1,000", f"must be 1.000 or 1000, not '1,000': {COMMA}", 1000, f"must be 1 or 1000, not "
     f"'1,000': {COMMA}", "a comma can mean either", "a comma can mean either", 1.0),
    ("1.000", 1.0, f"must be 1 or 1000, not '1.000': {POINT}", f"must be 1 or 1000, not '1.000': "
     f"{POINT}", (1.0,), (1.0,), 1.0),
    ("1.234.567", f"must be 1234567, not '1.234.567': {PLAIN}", PLAIN, PLAIN, "must be", "must be",
     1_234_567.0),
    ("1,234,567", f"must be 1234567, not '1,234,567': {PLAIN}", 1_234_567, PLAIN,
     "1; 234; 567 or 1234567", (1.0, 234.0, 567.0), 1_234_567.0),
    ("1 000", f"must be 1000, not '1 000': {PLAIN}", 1000, PLAIN, (1.0, 0.0), (1.0, 0.0),
     1000.0),
    ("1'000", f"""must be 1000, not "1'000": {PLAIN}""", 1000, PLAIN, "must be", "must be",
     1000.0),
    ("1.234,5", f"must be 1234.5, not '1.234,5': {PLAIN}", "must be", "must be",
     "1.234; 5 or 1234.5", (1.234, 5.0), 1234.5),
    ("1_0", "must be", "must be", "must be", "must be", "must be", "a text"),
    ("nan", "must be", "must be", "must be", "must be", "must be", "missing"),
    ("0x10", "must be", "must be", "must be", "must be", "must be", "a text"),
    ("٣", "must be", "must be", "must be", "must be", "must be", "a text"),
    ("ten", "must be", "must be", "must be", "must be", "must be", "a text"),
    ("0.1,0.5", "must be", "must be", "must be", (0.1, 0.5), (0.1, 0.5), "a text"),
    ("0,1 0,5", "must be", "must be", "must be", (0.1, 0.5), (0.1, 0.5), "a text"),
]  # fmt: skip

SIGNED = [("−2", -2.0), ("-2", -2.0), ("−0,5", -0.5), ("+3", 3.0)]

PLACES = {
    "number field": 1, "--rate": 1, "pasted cell": 1, "whole field": 2, "--epochs": 3,
    "list field": 4, "bpviz race --rate": 5, "cell of a file": 6,
}  # fmt: skip
"""Place -> column of ROWS."""


@pytest.mark.parametrize("read_in", PLACES, indirect=True)
def test_a_text_is_read_or_refused_as_the_table_says(
    read_in: Read, request: pytest.FixtureRequest
) -> None:
    place = request.node.callspec.params["read_in"]
    for row in ROWS:
        text, expected = row[0], row[PLACES[place]]
        found = read_in(text)
        if expected == "missing":
            assert found != found, (place, text)
        elif isinstance(expected, str):
            assert expected in found, (place, text)
            if place.endswith("--rate") or place == "--epochs":
                assert found.startswith(f"bpviz: {place.split()[-1]} must be "), text
        else:
            assert found == expected, (place, text)


@pytest.mark.parametrize(
    "read_in", ["number field", "pasted cell", "cell of a file"], indirect=True
)
def test_a_sign_is_a_hyphen_or_a_minus(read_in: Read) -> None:
    assert [read_in(text) for text, _ in SIGNED] == [number for _, number in SIGNED]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("--epochs", "1,5"),
         "--epochs must be a whole number from 0 to 1,000,000,000,000, not '1,5'."),
        (("--rate", "1_0"), "--rate must be a number from 0 to 1,000,000, not '1_0'."),
        (("--rate", "1,234"), f"--rate must be 1.234 or 1234, not '1,234': {COMMA}."),
        (("--epochs", "1,000"), f"--epochs must be 1 or 1000, not '1,000': {COMMA}."),
        (("--rate", "-0.5"), "--rate must be a number from 0 to 1,000,000, not '-0.5'."),
        (("--option", "features=y"), "--option features must be one or more of x1,x2,x1^2,x2^2,"
         "x1*x2,sin(x1),sin(x2), not 'y'."),
        (("--hidden", "2,2000"), "--hidden (units of hidden 2) must be a whole number from 1 to "
         "1,024, not 2000."),
        (("--hidden", "1_0"), "--hidden must be sizes of hidden groups with commas between them, "
         "or 0 for none, not '1_0': such as 3 or 4,2 or 4:tanh,2:relu."),
        (("--activation", "thanh"), "did you mean tanh?"),
    ],
)  # fmt: skip
def test_training_refuses_in_a_sentence_about_the_option(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], sentence: str
) -> None:
    assert main(["train", "xor", *argv]) == 2
    assert sentence in capsys.readouterr().err


def test_training_reads_a_decimal_comma(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for rate in ("0,5", "0.5"):
        assert main(["train", "xor", "--rate", rate, "--epochs", "3", "--json"]) == 0
        said.append(capsys.readouterr().out.partition('"epochs_per_second"')[0])
    assert said[0] == said[1] != ""


# -- ways that must agree ------------------------------------------------------------------

cells = st.text("0123456789.,+-−eE_ naif?", max_size=8)


@given(cells=st.lists(cells, max_size=4), decimal_comma=st.booleans())
def test_a_column_of_a_file_holds_what_the_grammar_reads(
    cells: list[str], decimal_comma: bool
) -> None:
    numbers = numbers_of(cells, decimal_comma)
    singly = [numbers_of([cell], decimal_comma) for cell in cells]
    if numbers is None:
        assert None in [None if one is None else 0 for one in singly]
        return
    for cell, number in zip(cells, numbers, strict=True):
        found = parse_many([cell], decimal_comma)
        if found is not None:
            assert number == found[0]
        else:  # a missing value, or one that is refused for its size
            assert not abs(number) < 1e308


@given(number=st.floats(-1e100, 1e100))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_number_that_is_written_is_read_everywhere(tmp_path: Path, number: float) -> None:
    text = write_number(number)
    assert parse_number(text) == number
    assert paste(text) == number
    assert cell_of_a_file(tmp_path / "table.csv", text) == number
    comma = text.replace(".", ",")
    assert cell_of_a_file(tmp_path / "table.csv", comma) == number
