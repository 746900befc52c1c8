"""The phases of an update in the diagram: which units are computed, and which lines are in use.

A unit that is not computed yet at the current phase is hollow and hatched, with a dot instead of
a number: neither 0 nor its last value.
"""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from bpviz.core.model.network import Network
from bpviz.core.run.cursor import Cursor
from bpviz.core.text.number_words import MINUS, number_text
from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.views.network.brushes import Brushes, ground
from bpviz.ui.views.network.captions import bias_text, target_left
from bpviz.ui.views.network.labels import WIDEST, short
from bpviz.ui.views.network.layout import RING, GroupBlock, NetworkLayout
from bpviz.ui.views.network.overlays import OVERLAYS, Overlay
from bpviz.ui.views.network.pattern_pass import PatternPass
from bpviz.ui.views.network.units import mark_unit

WIDEST_NET = f"net {MINUS}0.0123"
"""A wide text beside a unit."""


def lit_connections(network: Network, cursor: Cursor) -> tuple[int, ...]:
    """The connections that the phase uses."""
    name, group = cursor.phase
    if name == "forward":
        return tuple(network.incoming(group))
    if name == "backward":
        return tuple(network.outgoing(group))
    if name == "accumulate" or (name == "update" and cursor.change is not None):
        return tuple(range(len(network.connections)))
    return ()


GRADIENT = OVERLAYS["gradient"]

SO_FAR = replace(
    GRADIENT,
    key="so far",
    legend=f"downhill {MINUS}∂E/∂w, patterns added so far",
    noun="the gradient so far",
    values=lambda setup, snapshot, act: snapshot.cursor.gradient if snapshot.cursor else None,
)


def phase_overlay(chosen: Overlay, cursor: Cursor | None) -> Overlay:
    """What the lines show: the chosen overlay; inside an update, the gradient as far as it is."""
    inside = cursor is not None and cursor.position > 0
    return SO_FAR if inside and chosen is GRADIENT else chosen


def lit_units(network: Network, cursor: Cursor) -> tuple[int, ...]:
    """The groups that the phase computes."""
    name, group = cursor.phase
    if name == "present":
        return tuple(g for g, row in enumerate(network.groups) if row.role == "input")
    if name == "compare":
        return (network.output,)
    return (group,) if group >= 0 else ()


# -- painting ------------------------------------------------------------------------------------


def paint_phase(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Hatch units that are not computed, ring those of this phase, and write their numbers."""
    cursor = pattern_pass.cursor
    if cursor is None:
        return
    lit = lit_units(pattern_pass.setup.network, cursor)
    for block in layout.blocks:
        if cursor.act[block.group] is None:
            _paint_unknown(brushes, block)
        if block.group in lit:
            _ring(brushes, block)
        if block.kind == "units":
            _write_numbers(brushes, block, pattern_pass, cursor, layout.caption_lines)


def _paint_unknown(brushes: Brushes, block: GroupBlock) -> None:
    painter, theme, *_ = brushes
    hatch = QBrush(theme.colour("muted"), Qt.BrushStyle.BDiagPattern)
    if block.kind != "units":
        painter.fillRect(QRectF(*block.box), theme.colour("surface"))
        painter.fillRect(QRectF(*block.box), hatch)
        return
    for x, y in zip(block.x[: block.shown].tolist(), block.y[: block.shown].tolist(), strict=True):
        at = QPointF(x, y)
        painter.setPen(QPen(theme.colour("unit_outline"), 1.25, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(at, block.radius, block.radius)
        painter.setBrush(hatch)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(at, block.radius - 2.0, block.radius - 2.0)


def _ring(brushes: Brushes, block: GroupBlock) -> None:
    painter: QPainter = brushes.painter
    painter.setPen(QPen(brushes.theme.colour("selection"), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for unit in range(block.shown) if block.kind == "units" else ():
        mark_unit(painter, block, unit)


def _write_numbers(
    brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass, cursor: Cursor, lines: int
) -> None:
    """Write net input, deviation or delta, whichever is the latest, at each unit."""
    last = block.group == len(cursor.act) - 1
    if last and block.value == "beside":
        if not pattern_pass.drawn:
            _write_column(brushes, block, pattern_pass, cursor, lines)
        return
    if block.radius < 12.0:
        return  # no room
    for unit in range(block.shown):
        words = _newest(cursor, block.group, unit).replace("-", MINUS)
        if words and block.bias:
            bias = bias_text(pattern_pass, block.group, unit)
            words = f"{bias} · {words}" if bias else words
            _write_below(brushes, block, unit, words, last=last)
        elif words:
            _write_beside(brushes, block, unit, words, last=last)


def _deviation(cursor: Cursor, pattern_pass: PatternPass) -> Vector | None:
    """t - o of every output, in the units in which both are written."""
    scale = pattern_pass.setup.patterns.target_scale
    if cursor.deviation is None or scale is None:
        return cursor.deviation
    return cursor.deviation * scale[1]


def _write_column(
    brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass, cursor: Cursor, lines: int
) -> None:
    """Write deviation or delta beside small outputs instead of the target.

    The circle in the target's colour stays. ``lines`` are those of the caption; if there is room
    below them, the numbers are named there.
    """
    delta = cursor.delta[block.group]
    values = _deviation(cursor, pattern_pass) if delta is None else delta
    if values is None:
        return
    painter, theme, letters, *_ = brushes
    lefts = [target_left(brushes, block, pattern_pass, unit) for unit in range(block.shown)]
    right = min(max(lefts) + letters.width(WIDEST) + 2.0, block.label.right + 1.5 * SPACE)
    for unit, left in enumerate(lefts):
        y = float(block.y[unit])
        old = QRectF(left - 1.0, y - letters.line / 2, block.label.right - left, letters.line)
        painter.fillRect(old, theme.colour("surface"))
        painter.setPen(theme.colour("text"))
        letters.write(painter, right, y, short(float(values[unit])), align=1.0)
    above = float(block.y[0]) - letters.line
    if above - letters.line / 2 >= block.caption.top + lines * letters.line - 1.0:
        painter.setPen(theme.colour("muted"))
        words = "t − o" if delta is None else "δ"
        letters.write(painter, right, above, words, align=1.0)


def _write_below(brushes: Brushes, block: GroupBlock, unit: int, words: str, *, last: bool) -> None:
    """Write below the unit, together with the bias: beside it are lines with their numbers.

    Texts of outputs extend to the right, where there is more room.
    """
    painter, theme, letters, *_ = brushes
    x, y = float(block.x[unit]), float(block.y[unit])
    if last:
        half = letters.width(words) / 2
        x = min(max(x, x - block.radius - RING + half), max(x, block.label.right - half))
    y += block.radius + RING + letters.line / 2
    ground(painter, theme, letters, x, y, words)
    painter.setPen(theme.colour("text"))
    letters.write(painter, x, y, words, align=0.5)


def _newest(cursor: Cursor, group: int, unit: int) -> str:
    delta, net = cursor.delta[group], cursor.net[group]
    if delta is not None:
        return f"δ {number_text(float(delta[unit]))}"
    if cursor.deviation is not None and group == len(cursor.act) - 1:
        return f"t − o {number_text(float(cursor.deviation[unit]))}"
    return "" if net is None else f"net {number_text(float(net[unit]))}"


def _write_beside(
    brushes: Brushes, block: GroupBlock, unit: int, words: str, *, last: bool
) -> None:
    painter, theme, letters, *_ = brushes
    reach = block.radius + RING
    x, y = float(block.x[unit]), float(block.y[unit])
    if last:  # beside an output stand its name and its target
        y += reach + letters.line / 2
    else:
        left, top, right, bottom = block.beside(letters.width(words), letters.line)[unit].tolist()
        x, y = (left + right) / 2, (top + bottom) / 2
    ground(painter, theme, letters, x, y, words)
    painter.setPen(theme.colour("text"))
    letters.write(painter, x, y, words, align=0.5)
