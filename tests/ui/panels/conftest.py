"""An experiment panel on a screen, and a hand that types and clicks in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Experiment, open_problem
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry
from bpviz.ui.toolkit.widgets.line_entry import LineEntry

ENTER = Qt.Key.Key_Return


@dataclass
class Hand:
    """Drives the real widgets of a panel by their names, and notes what the panel hands over."""

    panel: ExperimentPanel
    qtbot: QtBot
    applied: list[Experiment] = field(default_factory=list)
    configured: list[Experiment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.panel.applied.connect(self.applied.append)
        self.panel.configured.connect(self.configured.append)

    def find(self, name: str) -> Any:
        """The one widget of this name."""
        found = self.panel.findChildren(QWidget, name)
        assert len(found) == 1, f"{len(found)} widgets are called {name}"
        return found[0]

    def visible(self, name: str) -> bool:
        return self.find(name).isVisibleTo(self.panel)

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str, end: Qt.Key | None = ENTER) -> LineEntry:
        """Replace the text of a field by typing; ``end`` finishes it."""
        line: LineEntry = self.find(name)
        line.setFocus()
        line.selectAll()
        self.qtbot.keyClick(line, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(line, text)
        if end is not None:
            self.qtbot.keyClick(line, end)
        return line

    def choose(self, name: str, value: Any) -> ChoiceEntry:
        """Go to a value with the arrow keys; what lies between is chosen on the way."""
        combo: ChoiceEntry = self.find(name)
        place = next(i for i in range(combo.count()) if combo.itemData(i) == value)
        combo.setFocus()
        while combo.currentIndex() != place:
            down = combo.currentIndex() < place
            self.qtbot.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
        return combo

    def pick(self, name: str, value: Any) -> ChoiceEntry:
        """Choose a value directly, as a click in the open list does."""
        combo: ChoiceEntry = self.find(name)
        combo.setCurrentIndex(combo.findData(value))
        return combo

    def tick(self, name: str) -> CheckEntry:
        box: CheckEntry = self.find(name)
        box.setFocus()
        self.qtbot.keyClick(box, Qt.Key.Key_Space)
        return box

    def sentence(self, name: str) -> str:
        """What is written below a field; empty if nothing is."""
        note = self.find(f"{name}_message")
        return note.text() if note.isVisibleTo(self.panel) else ""

    def bar(self) -> str:
        """What the bar says; empty while it is not there."""
        return self.find("pending_text").text() if self.visible("pending_bar") else ""

    def answer(self) -> None:
        """Do as the window does when the run that was asked for is there."""
        experiment = self.applied[-1]
        patterns = open_problem(experiment.problem, options=experiment.options)[1]
        self.panel.set_experiment(experiment, patterns)
        self.panel.set_epoch(0)


HandFor = Callable[..., Hand]


@pytest.fixture
def hand_for(qtbot: QtBot, qapp: QApplication) -> HandFor:
    """hand_for(problem, epoch=0, **changes): a panel that shows a problem's experiment."""
    qapp.setStyle("Fusion")
    qapp.setPalette(LIGHT.palette())

    def make(problem: str = "xor", epoch: int = 0, **changes: Any) -> Hand:
        panel = ExperimentPanel()
        qtbot.addWidget(panel)
        panel.set_experiment(*open_problem(problem, **changes))
        panel.set_epoch(epoch)
        panel.resize(272, 640)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        return Hand(panel, qtbot)

    return make


@pytest.fixture
def csv_file(tmp_path: Path) -> str:
    """The path of a small table with one column of texts and a last column of numbers."""
    path = tmp_path / "weather of today.csv"
    rows = [f"{i % 17},{'ab'[i % 2]},{(i * 3) % 11 + i / 100}" for i in range(60)]
    path.write_text("\n".join(["temperature,site,rain", *rows]), encoding="utf-8")
    return str(path)
