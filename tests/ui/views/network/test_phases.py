"""What the network view writes at the phases of an update, beside its outputs."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.learning.rules import BACKPROPAGATION
from bpviz.core.model.references import UnitRef
from bpviz.core.run.cursor import Cursor, Grain, Phase, cursor_of, phases
from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import Load, StepBy
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.header import header_words
from bpviz.ui.views.network.hover import describe
from bpviz.ui.views.network.labels import pattern_text, short
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.overlays import OVERLAYS, precise
from tests.conftest import curve_of


def at_phase(problem: str, phase: Phase) -> tuple[Frame, Cursor]:
    """A frame whose cursor is at this phase of the first pattern."""
    setup = prepare(experiment_for(problem), 1)
    run = new_run(setup)
    records = [run.record, *run.advance(1)]
    run.position = 1 + phases(setup.network, BACKPROPAGATION).index(phase)
    snapshot = observe(run, EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=1)
    cursor = cursor_of(run)
    return Frame(setup, replace(snapshot, cursor=cursor), curve_of(records)), cursor


@pytest.mark.parametrize(("problem", "size"), [("digits", (600, 370)), ("digits", (1041, 620)),
                                               ("iris", (600, 370))])  # fmt: skip
def test_every_output_has_its_deviation_and_delta(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, problem: str, size: tuple[int, int]
) -> None:
    """However small the units are, within the picture, and over nothing else that is written."""
    written: list[tuple[str, QRectF]] = []
    write = Lettering.write

    def noted(
        self: Lettering, painter: QPainter, x: float, y: float, text: str, align: float = 0.0
    ) -> None:
        width = self.width(text)
        box = QRectF(x - align * width, y - self.line / 2, width, self.line)
        written.append((text, box.adjusted(0, 2, 0, -2)))
        write(self, painter, x, y, text, align)

    window = QWidget()
    qtbot.addWidget(window)
    view = NetworkView(window, LIGHT)
    window.resize(*size)
    view.resize(*size)
    window.show()
    monkeypatch.setattr(Lettering, "write", noted)
    for phase, sign in ((Phase("compare"), "t − o"), (Phase("backward", 2), "δ")):
        frame, cursor = at_phase(problem, phase)
        view.show_frame(frame)
        written.clear()
        view.grab()
        block = view.canvas.layout_shown.blocks[2]
        values = cursor.deviation if sign == "t − o" else cursor.delta[2]
        small = block.value == "beside"
        assert small == (problem == "digits")
        numbers = [
            (text, box) for text, box in written if box.left() > block.x[0] and text[0] in "−0123"
        ]
        for unit, value in enumerate(values.tolist()):
            y = float(block.y[unit])
            if small:
                beside = [text for text, box in numbers if box.top() < y < box.bottom()]
                assert short(value) in beside[1:], (beside, value)
                assert f"t {frame.setup.patterns.train.targets[0][unit]:g}" not in beside
            else:
                words = [text for text, _ in written if f"{sign} " in text]
                assert len(words) == len(values)
        assert sign in [text for text, _ in written] or not small
        for text, box in written:
            if sign in text:
                assert box.right() <= view.canvas.width()
                others = [b for t, b in written if t != text and not t.startswith(("t ", "b "))]
                assert not any(box.intersects(b) for b in others), text
        target = UnitRef(2, 0)
        rows = dict(describe(view.canvas._picture.pattern_pass, target).rows)
        if sign == "δ":
            assert rows["delta δ of this pattern"] == precise(float(values[0]))
        else:
            assert "delta δ of this pattern" not in rows


def test_the_weights_of_the_phase_stand_out(qtbot: QtBot) -> None:
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(620, 430)
    ink = np.empty((2, 2))  # phase, layer of weights
    for at, group in enumerate((1, 2)):
        view.show_frame(at_phase("xor", Phase("forward", group))[0])
        image = view.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.array(image.constBits()).reshape(image.height(), -1, 4).astype(int)
        blocks = view.canvas.layout_shown.blocks
        for layer in (0, 1):
            left, right = (int(blocks[layer + end].x[0]) for end in (0, 1))
            middle = (left + right) // 2
            rows = slice(round(blocks[1].y.min()), round(blocks[1].y.max()))
            ink[at, layer] = np.ptp(pixels[rows, middle - 20 : middle + 20], axis=2).sum()
    assert ink[0, 0] > 1.5 * ink[1, 0]
    assert ink[1, 1] > 1.5 * ink[0, 1]


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["positive", "negative"])
def test_the_weights_of_the_phase_keep_the_colour_of_their_sign(qtbot: QtBot, sign: float) -> None:
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(620, 430)
    frame, _ = at_phase("xor", Phase("forward", 1))
    parameters = np.full(frame.setup.network.n_parameters, 2.0 * sign)
    view.show_frame(replace(frame, snapshot=replace(frame.snapshot, parameters=parameters)))
    image = view.canvas.grab().toImage()
    inputs, hidden = view.canvas.layout_shown.blocks[:2]
    middle = (int(inputs.x[0]) + int(hidden.x[0])) // 2
    rows = range(round(hidden.y.min()), round(hidden.y.max()))
    column = [image.pixelColor(middle, y) for y in rows]
    assert LIGHT.colour("positive" if sign > 0.0 else "negative") in column
    assert LIGHT.colour("negative" if sign > 0.0 else "positive") not in column


def test_the_chosen_pattern_is_the_one_that_phases_go_through(qtbot: QtBot) -> None:
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    frame, cursor = at_phase("xor", Phase("compare"))
    view.show_frame(replace(frame, snapshot=replace(frame.snapshot, cursor=None)))
    view.select_pattern(2)
    strip = view.strip.grab().toImage()
    with qtbot.waitSignal(view.pattern_selected) as told:
        view.show_frame(frame)
    assert told.args == [cursor.row] == [0]
    assert view.strip.grab().toImage() != strip


@pytest.mark.parametrize("size", [(656, 250), (480, 300), (900, 500)])
@pytest.mark.parametrize("problem", ["xor", "and", "majority"])
def test_no_number_of_a_unit_covers_that_of_a_weight(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, problem: str, size: tuple[int, int]
) -> None:
    written: list[tuple[str, QRectF]] = []
    write = Lettering.write

    def noted(
        self: Lettering, painter: QPainter, x: float, y: float, text: str, align: float = 0.0
    ) -> None:
        width = self.width(text)
        written.append(
            (text, QRectF(x - align * width, y - self.line / 2 + 2, width, self.line - 4))
        )
        write(self, painter, x, y, text, align)

    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    monkeypatch.setattr(Lettering, "write", noted)
    for phase in (Phase("forward", 2), Phase("backward", 1), Phase("accumulate")):
        view.show_frame(at_phase(problem, phase)[0])
        written.clear()
        view.grab()
        of_units = [box for text, box in written if "net " in text or "δ " in text]
        of_weights = [box for text, box in written if text[0] in "−0123" and box.width() < 60]
        assert of_units
        assert not [b for b in of_weights if any(b.intersects(unit) for unit in of_units)]


def texts_of(view: NetworkView, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written in the diagram."""
    written: list[str] = []
    write = Lettering.write

    def noted(self: Lettering, *given: object, **more: object) -> None:
        written.append(str(given[3]))
        write(self, *given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Lettering, "write", noted)
        view.grab()
    return written


@pytest.mark.parametrize("problem", ["xor", "and", "majority"])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_buttons_overlay_and_numbers_of_the_weights_stay_in_every_phase(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, problem: str, overlay: str
) -> None:
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 420)
    view.show()
    button = view.findChild(QWidget, f"overlay_{overlay}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    network = prepare(experiment_for(problem)).network
    for phase in phases(network, BACKPROPAGATION):
        frame, cursor = at_phase(problem, phase)
        view.show_frame(frame)
        assert view.overlays.isVisible()
        assert button.isChecked()
        assert view.choices()["overlay"] == overlay
        written = texts_of(view, monkeypatch)
        parameters = frame.snapshot.parameters
        weights = network.weights(parameters, len(network.connections) - 1).ravel().tolist()
        if overlay == "weight":
            assert {short(value) for value in weights} <= {*written}
        shown = view.canvas._picture.pattern_pass.values
        if overlay == "gradient":
            assert np.array_equal(shown, cursor.gradient)
        elif overlay == "change":
            assert np.array_equal(shown, frame.snapshot.change)
        elif overlay == "signal":
            lacking = any(act is None for act in cursor.act[:-1])
            assert np.isnan(shown).any() == lacking


def test_the_header_names_phase_and_pattern_also_after_updates(
    qtbot: QtBot, session: Session
) -> None:
    experiment = experiment_for("xor")
    training = replace(experiment.training, batch=1, order="permuted")
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(700, 420)

    def step(grain: Grain) -> tuple[str, str]:
        states: list[str] = []
        connection = session.status_changed.connect(lambda status: states.append(status.state))
        session.send(StepBy(grain))
        qtbot.waitUntil(lambda: states[-1:] == ["paused"])
        session.disconnect(connection)
        frame = session.take_frame()
        view.show_frame(frame)
        view.grab()
        title, texts = header_words(view.canvas._picture.pattern_pass)
        return title, texts[0]

    session.send(Load(replace(experiment, training=training)))
    qtbot.waitUntil(lambda: session.status.state == "paused")
    rows = new_run(prepare(replace(experiment, training=training))).rows
    patterns = [pattern_text(prepare(experiment).patterns, row) for row in range(4)]
    first = patterns[int(rows[0])]
    assert step("phase") == ("present", f"pattern {first} · epoch 0, update 1 of 4")
    title, words = step("update")
    assert title == "epoch 0, update 1 of 4"
    assert words.startswith(f"updated by pattern {first} · units filled by pattern ")
    for _ in range(2):
        title, words = step("pattern")
    assert title == "update"
    assert words.endswith(" · epoch 0, update 3 of 4")
    assert words.split(" · ")[0].removeprefix("pattern ") in patterns
    title, words = step("epoch")
    assert title == "epoch 1"
    assert words.startswith("units filled by pattern ")


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    session = Session()
    session.mailbox.ask(EVERYTHING)
    yield session
    session.close()
