"""The presentation: F11, number keys, a slim bar, and Escape back to the same window."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.presentation import KEYS, Presentation, text_scale

OpenMain = Callable[..., MainWindow]


def layout(window: MainWindow) -> dict[str, object]:
    """Where every dock is, how large, and which are in front."""
    docks = {
        key: (dock.geometry().getRect(), window.docks.in_front_beside(key), dock.isHidden())
        for key, dock in window.docks.by_key.items()
    }
    return {**docks, "centre": window.parts.network.size().toTuple(), "window": window.geometry()}


def present(qtbot: QtBot, window: MainWindow) -> Presentation:
    window.actions_by_name["present"].trigger()
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    presentation = next(w for w in shown if isinstance(w, Presentation))
    qtbot.waitUntil(presentation.isActiveWindow)
    qtbot.waitUntil(lambda: window.clock.stage.isVisible())
    assert presentation.isFullScreen()
    return presentation


def leave(qtbot: QtBot, presentation: Presentation) -> None:
    qtbot.keyClick(presentation, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not presentation.isVisible())


def epoch(window: MainWindow) -> int:
    return window.current_frame.snapshot.epoch


@pytest.mark.parametrize(
    ("height", "text", "least"), [(1080, 12, 24), (2160, 12, 48), (768, 12, 17)]
)
def test_text_is_readable_from_the_last_row(height: int, text: int, least: int) -> None:
    assert text_scale(height, text) * text >= least


def test_f11_and_escape(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Presentation))
    leave(qtbot, QApplication.activeWindow())
    assert window.isVisible()


def test_number_keys_choose_one_or_two_views(qtbot: QtBot, window: MainWindow) -> None:
    presentation = present(qtbot, window)
    assert presentation.shown == ["network", "loss"]
    for number, shown in (
        ("4", ["loss", "output"]),
        ("6", ["output", "hidden_space"]),
        ("4", ["hidden_space"]),
        ("6", ["hidden_space"]),  # the last one stays
        ("1", ["hidden_space", "network"]),
    ):
        qtbot.keyClick(presentation, number)
        assert presentation.shown == shown
        on_screen = {key for key, view in window.views.items() if view.window() is not window}
        assert on_screen == set(shown)
    leave(qtbot, presentation)
    window.actions_by_name["present"].trigger()  # the views of the last time
    assert presentation.shown == ["hidden_space", "network"]
    leave(qtbot, presentation)


def test_every_view_is_enlarged_and_shows_frames(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    presentation = present(qtbot, window)
    presentation.setWindowState(Qt.WindowState.WindowNoState)
    presentation.resize(1920, 1080)
    scale = 1080 / 45 / QFontInfo(QApplication.font()).pixelSize()
    for key in KEYS.values():
        frames: list[object] = []
        view = window.parts.view(key)
        presentation.show_views([key])
        monkeypatch.setattr(view, "show_frame", frames.append)
        qtbot.keyClick(presentation, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda frames=frames: bool(frames))
        stage = view.window().graphicsProxyWidget()
        assert stage.sceneTransform().m11() == pytest.approx(scale)
        assert stage.sceneBoundingRect().toRect() == presentation.rect()
        corner = view.mapTo(view.window(), QPoint(view.width(), view.height()))
        assert view.window().rect().adjusted(0, 0, 1, 1).contains(corner), key
    leave(qtbot, presentation)


def test_the_views_that_are_not_presented_cost_nothing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames: list[object] = []
    presentation = present(qtbot, window)
    monkeypatch.setattr(window.views["activations"], "show_frame", frames.append)
    qtbot.keyClick(presentation, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: epoch(window) == 1)
    assert frames == []
    leave(qtbot, presentation)
    qtbot.waitUntil(lambda: bool(frames))


def test_the_bar_and_the_keys_drive_the_run(qtbot: QtBot, window: MainWindow) -> None:
    presentation = present(qtbot, window)
    stage = window.views["loss"].window()
    step, back = (stage.findChild(QToolButton, f"present_{name}") for name in ("step", "back"))
    for button, reached in ((step, 1), (step, 2), (back, 1)):
        button.click()
        qtbot.waitUntil(lambda reached=reached: epoch(window) == reached)
    assert stage.findChild(QLabel, "counter_epoch").text() == "1"
    assert stage.findChild(QLabel, "counter_error").text() not in ("", "–")
    presentation.speed.slider.setValue(presentation.speed.slider.minimum())
    assert window.speed.speed == 1
    qtbot.keyClick(presentation, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.speed.speed == 2)
    presentation.speed.slider.setValue(presentation.speed.slider.maximum())
    qtbot.keyClick(presentation, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: epoch(window) > 20)
    qtbot.keyClick(presentation, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.status.state == "paused")
    leave(qtbot, presentation)


def test_escape_returns_to_exactly_the_same_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1366, 728)
    window.bring("hidden_space")
    window.bring("patterns")
    window.docks.by_key["loss"].setFloating(True)
    qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
    QApplication.processEvents()
    before = layout(window)
    assert before["centre"][0] > 500
    presentation = present(qtbot, window)
    for number in "1234567890":
        qtbot.keyClick(presentation, number)
    leave(qtbot, presentation)
    qtbot.waitUntil(lambda: layout(window) == before)
    assert all(view.window() is not presentation for view in window.views.values())
    assert window.views["hidden_space"].isVisible()
    assert not window.views["activations"].isVisible()


def test_a_view_that_is_asked_for_joins_the_presentation(qtbot: QtBot, window: MainWindow) -> None:
    presentation = present(qtbot, window)
    window.bring("trajectory")
    assert presentation.shown == ["loss", "trajectory"]
    leave(qtbot, presentation)


def test_messages_are_shown_in_the_presentation(qtbot: QtBot, window: MainWindow) -> None:
    presentation = present(qtbot, window)
    window.message.say("All patterns are right.", "done")
    assert window.message.isVisible()
    assert window.message.window() is window.views["loss"].window()
    leave(qtbot, presentation)
    assert window.message.window() is window
    qtbot.waitUntil(window.message.isVisible)
    bar, canvas = window.message, window.parts.network.canvas  # it lies over the canvas again
    ends = (w.mapTo(window, w.rect().bottomLeft()) for w in (bar, canvas))
    assert next(ends) == next(ends)


def test_the_window_can_be_closed_while_presenting(qtbot: QtBot, window: MainWindow) -> None:
    presentation = present(qtbot, window)
    window.close()
    assert not presentation.isVisible()
    assert window.session.worker.isFinished()


def test_every_view_has_a_key_as_long_as_there_are_keys() -> None:
    assert list(KEYS.values()) == list(VIEWS)[:10]
