"""The comparison as a person uses it, in the window."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import experiment_for
from bpviz.session.commands import Configure, StepEpochs
from bpviz.session.compare import kept
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.toolkit.drawing.epoch_axis import Axes
from bpviz.ui.toolkit.drawing.output_colours import point_colours
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.compare import CompareView
from bpviz.ui.views.compare.cards import Card
from bpviz.ui.views.compare.lines import series, units_series
from bpviz.ui.views.compare.thumb import paint_thumb
from bpviz.ui.window.main_window import MainWindow

FrameFor = Callable[..., Frame]


def cards(view: CompareView) -> list[Card]:
    return [card for card in view.findChildren(Card) if card.isVisibleTo(view)]


def card_names(view: CompareView) -> list[str]:
    return [card.accessibleName().split(":")[0] for card in cards(view)]


def set_epochs(qtbot: QtBot, view: CompareView, text: str) -> None:
    field = view.findChild(QLineEdit, "compare_epochs")
    field.selectAll()
    qtbot.keyClicks(field, text)


@pytest.fixture
def view(qtbot: QtBot) -> CompareView:
    view = CompareView()
    qtbot.addWidget(view)
    view.resize(640, 320)
    view.show()
    return view


def test_keeping_runs_and_opening_one_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    view = window.views["compare"]
    assert view.findChild(QLabel, "compare_hint").isVisibleTo(view)
    window.session.send(StepEpochs(30))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 30)
    window.actions_by_name["keep"].trigger()
    assert view.isVisible()
    window.actions_by_name["new_seed"].trigger()
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == 1)
    window.actions_by_name["keep"].trigger()
    assert card_names(view) == ["seed 0", "seed 1", "in the window"]
    for width in (1, 9, 40):  # while the view is as good as closed
        card = cards(view)[0]
        card.setMinimumSize(0, 0)
        card.resize(width, width)
        assert card.grab().width() == width
    qtbot.mouseClick(cards(view)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.seed == 0)
    qtbot.keyClick(cards(view)[1], Qt.Key.Key_Delete)
    assert len(card_names(view)) == 2
    qtbot.mouseClick(view.findChild(QPushButton, "compare_clear"), Qt.MouseButton.LeftButton)
    assert cards(view) == []


def test_variants_are_trained_in_the_background(qtbot: QtBot, window: MainWindow) -> None:
    view = window.views["compare"]
    window.docks.bring("compare")
    set_epochs(qtbot, view, "25")
    menu = view.findChild(QToolButton, "compare_with").menu()
    action = menu.findChild(QAction, "action_compare_batch")
    with qtbot.waitSignal(window.parts.comparing.comparer.finished_all):
        action.trigger()
    qtbot.waitUntil(lambda: not view.findChild(QPushButton, "compare_cancel").isVisible())
    assert card_names(view)[:3] == ["batch all", "incremental", "mini-batch 2"]
    assert window.current_frame.snapshot.epoch == 0  # the present run is left alone
    set_epochs(qtbot, view, "1,000,000")
    action.trigger()
    cancel = view.findChild(QPushButton, "compare_cancel")
    qtbot.waitUntil(lambda: cancel.isVisible() and window.parts.comparing.comparer.progress > 0.0)
    with qtbot.waitSignal(window.parts.comparing.comparer.finished_all):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not cancel.isVisible())
    assert "cancelled" in cards(view)[0].accessibleName()


def test_a_batch_changed_on_the_way_is_not_drawn_over_updates(
    qtbot: QtBot, window: MainWindow
) -> None:
    from dataclasses import replace

    view = window.views["compare"]
    window.session.send(StepEpochs(5))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 5)
    experiment = window.current_frame.setup.experiment
    changed = replace(experiment, training=replace(experiment.training, batch=1))
    window.session.send(Configure(changed))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.training.batch == 1)
    window.actions_by_name["keep"].trigger()
    assert view.choices()["runs"][0].updates == 0
    view.set_choices({"along": "updates"})
    assert "batch was changed" in view.findChild(TextLine, "compare_readout").text


def test_errors_are_those_of_loss_over_epochs_or_updates(frame_for: FrameFor) -> None:
    """E, or E per pattern."""
    run = kept(frame_for("circle", 8))
    n = len(run.setup.patterns.train)
    over = series(run, "train", "epochs", Axes())
    assert over.x.tolist() == list(range(9))
    assert np.array_equal(over.error, run.curve.train_error)
    each = series(run, "train", "epochs", Axes(), "per_pattern")
    assert np.allclose(each.error, run.curve.train_error / n)
    log = series(run, "train", "epochs", Axes(log_epochs=True))
    assert log.x.tolist() == list(range(1, 9))  # epoch 0 has no place there
    assert (series(run, "train", "updates", Axes()).x == over.x * run.updates).all()
    test = series(run, "test", "epochs", Axes())
    assert np.array_equal(test.error, run.curve.test_error)
    assert len(series(kept(frame_for("xor", 3)), "test", "epochs", Axes()).x) == 0


def test_short_and_long_runs_share_a_logarithmic_axis(
    qtbot: QtBot, view: CompareView, frame_for: FrameFor
) -> None:
    toggle = view.findChild(QAbstractButton, "compare_log_epochs")
    view.show_frame(frame_for("xor", 30))
    view.keep(kept(frame_for("xor", 30, seed=1)))
    assert not toggle.isChecked()
    view.keep(kept(frame_for("xor", 2000, seed=2)))
    assert toggle.isChecked()
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)  # what a person chooses stays
    view.keep(kept(frame_for("xor", 3000, seed=3)))
    assert not toggle.isChecked()
    assert view.choices()["log_epochs"] is False
    scale = view.findChild(QComboBox, "compare_scale")
    assert scale.currentText() == "sum E"  # as in Loss


def test_errors_against_hidden_units_are_in_their_order(
    view: CompareView, frame_for: FrameFor
) -> None:
    from bpviz.experiment.experiment import Hidden

    runs = [kept(frame_for("sine", 5, hidden=(Hidden(h, "tanh"),))) for h in (10, 2)]
    assert units_series(runs, "train").x.tolist() == [2, 10]
    along = view.findChild(QComboBox, "compare_along")
    place = along.findData("units")
    view.show_frame(frame_for("sine", 5))
    view.keep(runs[0])
    assert along.view().isRowHidden(place)  # one size is no comparison of sizes
    view.keep(runs[1])
    assert not along.view().isRowHidden(place)
    assert card_names(view)[:2] == ["10 hidden units", "2 hidden units"]


def test_different_errors_are_said_to_be_not_comparable(
    view: CompareView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("circle", 1, error="binary"))
    view.keep(kept(frame_for("circle", 1, error="squared")))
    view.keep(kept(frame_for("circle", 1, error="binary")))
    assert "Not comparable" in view.findChild(TextLine, "compare_readout").text


@pytest.mark.parametrize("features", ["x1^2", "x2,x1^2", "x1,x2,x1^2", "x1^2,x2^2,x1*x2"])
def test_features_leave_the_small_pictures_over_the_plane(
    view: CompareView, frame_for: FrameFor, features: str
) -> None:
    frame = frame_for("xor", 1, options={"features": features})
    run, patterns = kept(frame), frame.setup.patterns
    view.show_frame(frame)
    view.keep(run)
    assert cards(view)[0].height() > cards(view)[0].width() / 2  # as high as that of two inputs
    side = 91
    picture = QImage(side, side, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    paint_thumb(painter, run, LIGHT, LIGHT.colour("accent"), QRectF(0, 0, side, side))
    painter.end()
    (left, right), (low, high) = patterns.plane.domain
    colours = point_colours(frame.setup, LIGHT, patterns.train.targets, 0)
    for (x, y), colour in zip(patterns.points(patterns.train).tolist(), colours, strict=True):
        at = (x - left) / (right - left) * side, (high - y) / (high - low) * side
        assert picture.pixelColor(*map(int, at)) == colour


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("problem", ["xor", "sine", "iris", "circle", "digits"])
def test_a_picture_shows_the_runs(frame_for: FrameFor, qapp: object, problem, theme) -> None:
    frame = frame_for(problem, 2)
    runs = (kept(frame), kept(frame_for(problem, 1, seed=1)))
    empty = picture(CompareView, frame, theme, {}, scale=1.0)
    full = picture(CompareView, frame, theme, {"runs": runs}, scale=1.0)
    assert isinstance(full, QImage)
    assert full != empty
    drawing = svg(CompareView, frame, theme, {"runs": runs}).decode()
    assert "seed 1" in drawing
    assert ("<image" in drawing) == (problem in ("xor", "circle"))  # maps; functions are lines


def test_experiment_for_is_what_is_opened(view: CompareView, qtbot: QtBot, frame_for) -> None:
    view.show_frame(frame_for("xor", 1))
    view.keep(kept(frame_for("xor", 1, seed=7)))
    with qtbot.waitSignal(view.open_requested) as opened:
        qtbot.keyClick(cards(view)[0], Qt.Key.Key_Return)
    assert opened.args == [experiment_for("xor", seed=7)]
