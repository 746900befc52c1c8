"""Words in the window: what has room is not cut short, at the size of the commonest laptop."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import WeightRef
from bpviz.experiment.experiment import experiment_for
from bpviz.session.commands import StepBy, StepEpochs
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.compare.cards import Card
from bpviz.ui.window.main_window import MainWindow

OpenMain = Callable[..., MainWindow]
ICON = Qt.ToolButtonStyle.ToolButtonIconOnly


def cut_lines(root: QWidget) -> Iterator[str]:
    for line in root.findChildren(TextLine):
        if line.isVisible() and line.shown_text not in (line.text, *line.shorter_texts):
            yield line.shown_text


def cut_choices(root: QWidget) -> Iterator[str]:
    for box in root.findChildren(QComboBox):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = box.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, field, box
        ).width()  # fmt: skip
        shown = getattr(box, "shown_text", box.currentText())
        cut = box.fontMetrics().horizontalAdvance(shown) > room or "…" in shown
        if box.isVisible() and cut:
            yield f"{box.objectName()}: {shown}"


def cut_buttons(root: QWidget) -> Iterator[str]:
    for button in root.findChildren(QAbstractButton):
        icon = isinstance(button, QToolButton) and button.toolButtonStyle() == ICON
        if isinstance(button, QPushButton | QToolButton) and button.isVisible() and not icon:
            words = button.text().replace("&", "")
            if button.fontMetrics().horizontalAdvance(words) > button.width():
                yield f"{button.objectName()}: {words}"


def cut_labels(root: QWidget) -> Iterator[str]:
    for label in root.findChildren(QLabel):
        one_line = label.isVisible() and not label.wordWrap() and label.pixmap().isNull()
        if one_line and label.sizeHint().width() > label.width():
            yield f"{label.objectName()}: {label.text()}"


def cut_axes(root: QWidget) -> Iterator[str]:
    for view in root.findChildren(pg.GraphicsView):
        for axis in view.scene().items() if view.isVisible() else ():
            if isinstance(axis, pg.AxisItem) and axis.label.isVisible():
                along = axis.height() if axis.orientation in ("left", "right") else axis.width()
                if axis.label.boundingRect().width() > along:
                    yield f"{view.objectName()}: {axis.labelText}"


def all_cut(root: QWidget) -> list[str]:
    return [
        words
        for find in (cut_lines, cut_choices, cut_buttons, cut_labels, cut_axes)
        for words in find(root)
    ]


def nothing_is_cut(root: QWidget) -> None:
    assert all_cut(root) == []


@pytest.mark.parametrize("problem", ["xor", "iris", "digits", "noisy-sine"])
def test_no_word_that_has_room_is_cut(qtbot: QtBot, open_main: OpenMain, problem: str) -> None:
    window = open_main(experiment_for(problem))
    window.resize(1366, 728)
    qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
    qtbot.waitUntil(lambda: nothing_is_cut(window))
    for key, dock in window.docks.by_key.items():
        window.bring(key)
        qtbot.waitUntil(lambda key=key: window.docks.in_front_beside(key) == key)
        qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
        qtbot.waitUntil(lambda dock=dock: nothing_is_cut(dock))  # once its layout has settled


def test_no_word_is_cut_within_an_update(qtbot: QtBot, open_main: OpenMain) -> None:
    """The words of the instant are long there: narrow places have fewer ones."""
    xor = experiment_for("xor")
    window = open_main(replace(xor, training=replace(xor.training, batch=1)))
    window.resize(1366, 728)
    window.parts.microscope.look_at(WeightRef(0, 0, 0))
    window.bring("microscope")
    words = window.findChild(QLabel, "microscope_title")
    seen = set[str]()
    while window.current_frame.snapshot.update == 0:
        moves = window.current_frame.timeline.moves
        window.session.send(StepBy("phase"))
        qtbot.waitUntil(lambda n=moves: window.current_frame.timeline.moves > n)
        qtbot.waitUntil(lambda: nothing_is_cut(window))
        seen.add(words.text().partition(" · ")[2])
    assert any("backward, hidden 1" in text for text in seen)
    assert any("the update just made" in text for text in seen)
    assert window.findChild(QWidget, "view_activations").isVisible()


def test_the_name_of_a_compared_run_is_not_cut(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1366, 728)
    window.bring("compare")
    qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
    window.session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 3)
    window.parts.comparing.keep()
    qtbot.waitUntil(lambda: window.findChild(Card, "compare_card_1") is not None)
    cards = [window.findChild(Card, f"compare_card_{n}") for n in range(2)]
    assert [card.shown_name for card in cards] == ["3 hidden units, batch all", "in the window"]
