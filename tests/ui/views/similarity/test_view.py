"""The similarity of patterns as a person uses it: look, point, click, choose."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from bpviz.core.analysis.similarity import MOST_PATTERNS
from bpviz.core.learning.backprop import forward
from bpviz.experiment.experiment import Hidden
from bpviz.experiment.prepare import new_run
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.similarity.canvas import SimilarityCanvas
from bpviz.ui.views.similarity.view import NO_HIDDEN, SimilarityView
from tests.conftest import FrameFor
from tests.ui.mouse import move_mouse


@pytest.fixture
def view(qtbot: QtBot) -> SimilarityView:
    view = SimilarityView()
    qtbot.addWidget(view)
    view.resize(640, 400)
    view.show()
    return view


def canvas(view: SimilarityView) -> SimilarityCanvas:
    return view.findChild(SimilarityCanvas)


def readout(view: SimilarityView) -> str:
    return view.findChild(TextLine, "similarity_readout").text


def cell(view: SimilarityView, row: int, column: int, picture: int = 0) -> QPoint:
    """The middle of a cell, by its place in the picture."""
    box = canvas(view).matrix_rect(picture)
    pitch = box.width() / len(canvas(view).pictures[picture].found.order)
    return QPoint(
        round(box.left() + (column + 0.5) * pitch), round(box.top() + (row + 0.5) * pitch)
    )


def choose(qtbot: QtBot, box: QComboBox, text: str) -> None:
    box.setFocus()
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_the_matrix_is_that_of_the_hidden_activations(
    view: SimilarityView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", epochs=3)
    view.show_frame(frame)
    acts = frame.snapshot.activations[1]
    (picture,) = canvas(view).pictures
    distances = np.linalg.norm(acts[:, None] - acts[None], axis=2)
    np.testing.assert_allclose(picture.found.matrix, distances, atol=1e-7)
    assert picture.names == ("0 0", "0 1", "1 0", "1 1")


def test_a_pair_can_be_pointed_at_and_a_pattern_chosen(
    qtbot: QtBot, view: SimilarityView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor", epochs=3))
    found = canvas(view).pictures[0].found
    a, b = (int(found.order[place]) for place in (1, 3))
    names = canvas(view).pictures[0].names
    pair = f"pattern {names[a]} and pattern {names[b]}: {found.matrix[a, b]:.3f}"

    def is_read() -> bool:  # cells move until the layout has settled
        move_mouse(qtbot, canvas(view), cell(view, 1, 3))
        return readout(view) == pair

    qtbot.waitUntil(is_read)
    assert readout(view) == pair
    with qtbot.waitSignal(view.pattern_selected) as chosen:
        qtbot.mouseClick(canvas(view), Qt.MouseButton.LeftButton, pos=cell(view, 1, 3))
    assert chosen.args == [a]


def test_the_initial_weights_are_shown_beside(
    qtbot: QtBot, view: SimilarityView, frame_for: FrameFor
) -> None:
    frame = frame_for("iris", epochs=3)
    view.show_frame(frame)
    toggle = view.findChild(QToolButton, "similarity_initial")
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    first, now = canvas(view).pictures
    run = new_run(frame.setup)
    rows = frame.setup.shown[:3]
    acts = forward(frame.setup.network, run.parameters, frame.setup.patterns.train.inputs[rows])[1][
        1
    ]
    assert first.found.matrix[0, 2] == pytest.approx(np.linalg.norm(acts[0] - acts[2]))
    assert now.found.matrix[0, 2] != first.found.matrix[0, 2]
    assert (first.title, now.title) == ("initial weights", "epoch 3")


def test_group_and_measure_can_be_chosen(
    qtbot: QtBot, view: SimilarityView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", epochs=2, hidden=(Hidden(3), Hidden(2)))
    view.show_frame(frame)
    choose(qtbot, view.findChild(QComboBox, "similarity_group"), "hidden 2")
    choose(qtbot, view.findChild(QComboBox, "similarity_measure"), "correlation")
    expected = np.corrcoef(frame.snapshot.activations[2])
    np.testing.assert_allclose(canvas(view).pictures[0].found.matrix, expected, atol=1e-9)
    again = SimilarityView()
    qtbot.addWidget(again)
    again.set_choices(view.choices())
    again.show_frame(frame)
    np.testing.assert_array_equal(
        canvas(again).pictures[0].found.matrix, canvas(view).pictures[0].found.matrix
    )


def test_of_many_patterns_some_are_compared_and_it_says_so(
    view: SimilarityView, frame_for: FrameFor
) -> None:
    frame = frame_for("digits")
    view.show_frame(frame)
    assert len(canvas(view).pictures[0].found.matrix) == MOST_PATTERNS
    every = len(frame.setup.patterns.train)
    assert readout(view) == f"{MOST_PATTERNS} of {every:,} patterns, evenly spaced"


def test_without_hidden_units_there_is_nothing_to_compare(
    view: SimilarityView, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=())
    view.show_frame(frame)
    assert canvas(view).message == NO_HIDDEN
    assert not view.has_content(frame)
    view.grab()
