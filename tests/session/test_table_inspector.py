"""The thread that reads tables for their preview."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import bpviz.problems.tables.formats as formats
import bpviz.problems.tables.inspecting as inspecting
from bpviz.problems.tables.model import RawTable, Reading
from bpviz.session.commands import Open
from bpviz.session.loading import prepared_after, prepared_problem
from bpviz.session.table_inspector import InspectedTable, TableInspector

TABLE = "\n".join(["a,b,c", *(f"{n + 0.5},{n % 7 + 0.5},{n % 2}" for n in range(40))])


@pytest.fixture
def inspector() -> Iterator[TableInspector]:
    thread = TableInspector()
    yield thread
    thread.close()
    assert thread.isFinished()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Reading]:
    """How the file was read, each time."""
    readings: list[Reading] = []
    plain = formats.read_table

    def counted(path: str, reading: Reading) -> RawTable:
        readings.append(reading)
        return plain(path, reading)

    monkeypatch.setattr(formats, "read_table", counted)
    return readings


def inspected(
    qtbot: QtBot, inspector: TableInspector, path: Path, **choices: object
) -> InspectedTable:
    with qtbot.waitSignal(inspector.inspected) as waiter:
        order = inspector.inspect(str(path), Reading(**choices))  # type: ignore[arg-type]
    found: InspectedTable = waiter.args[0]
    assert found.order == order
    return found


def test_the_file_is_read_again_only_if_it_or_how_it_is_cut_has_changed(
    qtbot: QtBot, inspector: TableInspector, reads: list[Reading], tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    found = inspected(qtbot, inspector, path)
    assert found.inspection is not None
    assert found.inspection.columns[2].kind == "categories"
    again = inspected(qtbot, inspector, path, targets_are="numbers")
    assert again.inspection is not None
    assert again.inspection.columns[2].kind == "number"
    assert len(reads) == 1
    inspected(qtbot, inspector, path, header="no")
    assert len(reads) == 2
    path.write_text(TABLE + "\n1,2,0")
    found = inspected(qtbot, inspector, path, header="no")
    assert found.inspection is not None
    assert found.inspection.rows == 42
    assert len(reads) == 3


def test_only_the_newest_order_is_answered(
    qtbot: QtBot, inspector: TableInspector, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    answers: list[int] = []
    inspector.inspected.connect(lambda found: answers.append(found.order))
    orders = [inspector.inspect(str(path), Reading(data_seed=n)) for n in range(20)]
    qtbot.waitUntil(lambda: orders[-1] in answers)
    assert answers == sorted(set(answers))
    assert answers[-1] == orders[-1]


def test_a_file_that_has_vanished_is_refused(
    qtbot: QtBot, inspector: TableInspector, tmp_path: Path
) -> None:
    found = inspected(qtbot, inspector, tmp_path / "gone.csv")
    assert found.inspection is None
    assert "gone.csv" in found.refusal
    assert not found.is_clean


def test_a_reader_that_fails_unforeseen_is_said_to_have(
    qtbot: QtBot, inspector: TableInspector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)

    def fails(*_: object) -> RawTable:
        raise OSError("The disk is gone.")

    monkeypatch.setattr(formats, "read_table", fails)
    assert inspected(qtbot, inspector, path).refusal == "The disk is gone."


def test_an_inspected_table_is_not_read_again_to_be_trained_with(
    qtbot: QtBot, inspector: TableInspector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    found = inspected(qtbot, inspector, path, leave_out="a")

    def fails(*_: object) -> RawTable:
        raise AssertionError("The table is read again.")

    monkeypatch.setattr(formats, "read_table", fails)
    monkeypatch.setattr(inspecting, "described", fails)
    options = found.reading.options()
    setup = prepared_problem(Open(str(path), 3, options, found.inspection), 7)
    assert setup.patterns.input_names == ("b",)
    assert (setup.experiment.seed, setup.run_id, setup.experiment.options) == (3, 7, options)
    later = prepared_after(setup, setup.experiment, 8, found.inspection)
    assert later.patterns is not setup.patterns
    assert prepared_after(setup, setup.experiment, 9).patterns is setup.patterns
