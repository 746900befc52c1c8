"""Help > Guide in the main window, and what its links do there."""

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.drawing.theme import DARK
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import ACTIONS
from bpviz.ui.window.guide import ALLOWED
from bpviz.ui.window.main_window import MainWindow


def test_help_opens_the_guide_where_it_was_left(window: MainWindow, qtbot: QtBot) -> None:
    assert window.guide.window is None
    window.actions_by_name["guide"].trigger()
    guide = window.guide.window
    assert guide is not None
    assert guide.isVisible()
    assert guide.page == "index.md"
    guide.open_page("speed.md")
    guide.close()
    window.actions_by_name["guide"].trigger()
    assert window.guide.window is guide
    assert guide.isVisible()
    assert guide.page == "speed.md"


def test_help_opens_what_is_new(window: MainWindow) -> None:
    window.actions_by_name["whats_new"].trigger()
    assert window.guide.window is not None
    assert window.guide.window.page == "whats-new.md"


def test_the_guide_closes_with_the_window(window: MainWindow) -> None:
    window.actions_by_name["guide"].trigger()
    guide = window.guide.window
    assert guide is not None
    window.close()
    assert not guide.isVisible()


def test_a_link_brings_a_view_forward(window: MainWindow) -> None:
    assert window.docks.in_front_beside("loss") == "loss"
    assert window.guide.follow("bpviz:view/trajectory")
    assert window.docks.in_front_beside("loss") == "trajectory"


def test_a_click_on_a_link_of_the_guide_acts_on_the_window(window: MainWindow) -> None:
    window.actions_by_name["guide"].trigger()
    guide = window.guide.window
    assert guide is not None
    guide.open_page("users-guide.md", "the-views")
    cursor = guide.browser.document().find("Hidden space")
    cursor.setPosition(cursor.selectionStart() + 1)
    place = guide.browser.cursorRect(cursor).center()
    QTest.mouseClick(guide.browser.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.docks.in_front_beside("activations") == "hidden_space"


def test_a_link_opens_a_lesson(window: MainWindow) -> None:
    assert window.guide.follow("bpviz:lesson/xor-by-hand")
    assert window.parts.lesson.lesson is not None
    assert window.parts.lesson.lesson.key == "xor-by-hand"


def test_a_link_loads_a_problem(window: MainWindow, qtbot: QtBot) -> None:
    assert window.guide.follow("bpviz:problem/spiral")
    qtbot.waitUntil(lambda: window.windowTitle().startswith("spiral"))


def test_a_link_triggers_an_action(window: MainWindow) -> None:
    window.guide.open()
    assert window.guide.follow("bpviz:action/theme_dark")
    assert window.theme is DARK
    guide = window.guide.window
    assert guide is not None
    assert guide.browser.viewport().grab().toImage().pixelColor(3, 3) == QColor(DARK.surface)


@pytest.mark.parametrize(
    "target",
    [
        "bpviz:action/quit", "bpviz:action/none", "bpviz:view/none", "bpviz:lesson/../x",
        "bpviz:problem//etc/passwd", "bpviz:problem/my.csv", "bpviz:shell/ls", "bpviz:", "file:///x",
        "javascript:1", "other:view/loss",
    ],
)  # fmt: skip
def test_other_links_do_nothing(
    window: MainWindow, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(url: QUrl) -> bool:
        raise AssertionError(url)

    monkeypatch.setattr(QDesktopServices, "openUrl", opened)
    assert not window.guide.follow(target)
    assert window.isVisible()


def test_web_links_open_outside(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toString()))
    )
    window.guide.follow("https://doi.org/10.24432/C56C76")
    assert opened == ["https://doi.org/10.24432/C56C76"]


def test_every_view_and_every_action_but_quit_can_be_linked() -> None:
    assert set(VIEWS) <= set(ALLOWED["view"]())
    assert len(set(ALLOWED["action"]())) == len(ACTIONS) - 1
