"""Single fields: what is typed stays, is judged, and is never changed by accident."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bpviz.core.values import check_number, check_whole
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry, Item
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry


@pytest.fixture
def line(qtbot: QtBot) -> LineEntry:
    """A line for a whole number from 1 to 5,000 that shows 1,000."""
    entry = NumberEntry("whole", lambda value: check_whole("size", value, 1, 5000))
    qtbot.addWidget(entry)
    entry.show_value(1000)
    entry.show()
    entry.setFocus()
    return entry


def type_(qtbot: QtBot, entry: LineEntry, text: str) -> None:
    entry.selectAll()
    qtbot.keyClicks(entry, text)


def test_an_allowed_entry_is_committed_once(qtbot: QtBot, line: LineEntry) -> None:
    heard: list[object] = []
    line.committed.connect(heard.append)
    type_(qtbot, line, "1 200")
    assert heard == []
    qtbot.keyClick(line, Qt.Key.Key_Return)
    line.clearFocus()
    assert heard == [1200]
    assert line.text() == "1,200"


def test_the_same_value_in_other_words_is_no_change(qtbot: QtBot, line: LineEntry) -> None:
    with qtbot.assertNotEmitted(line.committed):
        type_(qtbot, line, "1e3")
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "1,000"


def test_a_wrong_entry_stays_and_is_explained(qtbot: QtBot, line: LineEntry) -> None:
    with qtbot.assertNotEmitted(line.committed):
        type_(qtbot, line, "9999")
        assert line.sentence == ""  # not before the typing is finished
        line.clearFocus()
    assert line.text() == "9999"
    assert line.value == 1000
    assert line.sentence == "Size must be a whole number from 1 to 5,000, not '9999'."
    assert line.accessibleDescription() == line.sentence


def test_the_mark_goes_as_soon_as_the_text_is_mended(qtbot: QtBot, line: LineEntry) -> None:
    type_(qtbot, line, "0")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.invalid
    with qtbot.waitSignal(line.sentence_changed):
        type_(qtbot, line, "5")
    assert not line.invalid


def test_escape_brings_the_last_allowed_text_back(qtbot: QtBot, line: LineEntry) -> None:
    type_(qtbot, line, "abc")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.invalid
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert (line.text(), line.invalid) == ("1,000", False)


def test_escape_goes_behind_a_refusal(qtbot: QtBot, line: LineEntry) -> None:
    heard: list[object] = []
    line.committed.connect(heard.append)
    for text in ("7", "8"):
        type_(qtbot, line, text)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        line.refuse("Not that many.")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert heard == [7, 8, 1000]
    assert line.sentence == ""


def test_what_is_being_typed_is_not_replaced(qtbot: QtBot, line: LineEntry) -> None:
    type_(qtbot, line, "12")
    line.show_value(2000)
    assert (line.text(), line.value) == ("12", 2000)
    line.show_value(3000, force=True)
    assert line.text() == "3,000"


def test_a_wrong_text_stays_until_its_value_changes(qtbot: QtBot, line: LineEntry) -> None:
    type_(qtbot, line, "abc")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    line.show_value(1000)
    assert (line.text(), line.invalid) == ("abc", True)
    line.show_value(2000)
    assert (line.text(), line.invalid) == ("2,000", False)


def test_thousands_with_separators_are_explained(qtbot: QtBot) -> None:
    entry = NumberEntry("number", lambda value: check_number("rate", value, 0.0, 1.0))
    qtbot.addWidget(entry)
    entry.show_value(0.5)
    for text, words in (
        ("1.000,5", "1000.5, not '1.000,5': thousands are written without separators."),
        ("1,000", "1.000 or 1000, not '1,000': a comma before three digits can mean either."),
    ):
        type_(qtbot, entry, text)
        entry.commit()
        assert entry.sentence == f"Rate must be {words}"


def test_an_endless_text_makes_no_endless_sentence(qtbot: QtBot, line: LineEntry) -> None:
    line.setText("1" * 4000)
    line.commit()
    assert line.invalid
    assert len(line.sentence) < 120


def wheel(widget: LineEntry | ChoiceEntry | CheckEntry) -> bool:
    """Turn the wheel over a widget; whether it took the turn for itself."""
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_turns_a_choice_only_with_the_focus(qtbot: QtBot) -> None:
    choice = ChoiceEntry([Item(i, str(i)) for i in range(5)])
    qtbot.addWidget(choice)
    choice.show()
    qtbot.waitExposed(choice)
    choice.clearFocus()
    assert not wheel(choice)
    assert choice.value == 0
    choice.activateWindow()
    choice.setFocus()
    qtbot.waitUntil(choice.hasFocus)
    assert wheel(choice)
    assert choice.value == 1
    assert choice.focusPolicy() & Qt.FocusPolicy.WheelFocus != Qt.FocusPolicy.WheelFocus


def test_a_choice_that_is_shown_is_not_committed(qtbot: QtBot) -> None:
    choice, check = ChoiceEntry([Item(i, str(i)) for i in range(5)]), CheckEntry()
    qtbot.addWidget(choice)
    qtbot.addWidget(check)
    with qtbot.assertNotEmitted(choice.committed), qtbot.assertNotEmitted(check.committed):
        choice.show_value(3)
        check.show_value(True)
    assert (choice.value, check.value) == (3, True)
