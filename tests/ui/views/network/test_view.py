"""The network view as a person uses it: look, point, choose a pattern, see it learn."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.model.references import WeightRef
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, Link
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, THEMES, Theme
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.canvas import NetworkCanvas
from bpviz.ui.views.network.hover import Info
from bpviz.ui.views.network.labels import short
from bpviz.ui.views.network.layout import GroupBlock
from bpviz.ui.views.network.letters import Lettering

FrameFor = Callable[..., Frame]


def hidden(*sizes: int, activation: str = "logistic") -> tuple[Hidden, ...]:
    return tuple(Hidden(size, activation) for size in sizes)


def open_view(
    qtbot: QtBot, frame: Frame | None, theme: Theme = LIGHT, size: tuple[int, int] = (620, 430)
) -> NetworkView:
    """A view in a window; a window of its own would complain about the offscreen platform."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    view = NetworkView(window, theme)
    view.resize(*size)
    view.kept_alive = window
    if frame is not None:
        view.show_frame(frame)
    window.show()
    view.grab()
    return view


def block(view: NetworkView, group: int) -> GroupBlock:
    return view.canvas.layout_shown.blocks[group]


def unit_place(view: NetworkView, group: int, unit: int) -> QPointF:
    return QPointF(block(view, group).x[unit], block(view, group).y[unit])


def edge_place(view: NetworkView, ends: tuple[tuple[int, int], tuple[int, int]]) -> QPointF:
    """A place on a straight line, away from its middle, where lines cross."""
    start, end = (unit_place(view, *at) for at in ends)
    return start + (end - start) * 0.6


def point_at(view: NetworkView, place: QPointF) -> Info | None:
    canvas: NetworkCanvas = view.canvas
    there = canvas.mapToGlobal(place)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, there, none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas, event)
    canvas.grab()
    return canvas.info()


def changed(frame: Frame, parameters: Vector) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, parameters=parameters))


def colour_at(view: NetworkView, place: QPointF) -> QColor:
    return view.canvas.grab().toImage().pixelColor(place.toPoint())


def step_network(frame: Frame) -> Frame:
    """Two input groups, step units, groups side by side, a shortcut: all set by hand."""
    groups = (
        Group("left", 2, "input"),
        Group("right", 3, "input"),
        Group("a", 3, "hidden", "step"),
        Group("b", 2, "hidden", "relu"),
        Group("output", 1, "output", "step"),
    )
    pairs = ((0, 2), (1, 3), (2, 4), (3, 4), (0, 4))
    network = Network(groups, tuple(Connection(*pair) for pair in pairs))
    rng = np.random.default_rng(0)
    inputs, targets = rng.integers(0, 2, (8, 5)), rng.integers(0, 2, (8, 1))
    patterns = PatternSet("hand", "table", Patterns(inputs, targets), tuple("abcde"), ("y",))
    parameters = rng.normal(size=network.n_parameters)
    setup = replace(frame.setup, patterns=patterns, network=network)
    snapshot = replace(frame.snapshot, parameters=parameters, activations=())
    return Frame(setup, snapshot, frame.curve)


FIELDS = (Link("input", "hidden 1", field=(3, 3), shared=True), Link("input", "output"))
FIXED = (Link("input", "hidden 1", fixed=True), Link("input", "output", density=0.5))

NETWORKS: dict[str, tuple[str, dict[str, object]]] = {
    "no hidden group": ("xor", {"hidden": ()}),
    "2-3-1": ("xor", {"hidden": hidden(3)}),
    "8 groups": ("spiral", {"hidden": hidden(*[8] * 8, activation="tanh")}),
    "100 units": ("iris", {"hidden": hidden(100)}),
    "1,024 units": ("xor", {"hidden": hidden(1024, activation="relu")}),
    "digits": ("digits", {"hidden": hidden(32)}),
    "shared fields": ("digits", {"hidden": hidden(36, 5), "links": FIELDS}),
    "fixed and masked": ("iris", {"hidden": hidden(4, 3), "links": FIXED}),
    "many inputs": ("parity", {"options": {"n": 10}, "hidden": hidden(10)}),
    "one input": ("sine", {"hidden": hidden(6, activation="tanh")}),
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_painted(
    qtbot: QtBot, frame_for: FrameFor, name: str, theme: Theme
) -> None:
    problem, changes = NETWORKS[name]
    frame = frame_for(problem, epochs=1, **changes)
    view = open_view(qtbot, frame, theme)
    image = view.canvas.grab().toImage()
    assert image.pixelColor(1, 1) == theme.colour("surface")
    assert len(colours(image)) > 40
    for group in range(len(frame.setup.network.groups)):
        assert point_at(view, unit_place(view, group, 0)) is not None
    view.resize(1400, 900)
    view.resize(300, 280)
    view.grab()


def colours(image: QImage) -> set[int]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return set(np.frombuffer(image.constBits(), dtype=np.uint32).tolist())


def test_a_network_made_by_hand_is_painted(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = step_network(frame_for("xor"))
    view = open_view(qtbot, frame)
    info = point_at(view, unit_place(view, 2, 1))
    assert info is not None
    assert info.rows[0][0] == "threshold"


def test_a_view_without_a_frame_says_so(qtbot: QtBot) -> None:
    view = open_view(qtbot, None)
    assert not view.strip.isEnabled()
    assert len(colours(view.canvas.grab().toImage())) > 2
    assert point_at(view, QPointF(100, 100)) is None


# -- fill and lines ------------------------------------------------------------------------


def test_units_are_filled_by_the_activation_of_the_chosen_pattern(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(3)))
    beside_text = QPointF(0, block(view, 0).radius * 0.7)
    fills = []
    for row in range(4):
        view.select_pattern(row)
        fills.append(
            [colour_at(view, unit_place(view, 0, unit) + beside_text) for unit in range(2)]
        )
    blue = [[bool(fill.red() < 100) for fill in pair] for pair in fills]
    assert blue == [[False, False], [False, True], [True, False], [True, True]]
    assert fills[3][0] == LIGHT.colour("positive")
    assert min(fills[0][0].getRgb()) > 250  # zero is the surface


def test_lines_are_blue_and_orange_and_as_wide_as_their_weights(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    frame = frame_for("xor", hidden=hidden(1))
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[:, 0] = [2.0, -2.0]
    network.weights(parameters, 1)[0, 0] = 0.5
    view = open_view(qtbot, changed(frame, parameters))
    strong = edge_place(view, ((0, 0), (1, 0))), edge_place(view, ((0, 1), (1, 0)))
    assert [colour_at(view, place).name() for place in strong] == [
        LIGHT.positive,
        LIGHT.negative,
    ]
    weak = edge_place(view, ((1, 0), (2, 0)))
    assert line_width(view, strong[0]) >= line_width(view, weak) + 2


def line_width(view: NetworkView, place: QPointF) -> int:
    """Pixels from top to bottom that are not the surface."""
    image = view.canvas.grab().toImage()
    column = [image.pixelColor(round(place.x()), round(place.y()) + dy) for dy in range(-12, 13)]
    return sum(colour != LIGHT.colour("surface") for colour in column)


def test_absent_weights_leave_the_surface_free(qtbot: QtBot, frame_for: FrameFor) -> None:
    links = (Link("input", "hidden 1", present=False), Link("input", "output"))
    with pytest.raises(ValueError, match="must be the target of a connection"):
        frame_for("xor", hidden=hidden(1), links=links)
    frame = frame_for("iris", hidden=hidden(2), links=(Link("input", "hidden 1", density=0.5),))
    mask = frame.setup.network.connections[0].mask
    assert mask is not None
    view = open_view(qtbot, changed(frame, np.ones(frame.setup.network.n_parameters)))
    for source, target in np.argwhere(mask):
        place = edge_place(view, ((0, int(source)), (1, int(target))))
        info = point_at(view, place)
        assert info is not None
        assert "→" in info.title
    drawn = sum(len(w) for w in view.canvas.lines_shown)
    assert drawn == mask.sum() + 6


def test_biases_are_rings_of_their_colour(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=hidden(2))
    parameters = np.zeros(frame.setup.network.n_parameters)
    frame.setup.network.biases(parameters, 1)[:] = [1.0, -1.0]
    view = open_view(qtbot, changed(frame, parameters))
    reach = block(view, 1).radius + 2.5
    for unit, side, role in ((0, 1, "positive"), (1, -1, "negative")):
        place = unit_place(view, 1, unit) + QPointF(side * reach * 0.7071, -reach * 0.7071)
        assert colour_at(view, place) == LIGHT.colour(role)
        other = unit_place(view, 1, unit) + QPointF(-side * reach * 0.7071, -reach * 0.7071)
        assert colour_at(view, other) == LIGHT.colour("surface")


def test_a_theme_changes_at_once(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor"))
    view.set_theme(DARK)
    assert colour_at(view, QPointF(1, 1)) == DARK.colour("surface")


# -- pointing ------------------------------------------------------------------------------


def test_pointing_at_a_unit_shows_its_numbers_live(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    view = open_view(qtbot, frame)
    before = view.canvas.grab().toImage()
    first = point_at(view, unit_place(view, 1, 1))
    assert first is not None
    assert first.title == "h2, unit 2 of hidden 1"
    assert view.canvas.grab().toImage() != before  # the panel, and the unit's lines stand out
    view.show_frame(changed(frame, frame.snapshot.parameters * 2.0))
    view.canvas.grab()
    later = view.canvas.info()
    assert later is not None
    assert later.title == first.title
    assert later.rows != first.rows


def test_pointing_at_a_weight_shows_its_numbers_live(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    view = open_view(qtbot, frame)
    info = point_at(view, edge_place(view, ((1, 0), (2, 0))))
    assert info is not None
    assert info.title == "h1 → y"
    weight = float(frame.setup.network.weights(frame.snapshot.parameters, 1)[0, 0])
    assert info.rows[0] == ("weight w", f"{weight:+.4f}".replace("-", "−"))
    view.show_frame(changed(frame, frame.snapshot.parameters * 0.0))
    view.canvas.grab()
    assert view.canvas.info().rows[0] == ("weight w", "+0.0000")


def test_the_panel_goes_when_the_mouse_does(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor"))
    bare = view.canvas.grab().toImage()
    assert point_at(view, unit_place(view, 1, 0)) is not None
    assert point_at(view, QPointF(3, 3)) is None
    assert view.canvas.grab().toImage() == bare
    assert point_at(view, unit_place(view, 1, 0)) is not None
    QApplication.sendEvent(view.canvas, QEvent(QEvent.Type.Leave))
    assert view.canvas.info() is None
    assert view.canvas.grab().toImage() == bare


def test_a_changed_learning_rate_changes_nothing_here(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=hidden(3))
    view = open_view(qtbot, frame)
    info = point_at(view, unit_place(view, 1, 2))
    training = replace(frame.setup.experiment.training, rate=0.01)
    experiment = replace(frame.setup.experiment, training=training)
    view.show_frame(replace(frame, setup=replace(frame.setup, experiment=experiment)))
    view.grab()
    assert view.canvas.info() == info


def test_a_new_network_forgets_what_was_pointed_at(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(8)))
    assert point_at(view, unit_place(view, 1, 7)) is not None
    view.show_frame(frame_for("xor", hidden=hidden(1)))
    view.grab()
    assert view.canvas.info() is None


def test_a_smaller_view_may_no_longer_have_what_was_pointed_at(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("xor", epochs=0, hidden=hidden(2, 2, 2, 880, 2, 2, 2, 2)))
    assert point_at(view, unit_place(view, 4, 879)) is not None
    view.resize(300, 280)
    view.grab()
    assert block(view, 4).shown < 880
    assert view.canvas.info() is None


@pytest.mark.parametrize("name", NETWORKS)
def test_the_panel_stays_in_the_picture(qtbot: QtBot, frame_for: FrameFor, name: str) -> None:
    problem, changes = NETWORKS[name]
    view = open_view(qtbot, frame_for(problem, epochs=0, **changes), size=(480, 380))
    for group in range(len(view.canvas.layout_shown.blocks)):
        for unit in (0, block(view, group).shown - 1):
            assert point_at(view, unit_place(view, group, unit)) is not None
            box = view.canvas.panel_shown
            place = unit_place(view, group, unit)
            assert not box.holds(place.x(), place.y())
            assert box.left >= 0
            assert box.top >= 0
            assert box.right <= view.canvas.width()
            assert box.bottom <= view.canvas.height()


def test_the_mouse_or_the_same_pattern_alone_paints_no_network(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = open_view(qtbot, frame_for("digits", epochs=1, hidden=hidden(32)))
    painted: list[object] = []

    def paint(*args: object) -> Iterator[None]:
        painted.append(args)
        yield

    monkeypatch.setattr("bpviz.ui.views.network.offscreen_painter.paint_network", paint)
    for x in range(3, 9):
        assert point_at(view, QPointF(x, 3)) is None
    view.select_pattern(0)  # which it shows already
    for _ in range(5):
        QApplication.processEvents()
    assert painted == []
    view.select_pattern(1)
    qtbot.waitUntil(lambda: len(painted) == 1)


def test_the_panel_is_below_and_right_of_what_is_pointed_at(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(3)), size=(900, 700))
    place = unit_place(view, 0, 0)
    point_at(view, place)
    corner = QPoint(int(view.canvas.panel_shown.left), int(view.canvas.panel_shown.top))
    assert corner.x() > place.x()
    assert corner.y() > place.y()


# -- painting in pieces ---------------------------------------------------------------------


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pieces are turns of their own, and frames do not follow each other quickly."""
    monkeypatch.setattr("bpviz.ui.views.network.offscreen_painter.SLICE", 0.0)
    monkeypatch.setattr("bpviz.ui.views.network.canvas.SETTLE_MS", 0)


def test_pictures_painted_in_turns_are_as_if_painted_at_once(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pieces(monkeypatch)
    frames = [frame_for("digits", epochs=n, hidden=hidden(32)) for n in (0, 1)]
    at_once = list[QImage]()
    for before, after in (reversed(frames), frames):
        view = open_view(qtbot, before)
        view.show_frame(after)
        at_once.append(view.canvas.grab().toImage())
    views = [open_view(qtbot, frame) for frame in reversed(frames)]
    for view, frame in zip(views, frames, strict=True):
        view.show_frame(frame)
    works = [view.canvas.pieces() for view in views]
    turns = sum(1 for _ in zip(*works, strict=False))
    assert turns > 20
    for view, work, image in zip(views, works, at_once, strict=True):
        assert len(list(work)) < 10
        assert view.canvas.grab().toImage() == image


def test_what_changes_while_a_picture_is_painted_is_in_it(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pieces(monkeypatch)
    frame = frame_for("digits", epochs=1, hidden=hidden(32))
    view = open_view(qtbot, frame)
    view.show_frame(frame)
    work = view.canvas.pieces()
    for _ in range(20):
        next(work)
    view.select_pattern(7)
    assert sum(1 for _ in work) > 20
    other = open_view(qtbot, frame)
    other.select_pattern(7)
    assert view.canvas.grab().toImage() == other.canvas.grab().toImage()


# -- words ---------------------------------------------------------------------------------


def words_in(view: NetworkView) -> str:
    """All text that the picture shows, as an SVG of it has it: font by font, so in pieces."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.canvas.size())
    painter = QPainter(generator)
    view.canvas.render(painter, QPoint())
    painter.end()
    return "".join(re.findall(r">([^<>\n]+)</text>", bytes(buffer.data().data()).decode()))


def test_the_picture_says_what_it_shows(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("xor", epochs=20, hidden=hidden(2))
    network = frame.setup.network
    parameters = np.zeros(network.n_parameters)
    network.weights(parameters, 0)[:] = [[1.25, -2.5], [3.75, 0.5]]
    network.biases(parameters, 1)[:] = [-0.75, 0.25]
    view = open_view(qtbot, changed(frame, parameters))
    view.select_pattern(1)
    words = words_in(view)
    for text in ("epoch 20", "pattern 0 1 → 1", "x1", "x2", "h1", "h2", "t 1", "weight−55"):
        assert text in words
    for text in ("1.25", "−2.50", "3.75", "0.50", "b −0.75", "b 0.25"):
        assert text in words
    assert short(1.0 / (1.0 + np.exp(-3.0))) in words  # h1 for x2 = 1
    point_at(view, unit_place(view, 1, 0))
    pointed = words_in(view)
    assert "1.25" in pointed
    assert "−2.50" in pointed  # in grey: the other weights stay readable


@pytest.mark.parametrize("shape", [(), (1,), (3,), (40,)])
def test_a_connection_whose_mask_leaves_no_weight_is_drawn_as_nothing(
    qtbot: QtBot, frame_for: FrameFor, shape: tuple[int, ...]
) -> None:
    sparse = (Link("input", "hidden 1" if shape else "output", density=1e-9),)
    frame = frame_for("xor", epochs=2, hidden=hidden(*shape), links=sparse)
    assert not frame.setup.network.connections[0].mask.any()
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(620, 430)
    view.show_frame(frame)
    image = view.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 620, 7) for y in range(0, 430, 7)}) > 3


def test_at_rest_the_old_picture_stays_until_the_new_one_is_complete(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pieces(monkeypatch)
    frame = frame_for("digits", hidden=hidden(32))
    later = changed(frame, -2.0 * frame.snapshot.parameters)
    view = open_view(qtbot, frame)
    qtbot.waitUntil(lambda: on_screen(view) == grabbed(view))
    before, turns = on_screen(view), 0
    view.show_frame(later)
    while on_screen(view) == before:
        QApplication.processEvents()
        turns += 1
        assert turns < 1000
    assert turns > 10
    assert on_screen(view) == grabbed(open_view(qtbot, later))


@pytest.mark.parametrize("why", ["training", "frames come faster"])
def test_a_picture_that_cannot_wait_is_painted_in_one_turn(
    qtbot: QtBot, frame_for: FrameFor, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    small_pieces(monkeypatch)
    frame = frame_for("digits", hidden=hidden(32))
    later = changed(frame, -2.0 * frame.snapshot.parameters)
    view = open_view(qtbot, frame)
    qtbot.waitUntil(lambda: on_screen(view) == grabbed(view))
    before = on_screen(view)
    if why == "training":
        view.show_frame(replace(later, epochs_per_second=100.0))
    else:
        monkeypatch.setattr("bpviz.ui.views.network.offscreen_painter.LATE", 0.0)
        view.show_frame(frame)
        view.show_frame(later)
    QApplication.sendPostedEvents()
    assert on_screen(view) != before


def test_what_changes_at_rest_reaches_the_screen(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(3)))
    qtbot.waitUntil(lambda: view.canvas.is_at_rest)
    before = on_screen(view)
    view.select_pattern(2)
    qtbot.waitUntil(lambda: on_screen(view) != before)
    assert on_screen(view) == grabbed(view)


def grabbed(view: NetworkView) -> QImage:
    """The diagram and what lies on it, painted for this."""
    image = view.grab(view.canvas.geometry()).toImage()
    return image.convertToFormat(QImage.Format.Format_RGB32)


def on_screen(view: NetworkView) -> QImage:
    """What the window has on screen where the diagram is: nothing is painted for this."""
    window, canvas = view.window(), view.canvas
    shown = window.backingStore().paintDevice().copy()
    return shown.copy(QRect(canvas.mapTo(window, QPoint()), canvas.size()))


@pytest.mark.parametrize("away", [0.0, 7.0, -7.0, 25.0])
def test_a_weight_is_pointed_at_from_a_few_px_beside_it(
    qtbot: QtBot, frame_for: FrameFor, away: float
) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(2)))
    start, end = unit_place(view, 1, 1), unit_place(view, 2, 0)
    across = QPointF(-(end - start).y(), (end - start).x())
    across *= away / (across.x() ** 2 + across.y() ** 2) ** 0.5
    target = view.canvas.point_at((start + end) / 2 + across)
    assert target == (None if abs(away) > 20 else WeightRef(1, 1, 0))


def test_of_two_weights_the_nearer_one_is_pointed_at(qtbot: QtBot, frame_for: FrameFor) -> None:
    view = open_view(qtbot, frame_for("xor", hidden=hidden(6)))
    ends = [unit_place(view, 1, unit) * 0.15 + unit_place(view, 2, 0) * 0.85 for unit in (2, 3)]
    for share, unit in ((0.4, 2), (0.6, 3)):
        place = ends[0] * (1 - share) + ends[1] * share
        assert view.canvas.point_at(place) == WeightRef(1, unit, 0)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """The texts that the diagram writes, each with the x of its right end."""
    written: list[tuple[str, float]] = []
    write = Lettering.write

    def noted(
        self: Lettering, painter: QPainter, x: float, y: float, text: str, align: float = 0.0
    ) -> None:
        written.append((text, x + (1.0 - align) * self.width(text)))
        write(self, painter, x, y, text, align)

    monkeypatch.setattr(Lettering, "write", noted)
    return written


@pytest.mark.parametrize(("width", "height"), [(320, 220), (420, 300), (620, 430)])
def test_a_long_class_beside_an_output_loses_its_middle(
    qtbot: QtBot, frame_for: FrameFor, written: list[tuple[str, float]], width: int, height: int
) -> None:
    """The smallest is a picture of the usual size with a poster's text."""
    frame = frame_for("circle", epochs=0)
    names = ("no recurrence events", "recurrence events")
    patterns = replace(frame.setup.patterns, class_names=names)
    frame = replace(frame, setup=replace(frame.setup, patterns=patterns))
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show_frame(frame)
    view.grab()
    (text, right), *_ = [(text, right) for text, right in written if text.startswith("t ")]
    assert right <= view.canvas.width()
    assert text.startswith(f"t {frame.setup.patterns.train.targets[0, 0]:g}")
    assert "…" in text or text == "t 0" or width == 620


@pytest.mark.parametrize("scale", [1.0, 284_900.0, -3_210.5, 0.25, 4e8])
def test_the_target_beside_an_output_is_not_cut(
    qtbot: QtBot, frame_for: FrameFor, written: list[tuple[str, float]], scale: float
) -> None:
    frame = frame_for("sine", epochs=0)
    train = frame.setup.patterns.train
    targets = np.linspace(0.1, 1.0, len(train))[:, None] * scale
    patterns = replace(frame.setup.patterns, train=Patterns(train.inputs, targets))
    frame = replace(frame, setup=replace(frame.setup, patterns=patterns))
    for row in (0, len(train) - 1, len(train) // 2):
        view = NetworkView(theme=LIGHT)
        qtbot.addWidget(view)
        view.resize(620, 430)
        view.show_frame(frame)
        view.select_pattern(row)
        written.clear()
        view.grab()
        found = [(text, right) for text, right in written if text.startswith("t ")]
        assert found
        for text, right in found:
            assert right <= view.canvas.width()
            assert not {"e", "…"} & set(text)
