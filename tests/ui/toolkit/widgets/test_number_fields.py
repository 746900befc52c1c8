"""Every field for a number in a form: one way to type, to show and to refuse it.

Cells of tables, the field in the diagram and the held unit's have tests of their own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QWidget
from pytestqt.qtbot import QtBot

from bpviz.app import make_application
from bpviz.experiment.experiment import Link, experiment_for, open_problem
from bpviz.ui.export.dialog import ExportDialog
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.race.window import RaceWindow
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry, NumberListEntry
from bpviz.ui.views.compare import CompareView
from tests.conftest import FrameFor

COMMAS = ("0,25", "1,5", "2,5")
"""One of them at least is allowed in every field for a number that need not be whole."""

NONSENSE = ("zwei", "1.000,5", "1 2", "0x10", "1_0", "nan")


@pytest.fixture(
    params=["panel of xor", "panel of spiral", "panel of sine", "panel of a file", "race",
            "comparison", "export"]
)  # fmt: skip
def place(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: object, frame_for: FrameFor, tmp_path: Path
) -> Iterator[QWidget]:
    """A part of the window that has fields for numbers."""
    make_application([])
    name = request.param
    if name == "race":
        race = RaceWindow(LIGHT)
        race.set_experiment(experiment_for("xor"))
        qtbot.addWidget(race)
        yield race
        race.shut_down()
        return
    widget: QWidget
    if name == "comparison":
        widget = CompareView()
    elif name == "export":
        settings = Settings(tmp_path / "settings.txt")
        widget = ExportDialog([], frame_for("xor"), QWidget(), settings)
    else:
        widget = _panel(name.split()[-1], tmp_path)
    qtbot.addWidget(widget)
    yield widget


def _panel(problem: str, folder: Path) -> ExperimentPanel:
    changes = {}
    if problem == "file":
        (folder / "data.csv").write_text("a,b\n" + "\n".join(f"{i},{i * i}" for i in range(30)))
        problem = str(folder / "data.csv")
    if problem == "spiral":
        changes["links"] = (Link("input", "output", density=0.5),)
    panel = ExperimentPanel()
    panel.set_experiment(*open_problem(problem, **changes))
    return panel


def enter(qtbot: QtBot, entry: LineEntry, text: str) -> None:
    entry.setText("")
    qtbot.keyClicks(entry, text)
    entry.commit()


def test_every_field_takes_commas_shows_points_and_refuses_nonsense(
    qtbot: QtBot, place: QWidget
) -> None:
    entries = [
        entry
        for kind in (NumberEntry, NumberListEntry)
        for entry in place.findChildren(kind)
        if not entry.isHidden()  # the density of a connection that is not there
    ]
    assert entries
    assert not place.findChildren(QAbstractSpinBox)  # they write as the system's language does
    for entry in entries:
        start, name = entry.value, entry.objectName()
        for text in NONSENSE:
            if text == "1 2" and isinstance(entry, NumberListEntry):
                continue
            enter(qtbot, entry, text)
            assert " must be " in entry.sentence, name
            assert f", not '{text}'" in entry.sentence, name
            assert (entry.text(), entry.value) == (text, start)
        qtbot.keyClick(entry, Qt.Key.Key_Escape)
        assert entry.sentence == ""
        taken = []
        for text in COMMAS:
            enter(qtbot, entry, text)
            if not entry.sentence:
                taken.append(text)
                value = entry.value if isinstance(entry, NumberEntry) else entry.value[0]
                assert (entry.text(), value) == (text.replace(",", "."), float(entry.text()))
        if isinstance(entry, NumberListEntry):
            assert taken == ["0,25"]  # by themselves the others might be lists
        elif entry.kind == "number":
            assert taken, name
        else:
            assert not taken
            enter(qtbot, entry, "1.000")
            assert (
                "must be 1 or 1000, not '1.000': a point before three digits can mean either."
                in entry.sentence
            )
