"""The window reduced to some panels and fields: by ticks, by lessons and by link texts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton, QToolButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.values import BadValue
from bpviz.lessons.loader import load_lesson
from bpviz.sharing.shown import EVERYTHING, Shown
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.presentation import KEYS

from .test_presentation import leave, present

OpenMain = Callable[..., MainWindow]
LEFT = Qt.MouseButton.LeftButton


def open_dialog(window: MainWindow) -> QDialog:
    window.actions_by_name["show_only"].trigger()
    dialogs = window.findChildren(QDialog, "dialog_show_only")  # a closed one is deleted later
    return next(dialog for dialog in dialogs if dialog.isVisible())


def click_box(qtbot: QtBot, tree: QTreeWidget, *titles: str) -> None:
    """Click the tick boxes of the items with these titles, the last one of each title."""
    for title in titles:
        item = tree.findItems(title, Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)[-1]
        tree.scrollToItem(item)
        place = tree.visualItemRect(item)
        option = tree.style().pixelMetric(tree.style().PixelMetric.PM_IndicatorWidth)
        at = QPoint(place.left() + option // 2 + 3, place.center().y())
        before = item.checkState(0)
        qtbot.mouseClick(tree.viewport(), LEFT, pos=at)
        assert item.checkState(0) != before


def closed(window: MainWindow) -> set[str]:
    return {key for key, dock in window.docks.by_key.items() if dock.isHidden()}


def visible(window: MainWindow, name: str) -> bool:
    return window.panel.findChild(QWidget, name).isVisibleTo(window.panel)


def show_everything(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.findChild(QToolButton, "status_show_everything"), LEFT)


def test_what_is_not_ticked_is_hidden_and_one_click_brings_it_back(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    before = {key: window.docks.in_front_beside(key) for key in window.docks.by_key}
    button = window.findChild(QToolButton, "status_show_everything")
    assert not button.isVisible()
    dialog = open_dialog(window)
    panels, fields = dialog.findChildren(QTreeWidget)
    click_box(qtbot, panels, "Lesson", "Microscope")
    click_box(qtbot, fields, "Seed", "Connections", "Stop")
    qtbot.mouseClick(dialog.findChild(QPushButton, "shown_accept"), LEFT)
    assert closed(window) == {"lesson", "microscope"}
    assert window.shown.hide == ("links", "seed", "stop")
    for name in ("field_seed", "section_links", "section_stop", "field_tolerance"):
        assert not visible(window, name)
    assert visible(window, "field_spread")
    assert "hidden" in window.statusBar().currentMessage()
    assert button.isVisible()
    assert "Microscope" in button.toolTip()
    for key, dock in window.docks.by_key.items():
        assert dock.toggleViewAction().isVisible() == (key not in closed(window))

    window.actions_by_name["reset_layout"].trigger()
    assert closed(window) == {"lesson", "microscope"}
    window.close()
    again = open_main()
    again.resize(1280, 800)
    qtbot.waitUntil(lambda: not again.docks.shares.is_unsettled)
    assert again.shown == window.shown
    assert closed(again) == {"lesson", "microscope"}
    assert not visible(again, "field_seed")

    show_everything(qtbot, again)
    assert closed(again) == set()
    assert visible(again, "field_seed")
    assert not again.findChild(QToolButton, "status_show_everything").isVisible()
    assert {key: again.docks.in_front_beside(key) for key in again.docks.by_key} == before


def test_the_dialog_begins_with_what_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    shown = Shown(("experiment", "loss"), ("hidden", "training", "stop_error"))
    window.show_only(shown)
    dialog = open_dialog(window)
    qtbot.mouseClick(dialog.findChild(QPushButton, "shown_accept"), LEFT)
    assert window.shown == shown
    dialog = open_dialog(window)
    qtbot.mouseClick(dialog.findChild(QPushButton, "shown_tick_all"), LEFT)
    qtbot.mouseClick(dialog.findChild(QPushButton, "shown_accept"), LEFT)
    assert window.shown == EVERYTHING


def test_a_hidden_field_keeps_its_value_and_takes_new_ones(
    qtbot: QtBot, window: MainWindow
) -> None:
    seed = window.panel.findChild(QWidget, "field_seed")
    window.show_only(Shown(None, ("weights",)))
    window.actions_by_name["new_seed"].trigger()
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == 1)
    assert seed.text() == "1"
    window.panel.set_refused("seed", "seed must be a whole number.")
    message = window.panel.findChild(QWidget, "panel_message")
    assert message.isVisibleTo(window.panel)
    assert message.text() == "Seed must be a whole number."


def test_what_is_asked_for_is_shown_again(qtbot: QtBot, window: MainWindow) -> None:
    window.show_only(Shown(("experiment", "loss")))
    window.actions_by_name["keep"].trigger()  # its curve is shown in Compare
    qtbot.waitUntil(lambda: window.shown.has("compare"))
    window.open_lesson()
    assert window.shown == Shown(("experiment", "loss", "compare", "lesson"))
    assert closed(window) == set(window.docks.by_key) - set(window.shown.panels)
    assert "Lesson was hidden and is shown again" in window.statusBar().currentMessage()


def test_the_presentation_offers_what_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.show_only(Shown(("experiment", "output")))
    presentation = present(qtbot, window)
    assert presentation.shown == ["network"]
    numbers = {key: number for number, key in KEYS.items()}
    qtbot.keyClick(presentation, numbers["loss"])
    assert presentation.shown == ["network"]
    qtbot.keyClick(presentation, numbers["output"])
    assert presentation.shown == ["network", "output"]
    window.bring("loss")
    assert presentation.shown == ["output", "loss"]
    leave(qtbot, presentation)
    assert window.shown == Shown(("experiment", "output", "loss"))
    assert not window.docks.by_key["loss"].isHidden()


LESSON = """title = "One"
summary = "About one thing."
[window]
panels = ["loss"]
hide = ["seed"]
[[step]]
title = "First"
text = "Reduced."
[[step]]
title = "Second"
text = "Reduced to something else."
[step.window]
hide = ["stop"]
"""


def test_a_lesson_reduces_the_window_and_the_next_one_undoes_it(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "one.toml"
    path.write_text(LESSON)
    first, second = load_lesson(path).steps
    path.write_text(LESSON.replace('[window]\npanels = ["loss"]\nhide = ["seed"]\n', ""))
    plain = load_lesson(path).steps[0]
    own = Shown(None, ("links",))
    window.show_only(own)
    window.lesson_setup.set_up(first)
    assert window.shown == Shown(("loss", "lesson"), ("seed",))
    window.lesson_setup.set_up(second)
    assert window.shown == Shown(None, ("stop",))
    window.lesson_setup.set_up(plain)
    assert window.shown == own
    window.lesson_setup.set_up(first)
    window.show_only(EVERYTHING)  # the user's wish stands
    window.lesson_setup.set_up(plain)
    assert window.shown == EVERYTHING


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [('"loss"', '"lost"', "panels must be"), ('"seed"', '"seeds"', "hide must be")],
)
def test_unknown_names_of_a_lesson_are_said(
    window: MainWindow, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    path = tmp_path / "one.toml"
    path.write_text(LESSON.replace(old, new))
    window.lesson_setup.set_up(load_lesson(path).steps[0])
    assert window.message.text.startswith(f"The lesson's {sentence}")
    assert window.shown == EVERYTHING


@pytest.mark.parametrize("steps", [0, 1])
def test_a_link_text_passes_it_on(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain, steps: int
) -> None:
    shown = Shown(("experiment", "loss"), ("links", "stop"))
    window.show_only(shown)
    clipboard = QGuiApplication.clipboard()
    for n in range(steps):
        window.actions_by_name["step"].trigger()
        qtbot.waitUntil(lambda n=n: window.current_frame.snapshot.epoch == n + 1)
    clipboard.clear()
    window.actions_by_name["copy_state"].trigger()
    qtbot.waitUntil(lambda: clipboard.text().startswith("b"))
    window.close()
    window.settings.set("shown", "{}")
    other = open_main()
    assert other.shown == EVERYTHING
    other.actions_by_name["paste_state"].trigger()
    assert other.shown == shown
    qtbot.waitUntil(lambda: other.current_frame.snapshot.epoch == steps)


@pytest.mark.parametrize("text", ["[", "3", '{"panels": ["lost"]}', '{"hide": 3}', "[" * 9999])
def test_damaged_settings_show_everything(
    settings: Settings, open_main: OpenMain, text: str
) -> None:
    settings.set("shown", text)
    assert open_main().shown == EVERYTHING


def test_unknown_names_are_refused_and_change_nothing(window: MainWindow) -> None:
    for shown, field in ((Shown(("lost",)), "panels"), (Shown(None, ("sed",)), "hide")):
        with pytest.raises(BadValue, match=f"^{field} must be"):
            window.show_only(shown)
    assert window.shown == EVERYTHING
