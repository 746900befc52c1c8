"""What the diagram writes and draws cannot be taken for something else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import outputs
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import svg
from bpviz.ui.toolkit.drawing.colour_scale import LEAST_WEIGHT_LIMIT
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.labels import compact
from bpviz.ui.views.weights.view import WeightsView
from tests.conftest import FrameFor


def texts(frame: Frame, width: int = 640, **choices: object) -> list[str]:
    """The texts of a picture of the diagram."""
    import xml.etree.ElementTree as ET

    document = svg(NetworkView, frame, choices=choices, size=QSize(width, 440))
    assert QSvgRenderer(document).isValid()
    root = ET.fromstring(document)
    return ["".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("}text")]


def scaled(frame: Frame, factor: float) -> Frame:
    parameters = np.asarray(frame.snapshot.parameters * factor)
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


def test_weights_that_have_nearly_vanished_are_drawn_as_small(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = scaled(frame_for("xor", 0), 0.004)
    hinton = WeightsView()
    qtbot.addWidget(hinton)
    hinton.show_frame(frame)
    assert hinton.choices()["limit"] == LEAST_WEIGHT_LIMIT
    written = texts(frame)
    assert written[written.index("weight") + 2] == "0.1"
    small = [text for text in written if text.startswith(("0.00", "−0.00"))]
    assert any(float(text.replace("−", "-")) != 0.0 for text in small)  # readable digits


def test_a_threshold_is_marked_as_one(frame_for: FrameFor) -> None:
    changes = {"hidden": (), "output": "step", "error": "squared", "rule": "perceptron"}
    training = {"optimizer": "descent", "rate": 0.1, "batch": 1}
    found = texts(frame_for("and", 3, training=training, **changes))
    assert any(text.startswith("θ ") for text in found)


def test_the_number_of_a_unit_is_not_a_bare_one(frame_for: FrameFor) -> None:
    found = texts(frame_for("xor", 3, hidden=(Hidden(8),)))
    assert not {"1", "2", "3", "8"} & set(found[: found.index("weight")])
    assert {"h1", "h8"} <= set(found) or {"#1", "#8"} <= set(found)


@pytest.mark.parametrize(("activation", "low"), [("logistic", "0"), ("tanh", "−1")])
def test_the_legend_has_the_range_of_the_units(
    frame_for: FrameFor, activation: str, low: str
) -> None:
    found = texts(frame_for("xor", 3, hidden=(Hidden(2, activation),)))
    at = found.index("activation")
    assert found[at + 1 : at + 3] == [low, "1"]


@pytest.mark.parametrize("width", [420, 560, 900])
def test_the_header_says_the_pattern_in_as_many_words_as_fit(
    qtbot: QtBot, frame_for: FrameFor, width: int
) -> None:
    """With dead units and responses there is more to say than the header has room for."""
    for changes in ({}, {"hidden": (Hidden(8, "relu"),), "seed": 2, "output": "linear"}):
        for responses in (False, True):
            found = texts(frame_for("xor", 3, **changes), width, responses=responses)
            header = found[found.index("epoch 3") + 1]
            assert "…" not in header
            assert "0 0" in header or "dead" in header


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0])
def test_numbers_stand_inside_the_units_with_text_of_every_size(
    qtbot: QtBot, frame_for: FrameFor, set_text: Callable[[float], None], factor: float
) -> None:
    set_text(factor)
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show_frame(frame_for("xor", 3))
    view.grab()
    width = QFontMetricsF(plot_font()).horizontalAdvance("−0.00")
    assert all(2 * block.radius > width for block in view.canvas.layout_shown.blocks)


def test_outputs_and_targets_are_written_in_the_units_of_the_file(
    tmp_path: Path, frame_for: FrameFor
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{n},{300 + 7 * (n * n % 11)}\n" for n in range(12)))
    options = {"standardise": True, "standardise_targets": True}
    frame = frame_for(str(path), 3, output="linear", error="squared", options=options, hidden=())
    written = texts(frame)
    target = frame.setup.patterns.in_units(frame.setup.patterns.train.targets)[0, 0]
    assert f"t {target:.0f}" in written
    setup = frame.setup
    answers = outputs(setup.network, frame.snapshot.parameters, setup.patterns.train.inputs)
    answer = setup.patterns.in_units(answers)[0, 0]
    assert f"{answer:.0f}" in written
    assert "1 linear, in the file's units" in " ".join(written)
    assert "1 value, standardised" in " ".join(written)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.50"), (-12.34, "−12.3"), (9999.0, "9999"), (9999.6, "10k"), (-131_400.0, "−131k"),
     (2.5e6, "2.5M"), (999_900.0, "1M"), (7.31e9, "7.3G"), (-98_310.0, "−98k"), (3e17, "3×10¹⁷")],
)  # fmt: skip
def test_large_outputs_are_written_in_thousands(value: float, text: str) -> None:
    assert compact(value) == text
