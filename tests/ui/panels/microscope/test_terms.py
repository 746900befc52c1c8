"""The terms of the microscope's formulas: where they stand, what they light, what they are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.core.microscope.error_paths import PathTree
from bpviz.core.microscope.formula_numbers import path_tex, pattern_tex, step_tex, unit_numbers_tex
from bpviz.core.microscope.formulas import Indices, change_tex, unit_tex, where_tex
from bpviz.core.microscope.microscope import NextUpdate, parameter_change, read_terms
from bpviz.core.microscope.terms import Term, chains_of, unmarked
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, WeightRef, in_range
from bpviz.core.run.observe import next_update, observe
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import StepEpochs
from bpviz.session.frame import Curve, Frame
from bpviz.ui.panels.microscope.formula_area import SIZE, SMALLEST, FormulaArea
from bpviz.ui.panels.microscope.highlight import PAD
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.panels.microscope.number_line import NumberLine
from bpviz.ui.panels.microscope.numbers import html_of
from bpviz.ui.panels.microscope.panel import MicroscopePanel
from bpviz.ui.panels.microscope.term_words import WORDS, term_target, term_words
from bpviz.ui.toolkit.drawing.formula import TermBox, typeset
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, SPACE
from bpviz.ui.views.network.hover import ElementSet, units_of
from bpviz.ui.window.main_window import MainWindow
from tests.ui.mouse import move_mouse

XOR = replace(experiment_for("xor"), stop=Stop())


def around(boxes: tuple[TermBox, ...], n: int) -> list[int]:
    """The terms that a term is a part of."""
    found, depth = [], boxes[n].depth
    for m in range(n - 1, -1, -1):
        if boxes[m].depth < depth:
            found.append(m)
            depth = boxes[m].depth
    return found


def check_boxes(boxes: tuple[TermBox, ...], tex: str, inside: QRectF) -> None:
    """Every term has room of its own inside the picture; only parts of it lie within it."""
    chains = chains_of(tex)
    assert [(box.term, box.depth) for box in boxes] == [(c[-1], len(c)) for c in chains]
    for n, each in enumerate(boxes):
        assert min(each.box.width(), each.box.height()) > 2.0, each
        assert inside.adjusted(-0.1, -0.1, 0.1, 0.1).contains(each.box), each
        outer = around(boxes, n)
        for m in range(n):
            both = each.box.intersected(boxes[m].box)
            if m in outer:
                assert boxes[m].box.adjusted(-0.1, -0.1, 0.1, 0.1).contains(each.box)
            else:
                assert min(both.width(), both.height()) < 0.7, (each, boxes[m])


def check_formula(tex: str, *, beside_plain: bool = False) -> None:
    formula = typeset(tex, 15.0, "#000000", True)
    inside = QRectF(0.0, -formula.ascent, formula.width, formula.ascent + formula.descent)
    check_boxes(formula.boxes, tex, inside)
    if beside_plain:
        plain = typeset(unmarked(tex), 15.0, "#000000", True)
        assert formula.width == pytest.approx(plain.width, abs=0.1)  # marks move nothing
        assert formula.ascent == pytest.approx(plain.ascent, abs=1.0)


@pytest.fixture
def line(qtbot: QtBot) -> NumberLine:
    line = NumberLine("line")
    qtbot.addWidget(line)
    return line


def check_line(line: NumberLine, tex: str) -> None:
    html = html_of(tex)
    line.show_marked(html)
    line.resize(3000, line.sizeHint().height())
    assert line.text() == unmarked(html)
    assert not set("⟦⟧|") & set(line.text())
    check_boxes(line.term_boxes(), tex, QRectF(line.contentsRect()))


def update_of(
    network: Network, error: str = "squared", rule: str = "backpropagation", **training: object
) -> NextUpdate:
    outputs = network.n_outputs
    targets = np.eye(3)[:, :outputs] * 0.8 + 0.2 / outputs * (outputs > 1)
    targets /= targets.sum(axis=1, keepdims=True) if error == "categorical" else 1.0
    patterns = Patterns(np.linspace(-1, 2, 3 * network.n_inputs).reshape(3, -1), targets)
    run = Run(
        RunSpec(network, patterns, None, error, Criterion(), "uniform", 0.5,
              Training(rate=0.01, **training), 0, rule)
    )  # fmt: skip
    run.advance(2)
    return next_update(run)


def formulas_of(update: NextUpdate, ref: NetworkRef) -> tuple[list[str], list[str]]:
    """The formulas that are typeset, and those that are lines of text."""
    seen = read_terms(update, ref)
    at, change = Indices.letters(update, ref), seen.change
    symbols = [unit_tex(update, seen.unit, at), where_tex(update, seen.unit, at)]
    numbers = [unit_numbers_tex(update, seen.unit, 1, 3)]
    if change is not None:
        symbols = [change_tex(update, change, at), symbols[1]]
        numbers += [pattern_tex(update, change, 1, 3), step_tex(update, change, 3)]
    paths = list(PathTree(update, 1).complete(seen.unit.group, seen.unit.unit))[:2]
    numbers += [path_tex(update, path, 3) for path in paths]
    return [tex for tex in symbols if tex], numbers


DEEP = layered((2, 2, 2, 2), ("tanh", "logistic", "softmax"), shortcuts=True)
SOFT = layered((2, 2, 2), ("softmax", "softmax"))
TIED = Network(
    (Group("input", 3, "input"), Group("hidden", 2, "hidden", "tanh"),
     Group("output", 1, "output", "logistic")),
    (Connection(0, 1, np.array([[1, 0], [1, 1], [0, 1]], dtype=bool),
                np.array([[0, -1], [1, 0], [-1, 1]]), False),
     Connection(1, 2, None, None, False)),
    (None, None, None),
)  # fmt: skip
UPDATES = {
    "decay and mean": lambda: update_of(
        DEEP, optimizer="momentum", decay_l1=1e-3, decay_l2=1e-2, reduction="mean"
    ),
    "cross-entropy": lambda: update_of(DEEP, "categorical", optimizer="descent"),
    "softmax hidden": lambda: update_of(SOFT, optimizer="rmsprop"),
    "ties": lambda: update_of(TIED, "binary", optimizer="adam"),
    "delta rule": lambda: update_of(layered((2, 2), ("linear",)), rule="delta"),
}


@pytest.mark.parametrize("name", UPDATES)
def test_every_term_has_a_place_of_its_own(line: NumberLine, name: str) -> None:
    update = UPDATES[name]()
    network = update.network
    last = next(iter(network.incoming(network.output)))
    output = network.connections[last]
    places = [
        WeightRef(last, 0, 0),
        UnitRef(output.source, 0) if network.hidden else UnitRef(0, 0),
        WeightRef(0, 1, 0),
    ]
    for place in places:
        symbols, numbers = formulas_of(update, place)
        for n, tex in enumerate(symbols):
            check_formula(tex, beside_plain=n == 0 and place is places[-1])
        for tex in numbers:
            check_line(line, tex)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", [n for n, a in ACTIVATIONS.items() if a.differentiable])
def test_so_has_every_activation_s_and_optimizer_s(
    line: NumberLine, activation: str, optimizer: str
) -> None:
    network = layered((2, 2, 2), (activation, activation))
    update = update_of(network, optimizer=optimizer, decay_l2=0.01)
    symbols, numbers = formulas_of(update, WeightRef(0, 0, 1))
    for tex in numbers:
        check_line(line, tex)
    if optimizer in ("descent", "adam") or activation == "logistic":
        check_formula(symbols[0])


# -- words and targets ---------------------------------------------------------------------------


def reading_of(ref: NetworkRef, problem: str = "xor", **changes: object) -> NamedReading:
    setup = prepare(experiment_for(problem, **changes), 1)
    run = new_run(setup)
    run.advance(3)
    snapshot = observe(
        run, replace(EVERYTHING, microscope=ref), shown=setup.shown, probe=setup.probe, run_id=1
    )
    curve = Curve(*(np.empty(0) for _ in Curve.__dataclass_fields__))
    return NamedReading(Frame(setup, snapshot, curve), read_terms(next_update(run), ref))


@pytest.mark.parametrize(
    ("ref", "settings"),
    [
        (WeightRef(0, 0, 1), {"hidden": (Hidden(3, "tanh"), Hidden(2, "tanh"))}),
        (WeightRef(1, 1, 0), {"hidden": (Hidden(3, "softmax"),)}),
        (WeightRef(0, 0, 1), {"hidden": (Hidden(3, "softmax"),)}),
        (BiasRef(2, 0), {"problem": "iris"}),
        (UnitRef(1, 0), {"problem": "digits"}),
        (UnitRef(0, 1), {}),
    ],
)
def test_every_term_is_named_and_lights_its_part(
    ref: NetworkRef, settings: dict[str, object]
) -> None:
    problem = str(settings.get("problem", "xor"))
    changes = {key: value for key, value in settings.items() if key != "problem"}
    reading = reading_of(ref, problem, **changes)
    symbols, numbers = formulas_of(reading.update, ref)
    path = next(iter(PathTree(reading.update, 1).of(reading.unit.group, reading.unit.unit)), None)
    named = {chain[-1] for tex in [*symbols, *numbers] for chain in chains_of(tex)}
    assert len(named) >= (7 if reading.change is not None else 1)
    network = reading.update.network
    for term in named:
        words = term_words(reading, term, 1, path)
        assert len(words) > 5
        assert "−1" not in words.split("\n")[0]
        units = units_of(reading.frame.setup, term_target(reading, term, path))
        assert units
        for unit in units:
            assert in_range(network, unit)


def test_every_kind_of_term_has_words() -> None:
    from typing import get_args

    from bpviz.core.microscope.terms import TermKind

    assert set(get_args(TermKind)) == {*WORDS, "path"}


def test_ties_and_deep_weights_light_all_that_they_are() -> None:
    reading = reading_of(WeightRef(0, 0, 1), hidden=(Hidden(3, "tanh"), Hidden(2, "tanh")))
    lit = term_target(reading, Term("weight", 2, -1, 1, 1), None)
    assert lit == ElementSet((WeightRef(1, 1, 0), WeightRef(1, 1, 1)))
    assert term_target(reading, Term("weight", 3, 0, 2, 1), None) == WeightRef(2, 1, 0)
    assert term_target(reading, Term("delta", 2), None) == ElementSet(
        (), (UnitRef(2, 0), UnitRef(2, 1))
    )
    assert term_target(reading, Term("rate"), None) == WeightRef(0, 0, 1)
    all_between = term_target(reading, Term("weight", 2, -1, 1, -1), None)
    assert len(all_between.weights) == 6


# -- in the window -------------------------------------------------------------------------------


def test_the_highlight_lies_on_the_term_at_any_size(qtbot: QtBot) -> None:
    """Wide or so narrow that the formula shrinks, on a screen of any density, in both themes."""
    tex = change_tex(
        update := update_of(DEEP, optimizer="momentum", decay_l2=0.1),
        parameter_change(update, update.trace(), WeightRef(0, 0, 1)),
    )
    area = FormulaArea()
    qtbot.addWidget(area)
    for theme, width, density in ((LIGHT, 900, 1.0), (DARK, 500, 1.5), (LIGHT, 900, 2.0)):
        area.show_formula("", "")
        area.theme = theme
        area.resize(width, 50)
        area.show_formula(tex, "")
        qtbot.waitUntil(lambda: area.is_ready and bool(area.term_boxes()))
        boxes = area.term_boxes()
        least = SMALLEST / SIZE
        room = QRectF(SPACE, 0, max(width, 700 * least), area.height())
        check_boxes(boxes, tex, room)
        slope = next(box for box in boxes if box.term.kind == "slope" and box.term.group == 1)
        pictures = []
        for area.highlight.term in (None, slope.term):
            image = QImage(area.size() * density, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(density)
            area.render(image)
            pictures.append(np.array(image.constBits()).reshape(image.height(), -1))
        area.highlight.term = None
        rows, columns = np.nonzero(pictures[0] != pictures[1])
        marked = slope.box.adjusted(-PAD, -PAD, PAD, PAD)
        seen = np.array([columns.min() / 4, rows.min(), columns.max() / 4, rows.max()]) / density
        np.testing.assert_allclose(
            seen, [marked.left(), marked.top(), marked.right(), marked.bottom()], atol=1.5
        )


@pytest.fixture
def panel(qtbot: QtBot, open_main: Callable[..., MainWindow]) -> MicroscopePanel:
    """Of 2-3-2-1, looking at the weight from x2 to h1.2."""
    window = open_main(replace(XOR, hidden=(Hidden(3, "tanh"), Hidden(2, "tanh"))))
    window.resize(1280, 800)
    window.session.send(StepEpochs(20))
    window.docks.bring("microscope")
    panel = window.parts.microscope
    panel.look_at(WeightRef(0, 1, 1))
    qtbot.waitUntil(lambda: panel.reading is not None and panel.formulas.is_ready)
    qtbot.waitUntil(lambda: panel.reading.frame.snapshot.epoch == 20)
    return panel


def centre(line: QWidget, kind: str, group: int = -1) -> QPoint:
    """The middle of the first term of a kind in a line."""
    found = [b for b in line.term_boxes() if b.term.kind == kind and group in (-1, b.term.group)]
    return found[0].box.center().toPoint()


def test_pointing_at_a_term_lights_and_names_it(qtbot: QtBot, panel: MicroscopePanel) -> None:
    canvas = panel.window().parts.network.canvas
    formulas = panel.formulas
    area, pattern = formulas.area, formulas.pattern
    dark = canvas.grab().toImage()
    where = formulas.where.term_boxes()[0].term.unit
    move_mouse(qtbot, area, QPoint(1, 1))
    for line, kind, group, lit, words in (
        (area, "slope", 1, UnitRef(1, 1), "f′(net) of h1.2: slope of tanh\npattern 0 0: "),
        (area, "source", 0, UnitRef(0, 1), "value of x2: what the weight carries\npattern 0 0: 0"),
        (pattern, "source", 0, UnitRef(0, 1), "value of x2"),
        (formulas.step, "momentum", -1, WeightRef(0, 1, 1), "momentum: α = 0.9 times"),
        (formulas.where, "slope", 2, UnitRef(2, where), f"f′(net) of h2.{where + 1}: slope of"),
        (pattern, "weight", 2, WeightRef(1, 1, 0), "weight h1.2 → h2.1"),
    ):  # fmt: skip
        move_mouse(qtbot, line, centre(line, kind, group))
        qtbot.waitUntil(lambda lit=lit: canvas.highlight == lit)
        assert formulas.accessibleDescription().startswith(words)
        assert area.highlight.term == pattern.highlight.term == formulas.pointer.term
    assert canvas.grab().toImage() != dark
    qtbot.waitUntil(QToolTip.isVisible)
    named = QToolTip.text()
    assert named == formulas.accessibleDescription()
    # Pointing at a cell of the table highlights its column's term in the formula.
    view, model = panel.table.view, panel.table.model
    for column, kind in enumerate(["back", "slope", "delta", "source", "own"], 2):
        move_mouse(qtbot, view.viewport(), view.visualRect(model.index(1, column)).center())
        qtbot.waitUntil(lambda kind=kind: area.highlight.term and area.highlight.term.kind == kind)
        shown = [box for box in area.term_boxes() if box.term.is_like(area.highlight.term)]
        assert bool(shown) == (kind != "delta")  # which the formula writes out
    # The sum over k lights what its column does, its symbol and its numbers alike.
    row = panel.table.model
    back = next(c.target for c in row.columns if c.kind == "back")
    box = next(b.box for b in area.term_boxes() if b.term.kind == "back")
    move_mouse(qtbot, area, QPoint(round(box.left()) + 1, round(box.center().y())))
    qtbot.waitUntil(lambda: canvas.highlight == back)
    move_mouse(qtbot, area, QPoint(area.width() - 2, 2))
    qtbot.waitUntil(lambda: canvas.highlight is None)
    qtbot.waitUntil(lambda: QToolTip.text() != named)
    assert formulas.accessibleDescription() == ""
    # Another instant has other numbers.
    move_mouse(qtbot, pattern, centre(pattern, "slope", 1))
    qtbot.waitUntil(lambda: formulas.accessibleDescription() != "")
    named = formulas.accessibleDescription()
    panel.window().session.send(StepEpochs(50))
    qtbot.waitUntil(lambda: formulas.accessibleDescription() != named)
    assert formulas.pointer.term == Term("slope", 1, 1)


def test_the_arrow_keys_go_from_term_to_term(qtbot: QtBot, panel: MicroscopePanel) -> None:
    canvas, formulas = panel.window().parts.network.canvas, panel.formulas
    lines = (formulas.area, formulas.pattern, formulas.where, formulas.step)
    everything = [box.term for line in lines for box in line.term_boxes()]
    panel.window().activateWindow()
    formulas.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(formulas.hasFocus)
    seen = [formulas.pointer.term]
    for _ in everything[1:]:
        qtbot.keyClick(formulas, Qt.Key.Key_Right)
        seen.append(formulas.pointer.term)
        assert canvas.highlight is not None
        assert formulas.accessibleDescription()
    assert seen == everything
    assert panel.reading.frame.snapshot.epoch == 20  # the window's own keys kept still
    qtbot.keyClick(formulas, Qt.Key.Key_Up)
    assert formulas.pointer.term in [box.term for box in formulas.where.term_boxes()]
    # With fewer terms, as where a sum over k has no room, it goes on from the last one.
    qtbot.keyClick(formulas, Qt.Key.Key_End)
    formulas.step.show_marked("none")
    qtbot.keyClick(formulas, Qt.Key.Key_Up)
    assert formulas.pointer.term in [box.term for box in formulas.pattern.term_boxes()]
    # What a cell of the table highlights gives way to it again.
    formulas.highlight_column("source")
    assert formulas.area.highlight.term == Term("source", 0, 1)
    formulas.highlight_column(None)
    assert formulas.area.highlight.term == formulas.pointer.term
    qtbot.keyClick(formulas, Qt.Key.Key_Home)
    qtbot.keyClick(formulas, Qt.Key.Key_Left)
    assert formulas.pointer.term == everything[0]
    # Another place has other terms; and without the focus nothing is pointed at.
    panel.look_at(UnitRef(1, 0))
    qtbot.waitUntil(lambda: panel.reading.title == "unit h1.1")
    assert formulas.pointer.term is None
    qtbot.waitUntil(lambda: formulas.is_ready)
    qtbot.keyClick(formulas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: canvas.highlight == UnitRef(1, 0))
    panel.table.view.setFocus()
    qtbot.waitUntil(lambda: canvas.highlight is None)
