"""The history page as a person uses it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from bpviz.lessons.history import history
from bpviz.ui.panels.lessons.history import HistoryDialog, HistoryTimeline
from bpviz.ui.toolkit.drawing.theme import THEMES
from bpviz.ui.window.main_window import MainWindow

ENTRIES = history()


@pytest.fixture
def dialog(qtbot: QtBot) -> HistoryDialog:
    dialog = HistoryDialog(ENTRIES, ["perceptron"], THEMES["light"])
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_a_click_opens_the_card_of_a_work(qtbot: QtBot, dialog: HistoryDialog) -> None:
    timeline = dialog.findChild(HistoryTimeline)
    for entry, box in zip(ENTRIES, timeline.boxes(), strict=True):
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
        for name, text in (("people", entry.people), ("source", entry.source)):
            assert dialog.findChild(QLabel, f"history_{name}").text() == text


@pytest.mark.parametrize("width", [480, 840, 1600])
def test_names_keep_clear_of_each_other(dialog: HistoryDialog, width: int) -> None:
    timeline = dialog.findChild(HistoryTimeline)
    timeline.resize(width, 300)
    boxes = timeline.boxes()
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])
    assert all(box.left() >= 0 and box.right() <= width for box in boxes)


def test_an_entry_opens_its_lesson_if_there_is_one(qtbot: QtBot, dialog: HistoryDialog) -> None:
    timeline, button = (
        dialog.findChild(HistoryTimeline),
        dialog.findChild(QPushButton, "history_open"),
    )
    assert not button.isEnabled()  # "xor-by-hand" is not among the lessons here
    while ENTRIES[timeline._at].lesson != "perceptron":
        qtbot.keyClick(timeline, Qt.Key.Key_Right)
    with qtbot.waitSignal(dialog.lesson_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["perceptron"]


def test_the_menu_opens_it_and_a_lesson_comes_to_the_front(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.actions_by_name["history"].trigger()
    dialog = window.findChild(HistoryDialog)
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.findChild(QPushButton, "history_open"), Qt.MouseButton.LeftButton)
    assert window.parts.lesson.isVisible()
    assert window.parts.lesson.lesson.key == ENTRIES[0].lesson
