"""The panel at the widths of its dock: nothing is cut off, nothing needs a horizontal scroll."""

import re

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Hidden
from bpviz.problems.table import PROBLEMS
from bpviz.ui.toolkit.widgets.choice_entries import ChoiceEntry
from bpviz.ui.toolkit.widgets.form_rows import focus_order
from bpviz.ui.toolkit.widgets.notes_and_marks import Note
from bpviz.ui.window.docks import PANEL_WIDTH

from ..conftest import Hand, HandFor

NARROWEST = 264


def assert_fits(hand: Hand, width: int = NARROWEST) -> None:
    panel = hand.panel
    panel.resize(width, 640)
    scroll = panel.findChild(QScrollArea)
    content = scroll.widget()
    assert panel.minimumSizeHint().width() <= width
    hand.qtbot.waitUntil(lambda: content.width() == scroll.viewport().width())
    hand.qtbot.waitUntil(lambda: content.height() >= content.heightForWidth(content.width()))
    for part in content.findChildren(QWidget):
        if part.isVisibleTo(panel) and part.objectName() and part.width():
            right = part.mapTo(content, QPoint(part.width(), 0)).x()
            assert right <= content.width(), part.objectName()
    assert panel.width() == width


def test_no_choice_is_cut_short_in_its_closed_field(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=3)
    assert_fits(hand, PANEL_WIDTH)
    for entry in hand.panel.findChildren(ChoiceEntry):
        if not entry.isVisibleTo(hand.panel):
            continue
        for value in map(entry.itemData, range(entry.count())):
            entry.show_value(value)
            assert "…" not in entry.shown_text, (entry.objectName(), entry.shown_text)


@pytest.mark.parametrize(
    "names",
    [
        ("hidden_1_units", "hidden_1_dropout", "output", "error", "rule"),
        ("initializer", "spread", "seed", "optimizer", "rate", "beta1", "batch", "order"),
    ],
)
def test_fields_below_each_other_begin_at_the_same_place(
    hand_for: HandFor, names: tuple[str, ...]
) -> None:
    hand = hand_for("spiral")
    assert_fits(hand, PANEL_WIDTH)
    places = [hand.find(f"field_{n}").mapTo(hand.panel, QPoint(0, 0)).x() for n in names]
    assert max(places) - min(places) <= 2


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_fits(hand_for: HandFor, problem: str) -> None:
    hand = hand_for(problem)
    hand.click("section_links_heading")
    assert_fits(hand)


def test_a_csv_file_fits(hand_for: HandFor, csv_file: str) -> None:
    hand = hand_for(csv_file)
    hand.panel.set_remarks(("A rather long remark about the columns of the file. " * 4,))
    assert_fits(hand)


def test_eight_groups_with_all_connections_fit(hand_for: HandFor) -> None:
    hand = hand_for("digits", hidden=(Hidden(1024, "softmax"),) * 8)
    hand.click("section_links_heading")
    assert_fits(hand)


def test_sentences_and_the_bar_fit(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=3)
    for name in ("field_seed", "field_rate", "field_hidden_1_units", "field_stop_error"):
        hand.type(name, "a long text that is no number")
    hand.click("hidden_add")
    hand.panel.set_refused("somewhere", "A sentence without a field that goes on for a while.")
    assert_fits(hand)


def test_long_words_break(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    path = "/home/somebody/documents/measurements_of_the_year/" + "x" * 60 + ".csv"
    hand.panel.set_refused("problem", f"problem must be a file that exists, not {path!r}.")
    hand.panel.set_refused("file", f"file must be a file that exists, not {path!r}.")
    hand.panel.set_remarks((path,))
    assert_fits(hand)
    for note in hand.panel.findChildren(Note):
        if note.isVisibleTo(hand.panel) and path in note.sentence:
            words = re.split(r"[\s\u200b]", note.text())
            assert max(note.fontMetrics().horizontalAdvance(word) for word in words) <= note.width()


def test_large_letters_fit(hand_for: HandFor, qtbot: QtBot) -> None:
    hand = hand_for("spiral")
    font = QFont(hand.panel.font())
    font.setPointSizeF(13)
    hand.panel.setFont(font)
    assert_fits(hand, 300)


@pytest.mark.parametrize("last", ["field_decay_l2"])
def test_xor_shows_down_to_training_without_scrolling(hand_for: HandFor, last: str) -> None:
    hand = hand_for("xor")
    assert_fits(hand)
    line = hand.find(last)
    assert line.mapTo(hand.panel, QPoint(0, line.height())).y() <= 640


@pytest.mark.parametrize(
    "name", ["field_problem", "field_output", "field_error", "field_optimizer", "field_rate"]
)
def test_the_wheel_over_a_field_scrolls_the_panel(hand_for: HandFor, name: str) -> None:
    hand = hand_for("spiral")
    before = hand.panel.experiment()
    hand.find("field_seed").setFocus()
    field = hand.find(name)
    bar = hand.panel.findChild(QScrollArea).verticalScrollBar()
    hand.panel.resize(272, 640)
    hand.qtbot.waitUntil(lambda: bar.maximum() > 0)
    hand.qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())
    place = QPointF(field.mapTo(hand.panel, field.rect().center()))
    QTest.wheelEvent(hand.panel.windowHandle(), place, QPoint(0, -120))
    hand.qtbot.waitUntil(lambda: bar.value() > 0)
    assert hand.panel.experiment() == before
    assert hand.applied == hand.configured == []


@pytest.mark.parametrize("section", ["problem", "network", "weights", "training", "stop"])
def test_sections_fold_and_unfold(hand_for: HandFor, section: str) -> None:
    hand = hand_for("xor")
    inside = {"problem": "field_problem", "network": "field_output", "weights": "field_seed",
              "training": "field_rate", "stop": "field_tolerance"}[section]  # fmt: skip
    assert hand.visible(inside)
    hand.click(f"section_{section}_heading")
    assert not hand.visible(inside)
    hand.click(f"section_{section}_heading")
    assert hand.visible(inside)


def test_a_refusal_unfolds_its_section(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.click("section_network_heading")
    hand.panel.set_refused("output activation", "output activation is ...")
    assert hand.visible("field_output")


def test_looking_for_the_order_of_tab_leaves_nothing_behind(qapp: object) -> None:
    """A layout's item, once wrapped, was taken for whatever came to lie at its address later."""
    outer = QWidget()
    column = QVBoxLayout(outer)
    line = QHBoxLayout()
    first, second, third = QLineEdit(), QLineEdit(), QLineEdit()
    column.addWidget(third)
    column.insertLayout(0, line)
    line.addWidget(first)
    line.addWidget(second)
    before = items()
    assert list(focus_order(outer)) == [first, second, third]
    assert items() == before


def items() -> int:
    """Layout items that Python has an object for."""
    return sum("Item" in type(o).__name__ for o in shiboken6.getAllValidWrappers())
