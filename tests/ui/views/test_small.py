"""Every view in a place that is as good as none: a dock that is closed, floated or not laid out."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Hidden
from bpviz.ui.views.base import View
from bpviz.ui.views.hidden_space.canvas import SpaceCanvas
from bpviz.ui.views.table import VIEWS
from tests.conftest import FrameFor

SIZES = [QSize(*size) for size in ((1, 1), (1, 300), (300, 1), (8, 8), (9, 8), (40, 13))]


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    """Around a view: as a window of its own it would not be smaller than its layout wants."""
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(400, 400)
    holder.show()
    return holder


@pytest.fixture(params=VIEWS)
def view(request: pytest.FixtureRequest, holder: QWidget) -> View:
    view = VIEWS[request.param].load()()
    view.setParent(holder)
    view.setMinimumSize(0, 0)
    view.resize(SIZES[0])
    view.show()
    return view


@pytest.mark.parametrize("problem", ["xor", "iris"])
def test_a_view_without_room_can_be_shown_painted_and_pointed_at(
    view: View, frame_for: FrameFor, problem: str
) -> None:
    frame = frame_for(problem, epochs=2)
    view.show_frame(frame)
    for size in SIZES:
        view.resize(size)
        assert view.size() == size
        view.grab()
        point_at_all_parts(view)
        view.show_frame(frame)
        view.select_pattern(1)


def point_at_all_parts(view: View) -> None:
    none = Qt.MouseButton.NoButton
    for part in view.findChildren(QWidget):
        if part.isVisible():
            at = QPointF(part.rect().center())
            event = QMouseEvent(
                QEvent.Type.MouseMove, at, part.mapToGlobal(at), none, none,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            QApplication.sendEvent(part, event)


def test_a_view_can_be_painted_by_a_painter_without_extent(view: View, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("xor", epochs=2))
    view.resize(300, 200)
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.scale(0.0, 0.0)
        view.render(painter, QPoint())


@pytest.mark.parametrize("size", SIZES)
def test_a_space_of_three_units_needs_no_room(
    holder: QWidget, frame_for: FrameFor, size: QSize
) -> None:
    view = VIEWS["hidden_space"].load()()
    view.setParent(holder)
    view.show()
    view.show_frame(frame_for("xor", hidden=(Hidden(3),), links=()))
    view.set_choices({"units": (0, 1, 2)})
    canvas = view.findChild(SpaceCanvas)
    canvas.setMinimumSize(0, 0)
    canvas.resize(size)
    assert canvas.size() == size
    assert canvas.grab().size() == size
