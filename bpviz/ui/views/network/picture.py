"""The diagram of a network: its constant and its changing parts, and how they are painted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from bpviz.core.model.references import WeightRef
from bpviz.core.values import Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.views.network.arrange import arrange, target_samples
from bpviz.ui.views.network.brushes import Brushes, ground
from bpviz.ui.views.network.captions import paint_captions, paint_labels
from bpviz.ui.views.network.clamp_marks import paint_clamps
from bpviz.ui.views.network.dead_marks import paint_dead
from bpviz.ui.views.network.edges import EdgePicker, Strand
from bpviz.ui.views.network.header import header_words
from bpviz.ui.views.network.hover import Highlight, belongs, strands_of, units_of
from bpviz.ui.views.network.labels import WIDEST, unit_names
from bpviz.ui.views.network.layout import NetworkLayout, count_weights
from bpviz.ui.views.network.legend import LegendScales, legend_height, legend_items, paint_legend
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.lines import Stroke, paint_lines, stroke_for
from bpviz.ui.views.network.numbers import NumberPlaces, beside_units, is_covered, number_places
from bpviz.ui.views.network.output_tones import output_tones
from bpviz.ui.views.network.overlays import WEIGHT, Overlay, number
from bpviz.ui.views.network.pattern_pass import PatternPass, fixed_limits
from bpviz.ui.views.network.phases import WIDEST_NET, lit_connections, paint_phase
from bpviz.ui.views.network.routes import Routes, route
from bpviz.ui.views.network.units import mark_unit, paint_block

SMOOTH_LENGTH = 120_000.0
"""The total length of lines, px, that can be antialiased within a few ms."""


class Sketch:
    """The constant parts of the diagram, which depend on setup and size only."""

    def __init__(
        self,
        setup: PreparedExperiment,
        width: float,
        height: float,
        letters: Lettering,
        overlay: Overlay,
    ) -> None:
        self.setup = setup
        self.size = width, height
        self.letters = letters
        self.overlay = overlay
        self.outputs = output_tones(setup)
        self.legend = legend_items(setup, self.outputs, overlay)
        self.layout: NetworkLayout = arrange(
            setup, width, height, letters.text, lambda w: legend_height(self.legend, w, letters)
        )
        self.picker = EdgePicker(setup.network, self.layout)
        self.names = tuple(unit_names(setup, g) for g in range(len(setup.network.groups)))
        self.fixed_limits = fixed_limits(setup)
        self._targets = target_samples(setup)
        self.notes = notes(setup, self.layout, self.picker.drawn, overlay)

    def suits(self, setup: PreparedExperiment) -> bool:
        """Whether the sketch of this setup would look the same, such as after edited patterns."""
        return (
            setup.network is self.setup.network
            and fixed_limits(setup) == self.fixed_limits
            and target_samples(setup) == self._targets
            and output_tones(setup).scales == self.outputs.scales
        )


def notes(
    setup: PreparedExperiment, layout: NetworkLayout, drawn: int, overlay: Overlay = WEIGHT
) -> str:
    """Notes about what is not drawn; empty if all is."""
    cut: dict[tuple[int, int], list[str]] = {}
    for group, shown in layout.truncated(setup.network):
        cut.setdefault((shown, group.size), []).append(group.name)
    said = [
        f"{' and '.join(names) if len(names) < 3 else f'{len(names)} groups'}: "
        f"units 1–{shown:,} of {size:,} drawn."
        for (shown, size), names in cut.items()
    ]
    total = count_weights(setup.network)
    if drawn < total:
        by = "" if overlay is WEIGHT else f", by {overlay.noun}"
        said.append(f"The strongest {drawn:,} of {total:,} weights drawn{by}.")
    return "  ".join(said)


class Lines(NamedTuple):
    """The drawn weights, their lines, and the positions of their numbers."""

    strands: tuple[Strand, ...] = ()
    routes: tuple[Routes, ...] = ()
    numbers: NumberPlaces = ()


def lines_for(sketch: Sketch, strands: tuple[Strand, ...]) -> Lines:
    """The lines of these weights."""
    routes, letters = route(sketch.setup.network, sketch.layout, strands), sketch.letters
    width = letters.width(WIDEST) + 6.0
    beside = letters.width(WIDEST_NET)
    numbers = number_places(sketch.layout, routes, width, letters.line, beside)
    return Lines(strands, routes, numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Focus:
    """What is highlighted, and its weights, which are drawn over the other, pale ones."""

    target: Highlight
    routes: tuple[Routes, ...]
    lines: tuple[Vector, ...]


def focus_on(target: Highlight | None, sketch: Sketch, pattern_pass: PatternPass) -> Focus | None:
    """What is highlighted, with its lines; None without a target."""
    if target is None:
        return None
    network = sketch.setup.network
    strands = strands_of(sketch.layout, pattern_pass, target)
    return Focus(
        target,
        route(network, sketch.layout, strands),
        tuple(strand.weights(network, pattern_pass.values) for strand in strands),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All parts of the diagram. With ``smooth``, many lines are antialiased, too, which is slow.

    A widget covers ``corner`` px at the right of the header.
    """

    sketch: Sketch
    theme: Theme
    pattern_pass: PatternPass
    routes: tuple[Routes, ...]
    numbers: NumberPlaces = ()
    focus: Focus | None = None
    smooth: bool = True
    corner: float = 0.0


def paint(painter: QPainter, picture: Picture, vector: bool = False) -> None:
    """Paint a picture at the painter's origin; with ``vector``, without bitmaps."""
    paint_backdrop(painter, picture)
    for _ in paint_network(painter, picture, vector):
        pass


def paint_backdrop(painter: QPainter, picture: Picture) -> None:
    """Paint what changes only with the scales: surface, captions, notes and legend."""
    sketch = picture.sketch
    layout, letters = sketch.layout, sketch.letters
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.fillRect(QRectF(0, 0, layout.width, layout.height), picture.theme.colour("surface"))
    painter.setFont(letters.font)
    paint_captions(_brushes(painter, picture), layout, picture.pattern_pass)
    _paint_notes(painter, picture)
    scales = LegendScales(
        picture.theme,
        picture.pattern_pass.limits,
        _stroke(picture),
        not picture.pattern_pass.lacking,
    )
    paint_legend(painter, layout.legend, sketch.legend, letters, scales)


def paint_network(painter: QPainter, picture: Picture, vector: bool = False) -> Iterator[None]:
    """Paint what changes in every frame: weights, units, their numbers and the header.

    Works in steps of at most about 1 ms; the painter must not be used between them.
    """
    brushes = _brushes(painter, picture, vector)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setFont(picture.sketch.letters.font)
    yield from _paint_edges(painter, picture)
    _paint_numbers(painter, picture)
    yield
    for block in picture.sketch.layout.blocks:
        paint_block(brushes, block, picture.pattern_pass)
        paint_labels(brushes, block, picture.pattern_pass)
        yield
    paint_dead(brushes, picture.sketch.layout, picture.pattern_pass)
    paint_phase(brushes, picture.sketch.layout, picture.pattern_pass)
    paint_clamps(brushes, picture.sketch.layout, picture.pattern_pass)
    _paint_marks(painter, picture)
    _paint_header(painter, picture)


def _brushes(painter: QPainter, picture: Picture, vector: bool = False) -> Brushes:
    sketch = picture.sketch
    return Brushes(painter, picture.theme, sketch.letters, sketch.names, vector, sketch.outputs)


def _stroke(picture: Picture, smooth: bool = True, dim: bool = False) -> Stroke:
    return stroke_for(picture.sketch.picker.drawn, picture.pattern_pass.limits.weight, smooth, dim)


def _paint_edges(painter: QPainter, picture: Picture) -> Iterator[None]:
    smooth = picture.smooth or sum(r.length for r in picture.routes) <= SMOOTH_LENGTH
    cursor = picture.pattern_pass.cursor
    stroke = _stroke(picture, smooth, dim=picture.focus is not None or cursor is not None)
    yield from paint_lines(
        painter, picture.theme, picture.routes, picture.pattern_pass.lines, stroke
    )
    if cursor is not None and picture.focus is None:
        lit = lit_connections(picture.pattern_pass.setup.network, cursor)
        chosen = [i for i, r in enumerate(picture.routes) if r.strand.connection in lit]
        routes = tuple(picture.routes[i] for i in chosen)
        lines = tuple(picture.pattern_pass.lines[i] for i in chosen)
        yield from paint_lines(painter, picture.theme, routes, lines, _stroke(picture, smooth))
    if picture.focus is not None:
        strong = stroke_for(sum(map(len, picture.focus.lines)), picture.pattern_pass.limits.weight)
        yield from paint_lines(
            painter, picture.theme, picture.focus.routes, picture.focus.lines, strong
        )


def _paint_numbers(painter: QPainter, picture: Picture) -> None:
    """Write numbers on their lines: in grey where the phase does not use the weights, or where
    something else is pointed at."""
    if picture.pattern_pass.lacking:
        return
    letters, theme = picture.sketch.letters, picture.theme
    setup, focus = picture.pattern_pass.setup, picture.focus
    cursor = picture.pattern_pass.cursor
    lit = () if cursor is None else lit_connections(setup.network, cursor)
    texts = beside_units(picture.sketch.layout, letters.width(WIDEST_NET) if cursor else 0.0)
    for strand, edge, x, y in picture.numbers:
        of = picture.routes[strand].strand
        weight = WeightRef(of.connection, int(of.source[edge]), int(of.target[edge]))
        value = float(picture.pattern_pass.lines[strand][edge])
        words = number(value, picture.pattern_pass.limits.weight)
        if is_covered(texts, x, y, letters.width(words), letters.line - 3.0):
            continue  # a unit's number is there at this phase
        ground(painter, theme, letters, x, y, words)
        is_grey = cursor is not None and of.connection not in lit
        if focus is not None:
            is_grey = not belongs(setup, focus.target, weight)
        painter.setPen(theme.colour("muted" if is_grey else "text"))
        letters.write(painter, x, y, words, align=0.5)


def _paint_marks(painter: QPainter, picture: Picture) -> None:
    """Mark the highlighted units, and both ends of a highlighted weight."""
    if picture.focus is None:
        return
    painter.setPen(QPen(picture.theme.colour("selection"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for unit in units_of(picture.pattern_pass.setup, picture.focus.target):
        block = picture.sketch.layout.blocks[unit.group]
        if unit.unit < block.shown:
            mark_unit(painter, block, unit.unit)


def _paint_header(painter: QPainter, picture: Picture) -> None:
    """Write the instant, or the phase and its pattern, and what fills the units."""
    pattern_pass, letters, theme = picture.pattern_pass, picture.sketch.letters, picture.theme
    box = picture.sketch.layout.header
    room = box.width - picture.corner
    y = box.top + box.height / 2
    painter.setFont(letters.bold)
    painter.setPen(theme.colour("text"))
    title, texts = header_words(pattern_pass)
    title = letters.elide(title, room, bold=True)
    letters.write(painter, box.left, y, title)
    painter.setFont(letters.font)
    painter.setPen(theme.colour("muted"))
    left = letters.width(title, bold=True) + 2 * SPACE
    letters.write(painter, box.left + left, y, letters.fit(texts, room - left))


def _paint_notes(painter: QPainter, picture: Picture) -> None:
    box, letters = picture.sketch.layout.notes, picture.sketch.letters
    if picture.sketch.notes:
        painter.setPen(picture.theme.colour("muted"))
        words = letters.elide(picture.sketch.notes, box.width)
        letters.write(painter, box.left, box.top + letters.line / 2, words)
