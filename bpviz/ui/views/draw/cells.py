"""Painting many small squares at once: as an image, with lines over it that part them."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from bpviz.ui.toolkit.drawing.colour_scale import Pixels, to_image


def paint_cells(
    painter: QPainter, corner: QPointF, pixels: Pixels, side: int, gap: QColor | None
) -> None:
    """Paint a square of ``side`` px for each pixel (rows, columns), parted by lines of 1 px."""
    rows, columns = pixels.shape
    left, top, width, height = corner.x(), corner.y(), columns * side, rows * side
    painter.drawImage(QRectF(left, top, width, height), to_image(pixels))
    if gap is None:
        return
    painter.setPen(QPen(gap, 1))
    across = [left + side * column - 0.5 for column in range(1, columns + 1)]
    down = [top + side * row - 0.5 for row in range(1, rows + 1)]
    painter.drawLines([QLineF(x, top, x, top + height - 0.5) for x in across])
    painter.drawLines([QLineF(left, y, left + width - 0.5, y) for y in down])


def in_lines(pixels: Pixels, per_line: int, ground: int) -> Pixels:
    """Pixels (n,) one line after the other; what the last line lacks is ground."""
    lines = -(-len(pixels) // per_line)
    table = np.full(lines * per_line, ground, dtype=np.uint32)
    table[: len(pixels)] = pixels
    return table.reshape(lines, per_line)
