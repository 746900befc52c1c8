"""What the loss view marks on its curve, and that it is painted."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Curve, Frame
from bpviz.ui.export.pictures import svg
from bpviz.ui.views.loss import LossView
from bpviz.ui.views.loss.marks import MOST_ROWS, CurveMarks, MarksItem, least_test, marks_of

FrameFor = Callable[..., Frame]


def curve(train: np.ndarray, test: np.ndarray | None = None) -> Curve:
    n = len(train)
    nothing = np.full(n, np.nan)
    rights = np.full(n, 0.5)
    return Curve(np.arange(n), train, rights, nothing if test is None else test, nothing)


def test_the_least_test_error_is_marked_once_it_is_passed() -> None:
    t = np.arange(200)
    falling = 1.0 / (1 + t)
    parting = falling + np.where(t > 60, (t - 60) / 100, 0.0)
    assert least_test(curve(falling, parting)) == 60
    assert least_test(curve(falling[:65], parting[:65])) is None  # it may still fall again
    assert least_test(curve(falling, falling)) is None
    assert least_test(curve(falling)) is None


def test_a_long_curve_is_looked_at_in_steps() -> None:
    t = np.arange(10 * MOST_ROWS)
    (plateau,) = marks_of(curve(1 / (1 + np.exp((t - 40_000) / 500)))).plateaus
    assert 30_000 < plateau.last < 41_000


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_curve_without_length_has_no_marks(n: int) -> None:
    assert marks_of(curve(np.ones(n))) == CurveMarks()


def test_a_plateau_is_painted_and_named(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", 400, hidden=(Hidden(2),))
    view = LossView()
    qtbot.addWidget(view)
    view.resize(500, 320)
    view.show()
    view.show_frame(frame)
    item = view._canvas.marks
    assert isinstance(item, MarksItem)
    assert item.marks.plateaus
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    item.show_marks(CurveMarks(), item._axes)
    bare = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(bare)
    assert image != bare
    assert b">plateau<" in svg(LossView, frame)
    view.set_choices({"log_epochs": True, "log_error": True})
    view.render(image)


def test_where_train_and_test_part_is_said(frame_for: FrameFor) -> None:
    frame = frame_for("circle", 3)
    t = np.arange(200)
    test = 1.0 / (1 + t) + np.where(t > 60, (t - 60) / 100, 0.0)
    parted = replace(frame, curve=replace(curve(1.0 / (1 + t), test)))
    assert b"least test error at epoch 60" in svg(LossView, parted)
