"""The microscope's panel in the real window: formula, numbers, bars, export."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from bpviz.core.activations import ACTIVATIONS
from bpviz.core.formulas import STEP_TEX, change_tex, pattern_tex, step_tex
from bpviz.core.losses import LOSSES
from bpviz.core.microscope import Place, Scene, look_at_change
from bpviz.core.network import layered
from bpviz.core.optimizers import OPTIMIZERS
from bpviz.core.patterns import Criterion, Patterns
from bpviz.core.run import Run
from bpviz.core.start import Start
from bpviz.core.training import Training
from bpviz.experiment import Stop, experiment_for
from bpviz.ui.formula import typeset
from bpviz.ui.main_window import MainWindow
from bpviz.ui.panels.microscope import MicroscopePanel
from bpviz.ui.views.network.hover import EdgeAt, UnitAt

XOR = replace(experiment_for("xor"), stop=Stop())


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> MicroscopePanel:
    """The panel in front, looking at the weight from x2 to h2, after 50 epochs."""
    window.session.step(50)
    window._docks.bring("microscope")
    panel = window.microscope
    qtbot.waitUntil(lambda: panel.isVisible() and panel._frame is not None, timeout=5000)
    qtbot.waitUntil(lambda: panel._frame.snapshot.epoch == 50, timeout=5000)
    panel.look_at(EdgeAt(0, 1, 1))
    qtbot.waitUntil(lambda: panel.subject is not None, timeout=5000)
    return panel


def test_a_click_in_the_network_is_looked_at(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    canvas = window._network.canvas
    block = canvas.layout_shown.blocks[1]
    at = QPoint(round(float(block.x[2])), round(float(block.y[2])))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: panel.subject and panel.subject.title == "unit h3", timeout=5000)
    assert "share of the error" in panel.summary.text()
    swap = panel.findChild(QToolButton, "microscope_swap")
    qtbot.mouseClick(swap, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.subject and panel.subject.title == "bias of h3", timeout=5000)
    assert panel.subject.change is not None


def test_the_change_it_promises_is_the_change_that_comes(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    change = panel.subject.change
    before = window.current_frame.snapshot.parameters[change.index]
    window.session.step(1)
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 51, timeout=5000)
    after = window.current_frame.snapshot.parameters[change.index]
    assert change.change == pytest.approx(after - before, rel=1e-12, abs=1e-14)
    assert panel.subject.change.value == after  # it follows the frame


def test_the_table_lists_every_factor_and_the_paths_below(panel: MicroscopePanel) -> None:
    model, change = panel.model, panel.subject.change
    heads = [
        model.headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for c in range(model.columnCount())
    ]
    assert heads == ["pattern", "Σ δₖ wⱼₖ", "f′(net)", "δ", "input", "term"]
    assert model.rowCount() == 4
    row = model.index(1, 0)
    assert model.data(row, Qt.ItemDataRole.DisplayRole) == "0 1"
    assert model.rowCount(row) == 1  # one output, one path
    path = model.index(0, 0, row)
    assert model.data(path, Qt.ItemDataRole.DisplayRole) == "via y"
    assert model.parent(path) == row
    term = float(model.data(model.index(1, 5), 0).replace("−", "-"))
    assert term == pytest.approx(float(change.wishes[1]), rel=1e-2)
    np.testing.assert_array_equal(panel.wishes.wishes, change.wishes)


def test_pointing_at_a_term_lights_its_part_of_the_network(
    window: MainWindow, panel: MicroscopePanel
) -> None:
    model, canvas = panel.model, window._network.canvas
    for column, target in ((4, UnitAt(0, 1)), (3, UnitAt(1, 1)), (5, EdgeAt(0, 1, 1))):
        panel.table.entered.emit(model.index(0, column))
        assert canvas.target == target
    panel.table.entered.emit(model.index(0, 0, model.index(1, 0)))
    assert canvas.target == EdgeAt(1, 1, 0)


def test_numbers_of_another_instant_are_never_shown(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    """While training the panel follows the frames, and without the numbers it is empty."""
    frame = window.current_frame
    bare = replace(frame, snapshot=replace(frame.snapshot, upcoming=None))
    panel.show_frame(bare)
    assert panel.subject is None
    assert panel.model.rowCount() == 0
    assert not panel.formulas.lines
    assert not panel.summary.text()


def test_export_as_text_and_picture(qtbot: QtBot, panel: MicroscopePanel) -> None:
    for kind, words in (("markdown", "| pattern |"), ("latex", r"\begin{tabular}")):
        action = panel.findChild(QAction, f"microscope_copy_{kind}")
        assert action is not None
        action.trigger()
        text = QGuiApplication.clipboard().text()
        assert words in text
        assert r"\Delta w_{2,2}" in text
        assert text.count("\n") > 10
    qtbot.waitUntil(lambda: panel.formulas.is_ready, timeout=10_000)
    picture = panel.picture()
    assert picture.width() == 2 * panel._body.width()
    colours = {picture.pixel(x, y) for x in range(0, 900, 7) for y in range(0, 300, 5)}
    assert len(colours) > 10


def test_the_formula_is_the_lecture_s(panel: MicroscopePanel) -> None:
    assert panel.formulas.lines[0].startswith(
        r"\Delta w_{2,2} = \epsilon\,\sum_p [\sum_k (t_k-o_{k})\,o_{k}(1-o_{k})\,w_{2,k}]\,"
        r"h_{2}(1-h_{2})\,i_{2}"
    )


def test_every_optimizer_has_its_formula() -> None:
    assert STEP_TEX.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", [n for n, a in ACTIVATIONS.items() if a.differentiable])
def test_every_formula_can_be_typeset(activation: str, optimizer: str) -> None:
    """Hidden and output places of deep networks, with decay and mean: no TeX that stumbles."""
    patterns = Patterns(np.eye(2), np.eye(2) * 0.8 + 0.1)
    network = layered((2, 2, 2, 2), (activation, "tanh", activation), shortcuts=True)
    training = Training(
        optimizer=optimizer, rate=0.01, decay_l1=1e-3, decay_l2=1e-2, reduction="mean"
    )
    run = Run(Start(network, patterns, None, "squared", Criterion(), "uniform", 0.5, training, 0))
    scene = Scene.of(run)
    trace = scene.trace()
    assert LOSSES["squared"] is scene.loss
    for place in (
        Place("weight", 1, 1, 0, 0), Place("weight", 3, 0, len(network.connections) - 1, 1),
        Place("bias", 2, 0),
    ):  # fmt: skip
        change = look_at_change(scene, trace, place)
        texts = (change_tex(scene, change), pattern_tex(scene, change, 1), step_tex(scene, change))
        for tex in texts:
            formula = typeset(tex, 15.0, "#000000", True)
            assert 0 < formula.width < 3000
            assert formula.ascent + formula.descent < 90


def test_it_fits_a_small_window(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel, open_main: Callable[..., MainWindow]
) -> None:
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: panel.formulas.is_ready, timeout=10_000)
    assert window.height() <= 800
    assert panel.table.viewport().height() > 40
    assert window._network.canvas.height() > 250
