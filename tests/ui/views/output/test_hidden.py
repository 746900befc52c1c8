"""The hidden units' lines over the patterns."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import forward
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import THEMES, Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.output import OutputView
from bpviz.ui.views.output.hidden import MOST_UNITS, HiddenPart
from tests.ui.mouse import move_mouse

FrameFor = Callable[..., Frame]


def open_view(qtbot: QtBot, theme: Theme, frame: Frame) -> tuple[OutputView, HiddenPart]:
    view = OutputView(theme=theme)
    qtbot.addWidget(view)
    view.resize(660, 300)
    view.show_frame(frame)
    view.show()
    box = view.findChild(QComboBox, "output_mode")
    box.setCurrentIndex(box.findData("hidden"))
    box.activated.emit(box.currentIndex())
    part = view.findChild(HiddenPart)
    assert part.isVisible()
    return view, part


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("problem", ["xor", "iris", "noisy-sine", "majority"])
def test_each_unit_has_its_line_in_order(
    qtbot: QtBot, frame_for: FrameFor, problem: str, theme: Theme
) -> None:
    frame = frame_for(problem, hidden=(Hidden(2, "tanh"), Hidden(3, "logistic")))
    _, part = open_view(qtbot, theme, frame)
    setup = frame.setup
    names = [name for g in setup.network.hidden for name in unit_names(setup, g)]
    assert part.names == [key.text for key in part.keys.keys] == names
    rows, train = setup.shown, setup.patterns.train
    acts = forward(setup.network, frame.snapshot.parameters, train.inputs[rows])[1]
    heights = np.concatenate([acts[1], acts[2]], axis=1)
    x = train.inputs[rows, 0] if setup.patterns.n_inputs == 1 else np.arange(len(rows)) + 1.0
    order = np.argsort(x, kind="stable")
    for unit, curve in enumerate(part.curves):
        at, drawn = curve.getData()
        assert np.array_equal(at, x[order])
        assert np.allclose(drawn, heights[order, unit])
    (_, _), (low, high) = part.plot.box.viewRange()
    assert low < -1.0 < 1.0 < high  # the bounds of tanh


def test_the_mouse_reads_the_pattern_and_a_click_selects_it(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("xor")
    view, part = open_view(qtbot, THEMES["light"], frame)
    view.grab()
    place = part.canvas.mapFromScene(part.plot.box.mapViewToScene(QPointF(3.0, 0.5)))
    move_mouse(qtbot, part.canvas.viewport(), place)
    heights = frame.snapshot.activations[1][2]
    readout = view.findChild(TextLine, "output_readout")
    qtbot.waitUntil(lambda: f"h1 {heights[0]:.3f}" in readout.text)
    with qtbot.waitSignal(view.pattern_selected) as chosen:
        qtbot.mouseClick(part.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [2]
    assert part.mark.value() == 3.0


def test_of_many_units_the_first_are_drawn_and_counted(qtbot: QtBot, frame_for: FrameFor) -> None:
    _, part = open_view(qtbot, THEMES["light"], frame_for("xor", hidden=(Hidden(50, "relu"),)))
    assert len(part.curves) == MOST_UNITS
    assert part.note == f"the first {MOST_UNITS} of 50 hidden units drawn"


def test_a_network_without_hidden_units_does_not_offer_it(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view, _ = open_view(qtbot, THEMES["light"], frame_for("xor"))
    view.show_frame(frame_for("xor", hidden=(), run_id=2))
    box = view.findChild(QComboBox, "output_mode")
    assert box.findData("hidden") < 0
    assert not view.findChild(QLabel, "output_hint").isVisible()
