"""What stands behind other docks is made after the first frame, or when it is needed."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from bpviz.ui.panels.table import PANELS
from bpviz.ui.toolkit.lazy_parts import LazyPart
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.main_window import MainWindow
from tests.ui.conftest import XOR

PARTS = (*(row.part for row in VIEWS.values()), *PANELS)


def opened(qtbot: QtBot, settings: Settings) -> MainWindow:
    """A window at its first frame, that makes nothing more of its own accord."""
    window = MainWindow(XOR, settings)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1280, 800)  # whatever the screen of the tests is
    qtbot.addWidget(window, before_close_func=lambda window: window.session.close())
    window.first_frame_shown.connect(window.parts.late.stop)
    with qtbot.waitSignal(window.first_frame_shown):
        window.show()
    return window


@pytest.mark.parametrize("part", PARTS, ids=[part.key for part in PARTS])
def test_a_row_says_what_the_part_itself_says(window: MainWindow, part: LazyPart) -> None:
    dock = window.findChild(QDockWidget, f"dock_{part.key}")
    if part.key == "lesson":
        assert window.parts.lesson.accessibleName() == part.title == dock.windowTitle()
        return
    live = next(view for view in window._live if view.key == part.key)
    assert live.title == part.title
    assert type(live).__module__.startswith(part.module)
    assert dock is None or dock.windowTitle() == part.title


def test_what_a_part_needs_first_is_imported_turn_by_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("colorsys", "quopri")
    monkeypatch.setitem(sys.modules, names[0], sys)  # imported by another part, too
    monkeypatch.delitem(sys.modules, names[1], raising=False)
    part = LazyPart("key", "Title", "stringprep", names)
    monkeypatch.delitem(sys.modules, part.module, raising=False)
    part.load()
    assert "quopri" in sys.modules
    assert not part.is_imported
    part.load()
    assert part.is_imported


def test_only_what_is_seen_is_made_before_the_first_frame(
    qtbot: QtBot, qapp: QApplication, settings: Settings
) -> None:
    window = opened(qtbot, settings)
    assert set(window.views) == {"network", "loss", "activations", "output"}
    assert window.edit_tools.panels == {}
    window.parts.late.begin()
    with qtbot.waitSignal(window.completed):
        pass
    assert set(window.views) == set(VIEWS)
    assert [w for w in qapp.topLevelWidgets() if w.isVisible()] == [window]


def test_a_dock_brought_to_the_front_is_made_and_shows_the_chosen_pattern(
    qtbot: QtBot, settings: Settings
) -> None:
    window = opened(qtbot, settings)
    window.views["loss"].pattern_selected.emit(2)
    window.findChild(QDockWidget, "dock_patterns").raise_()
    qtbot.waitUntil(lambda: "patterns" in window.edit_tools.panels)
    panel = window.edit_tools.panels["patterns"]
    qtbot.waitUntil(panel.isVisible)
    assert "parameters" not in window.edit_tools.panels
    window.findChild(QDockWidget, "dock_responses").raise_()
    qtbot.waitUntil(lambda: "responses" in window.views and window.views["responses"].isVisible())


def test_what_was_in_front_is_in_the_first_frame_again(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    window.findChild(QDockWidget, "dock_weights").raise_()
    qtbot.waitUntil(window.views["weights"].isVisible)
    window.close()
    again = opened(qtbot, settings)
    assert again.views["weights"].isVisible()
    assert "trajectory" not in again.views
