"""The window on every screen: from 1024 x 600 up, with text of every size."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QScrollArea, QTabBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.drawing.theme import scaled
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.opening import FRAME, inside, open_inside
from bpviz.ui.window.tab_bars import tab_bars

SCREENS = ((1024, 600), (1280, 672), (1366, 728), (1920, 1040), (2560, 1400), (3840, 2160))
NO_KEY = Qt.KeyboardModifier.NoModifier
TEXTS = (1.0, 1.25, 1.5, 2.0)

OpenMain = Callable[..., MainWindow]


def set_size(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    assert window.size().toTuple() == size


def fronts(window: MainWindow) -> dict[str, QDockWidget]:
    return {
        key: dock
        for key, dock in window.docks.by_key.items()
        if window.docks.in_front_beside(key) == key and not dock.isFloating()
    }


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    return {key: dock.size().toTuple() for key, dock in fronts(window).items()}


def placed(widget: QWidget, window: MainWindow) -> QRect:
    """Where the widget is in the window."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def is_whole(widget: QWidget, window: MainWindow) -> bool:
    """Whether all of the widget is inside the window, with nothing over it."""
    visible = widget.visibleRegion().boundingRect()
    return window.rect().contains(placed(widget, window)) and visible == widget.rect()


def scroll_areas(window: MainWindow) -> dict[str, QScrollArea]:
    """What scrolls the contents of the docks in front, and of the centre."""
    areas = {key: dock.widget().findChild(QScrollArea) for key, dock in fronts(window).items()}
    return {"network": window.centralWidget(), **areas}


def is_compact(window: MainWindow) -> bool:
    """Whether all docks share one place."""
    first, *others = (d for d in window.docks.by_key.values() if not d.isFloating())
    return {*others} == {*window.tabifiedDockWidgets(first)}


def assert_usable(window: MainWindow, roomy: bool) -> None:
    bar = window.findChild(QToolBar, "toolbar")
    always = [bar.widgetForAction(window.actions_by_name["run"])]
    always += [window.findChild(QWidget, f"counter_{name}") for name in ("epoch", "error")]
    assert [w.objectName() for w in always if not is_whole(w, window)] == []
    usual = {"experiment", "loss", "activations", "output"}
    assert fronts(window).keys() == ({"loss"} if is_compact(window) else usual)
    for key, area in scroll_areas(window).items():
        assert window.rect().contains(placed(area, window)), key
        shown, content = area.viewport().size(), area.widget().size()
        assert shown.expandedTo(QSize(250, 100)) == shown, (key, shown)
        if roomy:
            assert shown == content, (key, shown, content)  # nothing has to scroll
            assert shown.expandedTo(QSize(scaled(265), scaled(140))) == shown, (key, shown)


@pytest.mark.parametrize("text", TEXTS)
def test_every_view_in_front_is_usable_on_every_screen(
    qtbot: QtBot, open_main: OpenMain, set_text: Callable[[float], None], text: float
) -> None:
    set_text(text)
    window = open_main()
    for size in (*SCREENS, SCREENS[0]):
        set_size(qtbot, window, size)
        assert is_compact(window) == (size[0] < 920 * text or size[1] < 500 * text)
        least = (680, 400) if is_compact(window) else (1024, 600)
        assert_usable(window, size[0] >= least[0] * text and size[1] >= least[1] * text)
    assert window.minimumSizeHint().expandedTo(QSize(1000, 580)) == QSize(1000, 580)


def test_the_window_returns_to_the_same_sizes(qtbot: QtBot, window: MainWindow) -> None:
    known: dict[tuple[int, int], dict[str, tuple[int, int]]] = {}
    for size in (*SCREENS, *reversed(SCREENS), *SCREENS[::2], *SCREENS[::-2]):
        set_size(qtbot, window, size)
        assert known.setdefault(size, sizes(window)) == sizes(window)


def test_a_larger_window_gives_every_panel_more(qtbot: QtBot, window: MainWindow) -> None:
    set_size(qtbot, window, (1280, 800))
    small = sizes(window)
    set_size(qtbot, window, (1280, 1061))
    large = sizes(window)
    for key in ("loss", "activations", "output"):
        assert large[key][1] > 1.2 * small[key][1]


def test_panels_have_their_share_again_after_maximizing(qtbot: QtBot, window: MainWindow) -> None:
    set_size(qtbot, window, (1024, 600))
    before = sizes(window)
    for _ in range(2):
        window.showMaximized()
        qtbot.waitUntil(lambda: window.isMaximized())
        window.showNormal()
        qtbot.waitUntil(lambda: window.size().toTuple() == (1024, 600))
        assert sizes(window) == before


@pytest.mark.parametrize("key", ["loss", "activations", "output", "experiment"])
def test_a_panel_that_floated_gets_its_share_back(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    set_size(qtbot, window, (1366, 728))
    before = sizes(window)
    dock, centre = window.docks.by_key[key], window.centralWidget()
    usual = centre.size()
    dock.setFloating(True)
    set_size(qtbot, window, (1366, 728))
    assert centre.size() == usual  # another one has its place
    set_size(qtbot, window, (1920, 1040))
    dock.setFloating(False)
    dock.raise_()
    set_size(qtbot, window, (1366, 728))
    assert sizes(window) == before


def test_a_small_window_has_its_docks_in_tabs_and_returns(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    set_size(qtbot, window, (1366, 728))
    before = sizes(window)
    set_size(qtbot, window, (900, 600))
    assert is_compact(window)
    window.bring("microscope")
    window.docks.by_key["output"].close()
    window.docks.by_key["unit"].setFloating(True)
    set_size(qtbot, window, (1366, 728))
    assert not is_compact(window)
    assert window.docks.by_key["output"].isHidden()
    assert window.docks.by_key["unit"].isFloating()
    assert window.docks.in_front_beside("microscope") == "microscope"
    window.docks.by_key["unit"].setFloating(False)
    qtbot.waitUntil(lambda: window.docks.in_front_beside("unit") == "unit")
    window.docks.by_key["output"].toggleViewAction().trigger()
    set_size(qtbot, window, (1366, 728))
    assert sizes(window) == before
    set_size(qtbot, window, (900, 600))
    window.close()
    again = open_main()  # what was saved is not the tabs of the small window
    set_size(qtbot, again, (1366, 728))
    assert sizes(again) == before
    set_size(qtbot, again, (900, 600))
    again.actions_by_name["reset_layout"].trigger()
    assert is_compact(again)


def test_a_panel_that_was_closed_gets_its_share_back(qtbot: QtBot, window: MainWindow) -> None:
    set_size(qtbot, window, (1366, 728))
    before = sizes(window)
    for key in ("loss", "trajectory"):
        window.docks.by_key[key].close()
    set_size(qtbot, window, (1024, 600))
    for key in ("trajectory", "loss"):
        window.docks.by_key[key].toggleViewAction().trigger()
    set_size(qtbot, window, (1366, 728))
    assert sizes(window) == before


def test_bringing_a_tab_to_the_front_changes_no_size(qtbot: QtBot, window: MainWindow) -> None:
    set_size(qtbot, window, (1366, 728))
    before = sizes(window)
    for key, place in (("microscope", "output"), ("hidden_space", "activations")):
        window.bring(key)
        qtbot.waitUntil(lambda key=key: window.docks.in_front_beside(key) == key)
        set_size(qtbot, window, (1280, 672))
        set_size(qtbot, window, (1366, 728))
        assert sizes(window)[key] == before[place]


def test_the_sizes_that_the_user_drags_are_the_new_shares(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    set_size(qtbot, window, (1366, 728))
    loss, output = (window.docks.by_key[key] for key in ("loss", "output"))
    wide, low = loss.width(), output.height()
    start, end = (QPoint(loss.x() - x, loss.y() + 50) for x in (3, 83))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(window, left, pos=start)
    place = QPointF(end), QPointF(window.mapToGlobal(end))
    move = QMouseEvent(QEvent.Type.MouseMove, *place, Qt.MouseButton.NoButton, left, NO_KEY)
    QApplication.sendEvent(window, move)
    qtbot.waitUntil(lambda: loss.width() == wide + 80)  # Qt moves the separator with a timer
    qtbot.mouseRelease(window, left, pos=end)
    qtbot.waitUntil(lambda: not window.docks.shares.is_unsettled)
    dragged = sizes(window)
    set_size(qtbot, window, (1920, 1040))
    assert loss.width() == pytest.approx((wide + 80) * 1920 / 1366, abs=2)
    set_size(qtbot, window, (1024, 600))
    set_size(qtbot, window, (1366, 728))
    assert sizes(window) == dragged
    assert output.height() == low
    window.close()
    again = open_main()
    set_size(qtbot, again, (1366, 728))
    assert sizes(again) == dragged
    again.actions_by_name["reset_layout"].trigger()
    set_size(qtbot, again, (1366, 728))
    assert again.docks.by_key["loss"].width() == wide


def assert_tabs_are_above_their_docks(window: MainWindow) -> None:
    """Every dock in front of others has one bar of tabs, and no other bar is visible."""
    shared = [d for d in fronts(window).values() if window.tabifiedDockWidgets(d)]
    places = [dock.geometry().topLeft() for dock in shared]
    bars = [bar.geometry().translated(0, 1).bottomLeft() for bar in visible_bars(window)]
    assert sorted(map(QPoint.toTuple, bars)) == sorted(map(QPoint.toTuple, places))


def visible_bars(window: MainWindow) -> list[QTabBar]:
    return [bar for bar in tab_bars(window) if bar.isVisible()]


def test_every_bar_of_tabs_is_above_its_docks(
    qtbot: QtBot, window: MainWindow, open_main: OpenMain
) -> None:
    for size in SCREENS[:3]:
        set_size(qtbot, window, size)
        assert len(visible_bars(window)) == 4
        assert_tabs_are_above_their_docks(window)
    loss, output = (window.docks.by_key[key] for key in ("loss", "output"))
    loss.setFloating(True)
    set_size(qtbot, window, SCREENS[0])
    assert_tabs_are_above_their_docks(window)
    loss.setFloating(False)
    window.tabifyDockWidget(output, loss)  # as after dragging it there
    set_size(qtbot, window, SCREENS[1])
    assert len(visible_bars(window)) == 3
    assert_tabs_are_above_their_docks(window)
    window.actions_by_name["reset_layout"].trigger()
    set_size(qtbot, window, SCREENS[2])
    assert_tabs_are_above_their_docks(window)
    window.close()
    again = open_main()  # with the saved layout
    set_size(qtbot, again, SCREENS[0])
    assert_tabs_are_above_their_docks(again)


@pytest.mark.parametrize(
    ("place", "inside_of"),
    [
        (QRect(0, 0, 1280, 800), QRect(0, 0, 1366, 728)),
        (QRect(3000, 900, 900, 700), QRect(0, 0, 1366, 728)),
        (QRect(-500, -500, 900, 700), QRect(1366, 0, 1920, 1040)),
        (QRect(100, 100, 5000, 3000), QRect(0, 32, 1024, 568)),
    ],
)
def test_a_window_is_brought_inside_the_screen(place: QRect, inside_of: QRect) -> None:
    placed = inside(place, inside_of)
    assert inside_of.contains(placed)
    assert inside_of.contains(placed.adjusted(0, -24, 0, 0))  # its title bar, too
    assert placed.size() == place.size().boundedTo(inside_of.size() - FRAME)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_window_opens_inside_the_screen(
    qtbot: QtBot, qapp: QApplication, screen: tuple[int, int]
) -> None:
    window, available = QWidget(), QRect(0, 30, *screen)
    qtbot.addWidget(window)
    open_inside(window, QByteArray(), available)
    assert window.isMaximized() == (screen[0] < 1300 or screen[1] < 800)
    assert available.contains(QRect(available.topLeft(), window.size() + FRAME))
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.setGeometry(QRect(-50, 10, 5000, 4000))
    again = QWidget()
    qtbot.addWidget(again)
    open_inside(again, window.saveGeometry(), available)
    assert available.contains(again.geometry())
