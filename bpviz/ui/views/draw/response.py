"""The picture of an answer: the sentence, a bar for each output, the hidden units as cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bpviz.core.text.number_words import number_text
from bpviz.core.values import Vector
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.views.draw.answer import Answer
from bpviz.ui.views.draw.cells import in_lines, paint_cells

NARROWEST = 88
"""Px of a column of bars: a name, a bar, a number."""
WIDEST_BAR = 260
LEAD = 10
"""Px between lines of bars where there is room."""
CELLS = (14, 10, 7, 5, 4)
"""Sides of a hidden unit's cell, px: the largest with which a group fits."""
CELLS_SHARE = 0.3
"""Of the height, for the cells of all hidden groups."""
MARK = 10


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What there is to show: ``names`` of the outputs, their ``span``, and of each hidden group
    its name, activations and scale."""

    answer: Answer
    names: tuple[str, ...]
    span: tuple[float, float]
    groups: tuple[tuple[str, Vector, ColourScale], ...]


@guard_overrides
class ResponsePicture(QWidget):
    """Paints a Content; its size does not depend on it."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("draw_response")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._content: Content | None = None

    @property
    def content(self) -> Content | None:
        """What is on show."""
        return self._content

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.update()

    def show_content(self, content: Content) -> None:
        """Show an answer."""
        self._content = content
        if content.answer.words != self.accessibleName():
            self.setAccessibleName(content.answer.words)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Little: what has no room is left out, and said to be."""
        return QSize(2 * NARROWEST, 64)

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sentence above, the hidden units below, and the bars between."""
        if self._content is None:
            return
        painter = QPainter(self)
        box = QRectF(self.rect())
        box.setTop(self._paint_words(painter, box) + SPACE // 2)
        painter.setFont(plot_font())
        line = QFontMetricsF(painter.font()).height()
        for group in reversed(self._content.groups):
            box.setBottom(self._paint_group(painter, box, line, *group))
        self._paint_bars(painter, box, line)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF) -> float:
        """Returns where the sentence ends."""
        assert self._content is not None
        font = _headline()
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        metrics = QFontMetricsF(font)
        words = self._content.answer.words
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        line = QRectF(box.left(), box.top(), box.width(), metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, text)
        return line.bottom()

    def _paint_bars(self, painter: QPainter, box: QRectF, line: float) -> None:
        assert self._content is not None
        answer, names = self._content.answer, self._content.names
        units, columns, per_column = fitting(answer.outputs, box, line)
        bold = QFontMetricsF(plot_font(True))
        widest = max(bold.horizontalAdvance(name) for name in names)
        width = min(box.width() / columns, widest + WIDEST_BAR + 8 * SPACE)
        height = min(box.height() / max(per_column, 1), line + LEAD)
        for n, unit in enumerate(units):
            column, row = divmod(n, per_column)
            rect = QRectF(box.left() + column * width, box.top() + row * height,
                           width - SPACE, height)  # fmt: skip
            self._paint_bar(painter, rect, unit, min(widest, 0.4 * width))
        if len(units) < len(names):
            painter.setFont(plot_font())
            painter.setPen(self._theme.colour("muted"))
            rest = QRectF(box.left(), box.bottom() - line, box.width(), line)
            text = f"and {len(names) - len(units)} smaller ones"
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bar(self, painter: QPainter, box: QRectF, unit: int, name_width: float) -> None:
        """A name, a bar from zero and the number; the answer has a mark and bold letters."""
        assert self._content is not None
        answer, (low, high) = self._content.answer, self._content.span
        marked, value = unit in answer.marked, float(answer.outputs[unit])
        font = plot_font(marked)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        centre = Qt.AlignmentFlag.AlignVCenter
        if marked:
            painter.drawText(QRectF(box.left(), box.top(), MARK, box.height()), centre, "›")
        name = elided_name(metrics, self._content.names[unit], name_width + 1)
        left = box.left() + MARK
        painter.drawText(QRectF(left, box.top(), name_width + 2, box.height()), centre, name)
        number = QFontMetricsF(plot_font(True)).horizontalAdvance(
            "−0.00" if max(-low, high) < 10.0 else "−9,999"
        )
        bar = QRectF(left + name_width + SPACE / 2, 0, 0, max(4.0, round(0.55 * box.height())))
        bar.setRight(box.right() - number - SPACE / 2)
        bar.moveCenter(QRectF(bar.left(), box.top(), bar.width(), box.height()).center())
        if bar.width() > 2 * SPACE:
            self._paint_length(painter, bar, value, low, high, marked)
        text = short_number(value)
        painter.setPen(self._theme.colour("text" if marked else "muted"))
        room = QRectF(bar.right() + SPACE / 2, box.top(), number, box.height())
        painter.drawText(room, centre | Qt.AlignmentFlag.AlignRight, text)

    def _paint_length(
        self, painter: QPainter, bar: QRectF, value: float, low: float, high: float, marked: bool
    ) -> None:
        painter.fillRect(bar, self._theme.colour("grid"))
        if not math.isfinite(value):
            return
        at = [bar.left() + (min(max(v, low), high) - low) / (high - low) * bar.width()
              for v in (0.0, value)]  # fmt: skip
        inked = QRectF(min(at), bar.top(), abs(at[1] - at[0]), bar.height())
        role = "positive" if value > 0.0 else "negative"
        painter.fillRect(inked, self._theme.colour(role, 255 if marked or self._plain() else 150))
        if low < 0.0:
            painter.setPen(QPen(self._theme.colour("border"), 1))
            painter.drawLine(round(at[0]), round(bar.top()), round(at[0]), round(bar.bottom()))

    def _plain(self) -> bool:
        """Whether no output is more of an answer than another."""
        assert self._content is not None
        return not self._content.answer.marked

    def _paint_group(
        self,
        painter: QPainter,
        box: QRectF,
        line: float,
        name: str,
        values: Vector,
        scale: ColourScale,
    ) -> float:
        """Paint a hidden group at the bottom of the box; returns where it begins."""
        assert self._content is not None
        height = CELLS_SHARE * self.height() / len(self._content.groups)
        shape = cells_of(len(values), box.width(), height)
        if shape is None:
            return box.bottom()
        side, per_line = shape
        lines = math.ceil(len(values) / per_line)
        top = box.bottom() - lines * side
        grid, surface = self._theme.colour("grid"), self._theme.colour("surface")
        pixels = np.where(values == 0.0, grid.rgb(), scale.pixels(self._theme, values))
        table = in_lines(pixels, per_line, surface.rgb())
        paint_cells(painter, QPointF(box.left(), top), table, side, surface if side > 4 else None)
        painter.setPen(self._theme.colour("muted"))
        caption = QRectF(box.left(), top - line - 1, box.width(), line)
        active = int(np.count_nonzero(values > 0.0))
        text = f"{name}: {active} of {len(values)} units above 0"
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, text)
        return caption.top() - SPACE / 2


def fitting(outputs: Vector, box: QRectF, line: float) -> tuple[Sequence[int], int, int]:
    """The outputs for which there is room (all, or the largest), columns, and rows of a column."""
    rows = max(1, int(box.height() / line))
    most = max(1, int(box.width() / NARROWEST))
    n = len(outputs)
    if n <= rows * most:
        columns = math.ceil(n / rows)
        return range(n), columns, math.ceil(n / columns)
    rows = max(1, rows - 1)  # a line for what is left out
    largest = np.argsort(-outputs, kind="stable")[: rows * most]
    return sorted(largest.tolist()), most, rows


def cells_of(units: int, width: float, height: float) -> tuple[int, int] | None:
    """The side of a group's cells and how many stand in a line; None if there is no room."""
    for side in CELLS:
        per_line = max(1, int(width / side))
        if math.ceil(units / per_line) * side <= height:
            return side, min(per_line, units)
    return None


def short_number(value: float) -> str:
    """A number of few figures: two places, or a power of ten where it is large."""
    if abs(value) < 100.0:
        return f"{value + 0.0:.2f}".replace("-", "−").replace("−0.00", "0.00")
    return number_text(value, 0)


def _headline() -> QFont:
    font = plot_font(True)
    font.setPointSizeF(font.pointSizeF() * 1.25)
    return font
