"""The panel of numbers beside the pointer."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPen

from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.views.network.clear_places import clear_place
from bpviz.ui.views.network.hover import Info
from bpviz.ui.views.network.layout import Box
from bpviz.ui.views.network.letters import Lettering

PIXEL = 12.0
LARGEST_IMAGE = 96.0


def paint_panel(
    painter: QPainter,
    theme: Theme,
    letters: Lettering,
    info: Info,
    box: Box,
    limit: float,
) -> None:
    """Paint the panel; ``limit`` is the end of the scale of lines."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(theme.colour("border"), 1.0))
    painter.setBrush(theme.colour("raised"))
    painter.drawRoundedRect(QRectF(*box), 6.0, 6.0)
    left, right = box.left + 1.5 * SPACE, box.right - 1.5 * SPACE
    y = box.top + SPACE + letters.line / 2
    painter.setFont(letters.bold)
    painter.setPen(theme.colour("text"))
    letters.write(painter, left, y, letters.elide(info.title, right - left, bold=True))
    painter.setFont(letters.font)
    y += letters.line + SPACE / 2
    for what, number in info.rows:
        painter.setPen(theme.colour("muted"))
        letters.write(painter, left, y, what)
        painter.setPen(theme.colour("text"))
        letters.write(painter, right, y, number, align=1.0)
        y += letters.line
    painter.setPen(theme.colour("muted"))
    for remark in (*info.remarks, *((info.image_words,) if info.image is not None else ())):
        letters.write(painter, left, y, remark)
        y += letters.line
    if info.image is not None:
        _paint_image(painter, theme, info.image, left, y - letters.line / 2 + SPACE / 2, limit)


def panel_box(letters: Lettering, info: Info, pointed: Box, area: Box, keep: Matrix) -> Box:
    """The box of the panel beside ``pointed``, covering least of ``keep``: see clear_place."""
    gap = 2.0 * SPACE
    wide = [letters.width(what) + gap + letters.width(number) for what, number in info.rows]
    wide += [letters.width(info.title, bold=True), *map(letters.width, info.remarks)]
    height = letters.line * (1 + len(info.rows) + len(info.remarks)) + 2.5 * SPACE
    if info.image is not None:
        wide.append(max(letters.width(info.image_words), _image_size(info.image)[0]))
        height += letters.line + 1.5 * SPACE + _image_size(info.image)[1]
    width = min(max(wide) + 3 * SPACE, area.width - 2 * SPACE)
    return clear_place(width, height, pointed, area, keep)


def _image_size(image: Matrix) -> tuple[float, float]:
    rows, columns = image.shape
    pixel = min(PIXEL, LARGEST_IMAGE / max(rows, columns))
    return columns * pixel, rows * pixel


def _paint_image(
    painter: QPainter, theme: Theme, image: Matrix, left: float, top: float, limit: float
) -> None:
    rows, columns = image.shape
    rgb = theme.diverging(np.nan_to_num(image), limit)
    raised = theme.colour("raised")
    rgb[np.isnan(image)] = raised.red(), raised.green(), raised.blue()
    rgb = np.ascontiguousarray(rgb)
    picture = QImage(rgb.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    rect = QRectF(left, top, *_image_size(image))
    painter.drawImage(rect, picture)
    painter.setPen(QPen(theme.colour("border"), 1.0))
    painter.setBrush(theme.colour("raised", 0))
    painter.drawRect(rect)
