"""The microscope's panel in the real window: formula, numbers, paths, bars, export."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.microscope.error_paths import PathTree
from bpviz.core.microscope.formula_numbers import path_symbols, path_tex, pattern_tex, step_tex
from bpviz.core.microscope.formulas import Indices, change_tex
from bpviz.core.microscope.microscope import parameter_change
from bpviz.core.microscope.terms import chains_of, unmarked
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.session.commands import Load, StepBy, StepEpochs
from bpviz.session.frame import Frame
from bpviz.session.scheduling import snapshot_budget
from bpviz.ui.panels.microscope.contributions import bars_of, words_below
from bpviz.ui.panels.microscope.model import FETCHED
from bpviz.ui.panels.microscope.numbers import html_of
from bpviz.ui.panels.microscope.panel import MicroscopePanel
from bpviz.ui.toolkit.drawing.formula import typeset
from bpviz.ui.toolkit.drawing.plotting import plot_metrics
from bpviz.ui.views.network.hover import ElementSet
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.raise_on_click import RaiseOnClick
from tests.ui.mouse import move_mouse

XOR = replace(experiment_for("xor"), stop=Stop())


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> MicroscopePanel:
    """The panel in front, looking at the weight from x2 to h2, after 50 epochs."""
    window.session.send(StepEpochs(50))
    window.docks.bring("microscope")
    panel = window.parts.microscope
    panel.look_at(WeightRef(0, 1, 1))  # before the panel has seen a frame
    qtbot.waitUntil(lambda: panel.isVisible() and panel.reading is not None)
    qtbot.waitUntil(lambda: panel.reading.frame.snapshot.epoch == 50)
    assert panel.reading.ref == WeightRef(0, 1, 1)
    return panel


def text(panel: MicroscopePanel, index: QModelIndex) -> str:
    """What a cell says."""
    return str(panel.table.model.data(index, Qt.ItemDataRole.DisplayRole))


def column(panel: MicroscopePanel, kind: str) -> int:
    """Where the column of a kind stands."""
    return 1 + [c.kind for c in panel.table.model.columns].index(kind)


def click_cell(qtbot: QtBot, panel: MicroscopePanel, index: QModelIndex) -> None:
    view = panel.table.view
    view.scrollTo(index)
    at = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def press_unit(qtbot: QtBot, window: MainWindow, group: int, unit: int) -> None:
    """Click a unit of the picture."""
    canvas = window.parts.network.canvas
    block = canvas.layout_shown.blocks[group]
    at = QPoint(round(float(block.x[unit])), round(float(block.y[unit])))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)


def test_a_click_in_the_network_is_looked_at(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    press_unit(qtbot, window, 1, 2)
    qtbot.waitUntil(lambda: panel.reading and panel.reading.title == "unit h3")
    assert "of its group's error" in panel.head.words.text()
    swap = panel.findChild(QToolButton, "microscope_swap")
    qtbot.mouseClick(swap, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.reading and panel.reading.title == "bias of h3")
    assert panel.reading.change is not None


def test_a_click_brings_the_panel_forward_unless_another_one_answers(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 1)
    docks, front = window.docks, window.docks.in_front_beside
    assert front("microscope") == "output"
    press_unit(qtbot, window, 1, 0)
    qtbot.waitUntil(lambda: front("microscope") == "microscope")
    qtbot.waitUntil(
        lambda: (
            window.parts.microscope.reading and window.parts.microscope.reading.title == "unit h1"
        )
    )
    edge, unit = WeightRef(1, 0, 0), UnitRef(1, 1)
    coming = window.findChild(RaiseOnClick)
    for key, target, comes in (
        ("unit", unit, False), ("unit", edge, True), ("parameters", unit, False),
        ("parameters", edge, False), ("microscope", edge, False), ("patterns", edge, True),
    ):  # fmt: skip
        docks.bring(key)
        qtbot.waitUntil(lambda key=key: front("microscope") == key)
        window.parts.network.hands.pressed.emit(target)
        assert coming.is_coming == comes, (key, target)
        coming.stay()
    # The weights' table turns to what is clicked.
    docks.bring("parameters")
    parameters = window.edit_tools.panels["parameters"]
    row_of = parameters.model.row_of
    qtbot.waitUntil(lambda: row_of(WeightRef(1, 0, 0)) is not None)
    window.parts.network.hands.pressed.emit(edge)
    index = parameters.table.currentIndex()
    assert row_of(WeightRef(1, 0, 0)) == index.row()
    # Half of a double click, or a dock that is closed, brings nothing.
    docks.bring("output")
    qtbot.waitUntil(lambda: front("microscope") == "output")
    window.parts.network.hands.pressed.emit(edge)
    window.parts.network.hands.activated.emit(edge, QPointF(10, 10))
    assert not coming.is_coming
    docks.by_key["microscope"].hide()
    window.parts.network.hands.pressed.emit(edge)
    assert not coming.is_coming


def test_the_change_it_promises_is_the_change_that_comes(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    change = panel.reading.change
    before = window.current_frame.snapshot.parameters[change.index]
    window.session.send(StepEpochs(1))
    qtbot.waitUntil(lambda: panel.reading.frame.snapshot.epoch == 51)
    after = window.current_frame.snapshot.parameters[change.index]
    assert change.change == pytest.approx(after - before, rel=1e-12, abs=1e-14)
    assert panel.reading.change.value == after  # it follows the frame


def test_the_table_lists_every_factor_and_the_paths_below(
    qtbot: QtBot, panel: MicroscopePanel
) -> None:
    model, change = panel.table.model, panel.reading.change
    heads = [
        model.headerData(c, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for c in range(model.columnCount())
    ]
    assert heads == ["pattern", "wⱼₖ", "Σ δₖ wⱼₖ", "f′(net)", "δ", "input", "term"]
    assert model.rowCount() == 4
    row = model.index(1, 0)
    assert text(panel, row) == "0 1"
    assert panel.table.view.isColumnHidden(column(panel, "weight"))
    panel.table.view.expand(row)
    assert not panel.table.view.isColumnHidden(column(panel, "weight"))
    assert model.rowCount(row) == 1  # one output, one path
    path = model.index(0, 0, row)
    assert text(panel, path) == "y"
    assert model.parent(path) == row
    assert not model.hasChildren(path)
    term = float(text(panel, model.index(1, column(panel, "contribution"))).replace("−", "-"))
    assert term == pytest.approx(float(change.contributions[1]), rel=1e-2)
    np.testing.assert_array_equal(panel.bars.values, change.contributions)
    click_cell(qtbot, panel, path)
    assert "h2 → y" in panel.formulas.pattern.text()


def test_paths_open_level_by_level_and_light_up(
    qtbot: QtBot, open_main: Callable[..., MainWindow]
) -> None:
    """2-3-2-1: from h1.2 over h2.2 to the output; what is open follows the steps."""
    window = open_main(replace(XOR, hidden=(Hidden(3, "tanh"), Hidden(2, "tanh"))))
    window.docks.bring("microscope")
    panel, canvas = window.parts.microscope, window.parts.network.canvas
    panel.look_at(UnitRef(1, 1))
    qtbot.waitUntil(lambda: panel.reading is not None)
    model, view = panel.table.model, panel.table.view
    pattern = model.index(2, 0)
    view.expand(pattern)
    second = model.index(1, 0, pattern)
    assert (text(panel, second), model.rowCount(pattern)) == ("h2.2", 2)
    assert model.hasChildren(second)
    view.expand(second)
    end = model.index(0, 0, second)
    assert text(panel, end) == "y"
    assert model.parent(end) == second

    def holds() -> bool:
        """The parts sum to what stands above them, at every level."""
        paths = [model.path_at(model.index(k, 0, pattern)) for k in range(2)]
        signal = float(panel.reading.unit.signal[2])
        ends = [model.path_at(model.index(0, 0, model.index(k, 0, pattern))) for k in range(2)]
        sums = [sum(p.product for p in level) for level in (paths, ends)]
        return sums == pytest.approx([signal, signal], rel=1e-12)

    assert holds()
    panel.table.pointed.emit(model.target_at(end))
    assert canvas.highlight == ElementSet(
        (WeightRef(1, 1, 1), WeightRef(2, 1, 0)), (UnitRef(1, 1), UnitRef(3, 0))
    )
    canvas.grab()
    assert {len(routes.strand.source) for routes in canvas._picture.focus.routes} == {1}
    assert canvas.info() is None  # no panel of numbers at the place where the mouse was last
    before = model.path_at(end).product
    window.session.send(StepEpochs(3))
    qtbot.waitUntil(lambda: panel.reading.frame.snapshot.epoch == 3)
    assert view.isExpanded(second)
    assert holds()
    assert model.path_at(end).product != before
    click_cell(qtbot, panel, end)
    assert "h1.2 → h2.2 → y" in panel.formulas.pattern.text()
    for place in range(1, model.columnCount()):  # every cell says something that can be read
        assert "nan" not in text(panel, end.siblingAtColumn(place))


def test_pointing_at_a_term_lights_its_part_of_the_network(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    model, canvas, view = panel.table.model, window.parts.network.canvas, panel.table.view
    here, edge = UnitRef(1, 1), WeightRef(0, 1, 1)
    for kind, target in (
        ("back", ElementSet((WeightRef(1, 1, 0),), (here,))), ("slope", here), ("delta", here),
        ("source", UnitRef(0, 1)), ("contribution", edge),
    ):  # fmt: skip
        at = view.visualRect(model.index(0, column(panel, kind))).center()
        move_mouse(qtbot, view.viewport(), at)
        qtbot.waitUntil(lambda target=target: canvas.highlight == target)
    panel.highlighted.emit(None)
    bars = panel.bars
    plot = bars._plot
    place = QPoint(round(plot.left() + 0.9 * plot.width()), round(plot.center().y()))
    move_mouse(qtbot, bars, place)
    qtbot.waitUntil(lambda: canvas.highlight == edge)
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=place)
    assert window.parts.network.choices()["pattern"] == 3
    assert panel.table.view.currentIndex().row() == 3
    assert "pattern 1 1" in panel.formulas.pattern.text()


def test_an_output_says_what_1_is_in_the_file(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{n},{300 + 70 * (n % 2)}.5\n" for n in range(12)))
    options = {"standardise_targets": True, "targets_are": "numbers"}
    experiment = experiment_for(str(path), options=options, output="linear", error="squared")
    window.session.send(Load(experiment))
    qtbot.waitUntil(lambda: window.current_frame.setup.patterns.target_scale is not None)
    panel.look_at(UnitRef(2, 0))
    qtbot.waitUntil(lambda: panel.reading is not None and panel.reading.title == "unit y")
    assert "standardised: 1 is 35.0 in the file" in panel.head.words.text()


def test_a_unit_shows_all_that_makes_its_delta(qtbot: QtBot, panel: MicroscopePanel) -> None:
    panel.look_at(UnitRef(2, 0))
    qtbot.waitUntil(lambda: panel.reading.title == "unit y")
    kinds = [c.kind for c in panel.table.model.columns]
    assert kinds == ["net", "act", "derivative", "deviation", "delta"]
    assert "100.0 % of E" in panel.head.words.text()
    assert unmarked(panel.formulas.area.tex) == r"\delta_{o_{k}} = (t_{k}-o_{k})\,o_{k}(1-o_{k})"
    panel.look_at(UnitRef(0, 0))
    qtbot.waitUntil(lambda: panel.reading.title == "unit x1")
    assert [c.kind for c in panel.table.model.columns] == ["act"]


def test_numbers_of_another_instant_are_never_shown_as_of_this_one(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel
) -> None:
    """Without a reading in the frame they are grey and say whose they are; of another run, gone."""
    frame = window.current_frame
    bare = replace(frame, snapshot=replace(frame.snapshot, microscope=None, epoch=60))
    panel.show_frame(bare)
    ink = panel.table.model.data(panel.table.model.index(0, 1), Qt.ItemDataRole.ForegroundRole)
    assert ink == panel.theme.colour("muted")
    assert "as it was at epoch 50" in panel.head.words.text()
    panel.show_frame(frame)
    assert "as it was" not in panel.head.words.text()
    panel.show_frame(replace(bare, setup=replace(frame.setup, run_id=frame.setup.run_id + 1)))
    assert panel.reading is None
    assert panel.table.model.rowCount() == 0
    assert not panel.formulas.area.tex
    assert not panel.formulas.step.text()
    assert panel.bars.bars is None
    # A unit of a network that is still to come is waited for.
    panel.look_at(UnitRef(1, 7))
    panel.show_frame(frame)
    assert panel.reading is None
    window.session.send(Load(replace(XOR, hidden=(Hidden(8),))))
    qtbot.waitUntil(lambda: panel.reading and panel.reading.title == "unit h8")


def test_after_an_update_it_explains_the_change_that_the_diagram_shows(
    qtbot: QtBot, window: MainWindow
) -> None:
    """With a pattern an update, the next change is one of another pattern."""
    training = replace(XOR.training, batch=1)
    window.session.send(Load(replace(XOR, training=training)))
    window.docks.bring("microscope")
    panel = window.parts.microscope
    panel.look_at(WeightRef(0, 1, 1))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.training.batch == 1)
    qtbot.waitUntil(lambda: panel.reading is not None)
    for update in (1, 2):  # of 7 phases each
        for position in (1, 2, 3, 4, 5, 6, 7, 0):
            window.session.send(StepBy("phase"))
            qtbot.waitUntil(
                lambda at=position, now=update: (
                    (cursor := window.current_frame.snapshot.cursor) is not None
                    and cursor.position == at
                    and window.current_frame.snapshot.update == (now - 1 if at else now)
                )
            )
            if position == 1:
                row = window.current_frame.snapshot.cursor.row
        qtbot.waitUntil(lambda: "the update just made" in panel.head.words.text())
        assert window.parts.network.choices()["pattern"] == row
        assert panel.reading.update.rows.tolist() == [row]
        change = window.current_frame.snapshot.cursor.change[panel.reading.change.index]
        assert panel.reading.change.change == pytest.approx(change, rel=1e-12, abs=1e-15)
    window.session.send(StepBy("phase"))
    qtbot.waitUntil(lambda: "just made" not in panel.head.words.text())
    assert panel.reading.update.rows.tolist() == [window.current_frame.snapshot.cursor.row]


def test_it_follows_the_training(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it trains the numbers come now and then; at rest they are those of the instant."""
    # Several frames, also of a slow machine.
    monkeypatch.setattr(snapshot_budget, "READING_INTERVAL", 0.2)
    seen: set[int] = set()
    old: list[bool] = []
    model = panel.table.model

    def note(frame: Frame) -> None:
        """Numbers of an earlier instant than the frame's are grey."""
        seen.add(panel.reading.frame.snapshot.epoch)
        if panel.reading.frame is not frame and panel.reading.frame.epochs_per_second > 0:
            ink = model.data(model.index(0, 1), Qt.ItemDataRole.ForegroundRole)
            old.append(ink == panel.theme.colour("muted"))

    window.clock.ticked.connect(note)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(seen) > 3 and len(old) > 3)
    assert all(old)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.current_frame.epochs_per_second == 0 and not panel._lags)
    assert panel.reading.frame is window.current_frame


def test_copied_as_text_and_saved(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    qtbot.waitUntil(lambda: panel.formulas.is_ready)
    asked: list[str] = []

    def answer(path: Path) -> None:
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName",
            lambda parent, title, name, kinds: (asked.append(name), (str(path), kinds))[1],
        )  # fmt: skip

    def trigger(name: str) -> None:
        panel.findChild(QAction, f"microscope_{name}").trigger()

    for kind, suffix, word in (("markdown", ".md", "| pattern |"), ("latex", ".tex", "tabular")):
        trigger(f"copy_{kind}")
        copied = QGuiApplication.clipboard().text()
        assert word in copied
        assert r"\Delta w_{2,2}" in copied
        assert "h2" in copied.splitlines()[0 if kind == "markdown" else 2]
        answer(tmp_path / "terms")
        trigger(f"save_{kind}")
        assert (tmp_path / f"terms{suffix}").read_text(encoding="utf-8") == copied
    trigger("save_png")
    picture = QImage(str(tmp_path / "terms.png"))
    assert picture.width() == 2 * panel._body.width()
    colours = {picture.pixel(x, y) for x in range(0, 900, 7) for y in range(0, 300, 5)}
    assert len(colours) > 10
    assert asked == ["microscope.md", "microscope.tex", "microscope.png"]
    assert panel.findChild(QToolButton, "microscope_save").isVisible()
    # What cannot be written is said in a sentence, and nothing is left half-written.
    before = sorted(tmp_path.iterdir())
    for path in (tmp_path / "not there" / "terms.md", tmp_path / "terms"):
        window.message.clear()
        answer(path)  # a folder that is not there; a file that the dialog did not ask about
        trigger("save_markdown")
        sentence = window.message.text
        assert "could not be written" in sentence
        assert str(path.parent) in sentence
        assert sorted(tmp_path.iterdir()) == before


def test_the_formula_is_the_lecture_s(panel: MicroscopePanel) -> None:
    assert unmarked(panel.formulas.area.tex).startswith(
        r"\Delta w_{ij} = \epsilon\,\sum_p [\sum_k (t_k-o_{k})\,o_{k}(1-o_{k})\,w_{jk}]\,"
        r"h_{j}(1-h_{j})\,i_{i}"
    )
    assert panel.formulas.area.words == "i = x2, j = h2"
    specific = unmarked(change_tex(panel.reading.update, panel.reading.change))
    assert r"w_{2,k}]\,h_{2}(1-h_{2})\,i_{2}" in specific


@pytest.mark.parametrize(
    ("activation", "optimizer"),
    [(name, "descent") for name, row in ACTIVATIONS.items() if row.differentiable]
    + [("logistic", name) for name in OPTIMIZERS if name != "descent"],
)
def test_every_formula_can_be_typeset(activation: str, optimizer: str) -> None:
    """Hidden and output units of deep networks, with decay and mean: TeX that typesets."""
    patterns = Patterns(np.eye(2), np.eye(2) * 0.8 + 0.1)
    network = layered((2, 2, 2, 2), (activation, "tanh", activation), shortcuts=True)
    training = Training(
        optimizer=optimizer, rate=0.01, decay_l1=1e-3, decay_l2=1e-2, reduction="mean"
    )
    run = Run(RunSpec(network, patterns, None, "squared", Criterion(), "uniform", 0.5, training, 0))
    update = next_update(run)
    trace = update.trace()
    assert LOSSES["squared"] is update.loss
    for ref in (
        WeightRef(0, 0, 1), WeightRef(len(network.connections) - 1, 1, 0),
        BiasRef(2, 0),
    ):  # fmt: skip
        change = parameter_change(update, trace, ref)
        numbers = pattern_tex(update, change, 1), step_tex(update, change)
        letters = change_tex(update, change, Indices.letters(update, ref))
        for tex in numbers:  # in the window they are no TeX
            assert not set("\\{}_^⟦⟧") & set(unmarked(html_of(tex))), html_of(tex)
            assert chains_of(html_of(tex)) == chains_of(tex)
        paths = PathTree(update, 1).complete(change.target.group, change.target.unit)
        ways = [(path_symbols(update, path), path_tex(update, path)) for path in paths][:3]
        for tex in (
            change_tex(update, change),
            letters,
            *numbers,
            *(t for way in ways for t in way),
        ):
            formula = typeset(tex, 15.0, "#000000", True)
            assert 0 < formula.width < 3000
            assert formula.ascent + formula.descent < 90


def test_it_fits_a_small_window(
    qtbot: QtBot, window: MainWindow, panel: MicroscopePanel, open_main: Callable[..., MainWindow]
) -> None:
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: panel.formulas.is_ready)
    assert window.height() <= 800
    view, model = panel.table.view, panel.table.model
    view.expand(model.index(1, 0))
    last = view.visualRect(model.index(3, model.columnCount() - 1))
    assert view.viewport().rect().contains(last)  # all patterns, a path, and every column
    assert not view.horizontalScrollBar().isVisible()
    for line in (panel.formulas.pattern, panel.formulas.step):
        assert panel.formulas._fits(line.text())
    before = view.viewport().height()
    qtbot.mouseClick(panel.head.formula, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.viewport().height() > before + 50)
    assert window.parts.network.canvas.height() > 250


def test_bars_of_many_wishes_are_sorted_and_of_few_in_their_order() -> None:
    values = np.random.default_rng(0).normal(size=1797)
    few, many = bars_of(values[:20], 200.0), bars_of(values, 200.0)
    assert not few.is_sorted
    assert few.order.tolist() == list(range(20))
    assert many.is_sorted
    assert (np.diff(values[many.order]) <= 0).all()
    assert many.up + many.down == pytest.approx(many.total)
    assert many.sum_limit >= max(many.up, -many.down)
    assert not many.has_one_scale  # a thousand contributions sum to more than their own scale shows
    one = bars_of(np.array([1.0, -0.5]), 200.0)
    assert one.has_one_scale
    assert one.bar_limit == one.sum_limit == 1.0


def test_long_tables_list_what_is_scrolled_to(
    qtbot: QtBot, open_main: Callable[..., MainWindow]
) -> None:
    window = open_main(
        replace(experiment_for("digits"), training=Training("descent", 0.001), stop=Stop())
    )
    window.docks.bring("microscope")
    panel = window.parts.microscope
    panel.look_at(WeightRef(0, 20, 3))
    qtbot.waitUntil(lambda: panel.reading is not None)
    model = panel.table.model
    assert FETCHED <= model.rowCount() < 1000 < len(panel.reading.update.rows)
    window.select_pattern(1000)
    assert model.rowCount() > 1000
    assert panel.table.view.currentIndex().row() == 1000
    assert panel.bars.bars.is_sorted


@pytest.mark.parametrize("size", [1.0, 3.21e-5, 1.34e-9, 1e-300, 1e9])
def test_the_scale_and_the_sum_below_the_bars_never_overlap(size: float) -> None:
    bars, metrics = bars_of(np.array([-1.234, 0.567, -0.891]) * size, 200.0), plot_metrics()
    shown = []
    for width in range(90, 320, 10):
        scale, total = words_below(bars, float(width), metrics)
        used = metrics.horizontalAdvance(scale) + metrics.horizontalAdvance(total)
        assert used <= width
        shown.append(scale)
        assert total
    assert shown[-1]


@pytest.mark.parametrize("ref", [WeightRef(0, 1, 1), BiasRef(2, 0), UnitRef(1, 0)])
@pytest.mark.parametrize("batch", [1, "all"])
def test_no_term_is_shown_before_the_diagram_has_computed_it(
    qtbot: QtBot,
    window: MainWindow,
    panel: MicroscopePanel,
    ref: WeightRef | BiasRef | UnitRef,
    batch: int | str,
) -> None:
    training = replace(XOR.training, batch=batch)
    window.session.send(Load(replace(XOR, training=training)))
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.training == training)
    panel.look_at(ref)
    group = 2 if isinstance(ref, BiasRef) else 1
    term = "delta" if isinstance(ref, UnitRef) else "contribution"
    for position in range(1, 1 + 7 * (1 if batch == 1 else 2)):  # 7 phases of each pattern
        window.session.send(StepBy("phase"))

        def is_there(at: int = position) -> bool:
            cursor = window.current_frame.snapshot.cursor
            shown = panel.reading is not None and panel.reading.frame is window.current_frame
            return cursor is not None and cursor.position == at and shown

        qtbot.waitUntil(is_there)
        cursor, model = window.current_frame.snapshot.cursor, panel.table.model
        for p in range(model.rowCount()):
            here = p == cursor.pattern
            delta = p < cursor.pattern or (here and cursor.delta[group] is not None)
            added = p < cursor.pattern or (here and cursor.own is not None)
            cell = text(panel, model.index(p, column(panel, "delta")))
            assert (cell != "·") == delta
            known = delta if term == "delta" else added
            assert (text(panel, model.index(p, column(panel, term))) != "·") == known
            assert known or not panel.bars.values[p : p + 1].any()
            panel.select_pattern(int(panel.reading.update.rows[p]))
            assert ("not computed yet" in panel.formulas.pattern.text()) != known
