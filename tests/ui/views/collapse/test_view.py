"""The collapse view: the equivalent layer, its algebra, and the reason where there is none."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from bpviz.core.analysis.collapse import collapse
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.collapse import CollapseView
from bpviz.ui.views.collapse import view as module
from bpviz.ui.views.collapse.view import rich

FrameFor = Callable[..., Frame]
LINEAR = (Hidden(2, "linear"),)


@pytest.fixture
def view(qtbot: QtBot) -> CollapseView:
    view = CollapseView()
    qtbot.addWidget(view)
    view.resize(420, 260)
    view.show()
    return view


def label(view: CollapseView, name: str) -> str:
    found: QLabel = view.findChild(QLabel, f"collapse_{name}")
    return found.text() if found.isVisibleTo(view) else ""


def test_every_weight_of_the_layer_is_listed_live(view: CollapseView, frame_for: FrameFor) -> None:
    for epochs in (1, 40):
        frame = frame_for("xor", epochs=epochs, hidden=LINEAR)
        view.show_frame(frame)
        layer = collapse(frame.setup.network, frame.snapshot.parameters)
        model = view.findChild(QTableView).model()
        texts = [model.index(row, 0).data() for row in range(model.rowCount())]
        expected = [*layer.weights[:, 0], layer.biases[0]]
        assert texts == [f"{value:.3f}".replace("-", "−") for value in expected]
    said = view.findChild(TextLine, "collapse_said").text
    *_, apart = said.rstrip(".").split()
    assert said.startswith("One layer")
    assert apart == "bit" or float(apart) <= 1e-15


def test_a_click_shows_the_paths_behind_a_weight(
    qtbot: QtBot, view: CollapseView, frame_for: FrameFor
) -> None:
    view.show_frame(frame_for("xor", epochs=3, hidden=LINEAR))
    assert label(view, "algebra") == rich("w*11 = w11(1) w11(2) + w12(1) w21(2)")
    table = view.findChild(QTableView)
    for row, words in ((1, "w*21 = w21(1)"), (2, "b*1 = b1(2) + b1(1) w11(2)")):
        with qtbot.waitSignal(view.choices_changed):
            place = table.visualRect(table.model().index(row, 0)).center()
            qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert label(view, "algebra").startswith(rich(words))
        total = table.model().index(row, 0).data()
        assert label(view, "numbers").endswith(f"= {total}")
    assert view.choices() == {"input": None, "output": 0}
    view.set_choices({"input": 7, "output": 9})
    assert view.choices() == {"input": 0, "output": 0}


def test_a_nonlinear_group_is_named_as_the_reason(view: CollapseView, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("xor", epochs=1, hidden=(Hidden(2, "linear"), Hidden(3, "tanh"))))
    assert "the units of hidden 2 are tanh" in label(view, "reason")
    view.show_frame(frame_for("xor", epochs=1, hidden=LINEAR))
    assert label(view, "reason") == ""
    view.show_frame(frame_for("or", epochs=1, hidden=()))
    assert "a single layer already" in view.findChild(TextLine, "collapse_said").text


def test_a_network_too_large_for_a_frame_says_so(
    view: CollapseView, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 2 * (4 * 5 + 5 * 1))
    view.show_frame(frame_for("parity", epochs=0, hidden=(Hidden(5, "linear"),)))
    assert "too large" in label(view, "reason")
    view.show_frame(frame_for("xor", epochs=0, hidden=(Hidden(5, "linear"),)))
    assert label(view, "reason") == ""


def test_indices_are_set_high_and_low() -> None:
    assert rich("w*12,1 = w12,1(1)") == (
        "<i>w</i>*<sub>12,1</sub> = <i>w</i><sub>12,1</sub><sup>(1)</sup>"
    )


def test_cells_have_the_colour_of_their_sign_and_size_below_their_names(
    view: CollapseView, frame_for: FrameFor
) -> None:
    frame = frame_for("iris", epochs=0, hidden=())
    network, patterns = frame.setup.network, frame.setup.patterns
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[1] = -1.0, 0.0, 1.7
    network.biases(parameters, 1)[:] = 0.5, -1.7, 1.0
    view.show_frame(replace(frame, snapshot=replace(frame.snapshot, parameters=parameters)))
    table = view.findChild(QTableView)
    model = table.model()

    def header(orientation: Qt.Orientation, count: int) -> list[object]:
        return [model.headerData(section, orientation) for section in range(count)]

    assert header(Qt.Orientation.Horizontal, 3) == list(patterns.output_names)
    assert header(Qt.Orientation.Vertical, 5) == [*patterns.input_names, "bias"]
    image = table.viewport().grab().toImage()
    for (row, column), value in {
        (0, 0): 0.0, (1, 0): -1.0, (1, 1): 0.0, (1, 2): 1.7, (4, 0): 0.5, (4, 1): -1.7, (4, 2): 1.0,
    }.items():  # fmt: skip
        cell = model.index(row, column)
        expected = QColor(*map(int, LIGHT.diverging(np.array(value), 2.0)))
        shown = image.pixelColor(table.visualRect(cell).topLeft() + QPoint(4, 4))
        assert np.abs(np.subtract(shown.getRgb(), expected.getRgb())).max() <= 3  # a step of 256
        assert cell.data() == f"{value:.3f}".replace("-", "−")


def test_the_chosen_weight_is_marked_in_its_cell(view: CollapseView, frame_for: FrameFor) -> None:
    view.show_frame(frame_for("iris", epochs=1, hidden=LINEAR))
    table = view.findChild(QTableView)
    for source, output, row in ((2, 1, 2), (None, 2, 4), (0, 0, 0)):
        view.set_choices({"input": source, "output": output})
        assert (table.currentIndex().row(), table.currentIndex().column()) == (row, output)


def test_it_compares_with_the_answers_to_the_shown_patterns(
    view: CollapseView, frame_for: FrameFor
) -> None:
    assert view.snapshot_request() == SnapshotRequest(activations=True)
    frame = frame_for("xor", epochs=3, hidden=LINEAR)
    acts = list(frame.snapshot.activations)
    acts[-1] = acts[-1] + np.array([[0.0], [0.0], [0.5], [0.0]])
    view.show_frame(replace(frame, snapshot=replace(frame.snapshot, activations=tuple(acts))))
    assert view.findChild(TextLine, "collapse_said").text.endswith("to within 0.5.")
