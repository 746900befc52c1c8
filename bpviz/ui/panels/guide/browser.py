"""Shows a page of the guide, in the theme's colours and at a text size to choose."""

from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from bpviz.resources import resource
from bpviz.ui.panels.guide.pages import Page, anchor_of
from bpviz.ui.panels.guide.style import PageStyle, blocks_of, code_areas
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides

WIDEST = 76.0
"""Longest line of text, px for each point of its size: longer ones are hard to read."""

LEAST_SIZE, MOST_SIZE = 8, 28
"""Points of the text."""

_IMAGE_WIDTH = 720


@guard_overrides
@guard_overrides
class GuideBrowser(QTextBrowser):
    """One page at a time; ``followed`` is emitted with the target of a clicked link."""

    followed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page: Page | None = None
        self._size = float(max(10, self.font().pointSize()))
        self._marked: list[tuple[int, int]] = []
        self._current = -1
        self._code: list[tuple[QTextBlock, QTextBlock]] = []
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.anchorClicked.connect(lambda url: self.followed.emit(url.toString()))

    @property
    def page(self) -> Page | None:
        """The page on show."""
        return self._page

    @property
    def text_size(self) -> float:
        """Points of the text."""
        return self._size

    def show_page(self, page: Page) -> None:
        """Show the beginning of a page."""
        self._page = page
        self._marked, self._current = [], -1
        self._render()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._keep_place()

    def set_text_size(self, points: float) -> None:
        """Write in this size, within what is legible and fits."""
        self._size = min(max(points, LEAST_SIZE), MOST_SIZE)
        self._keep_place()

    def go_to(self, anchor: str) -> bool:
        """Scroll to the heading with this anchor; whether there is one."""
        for block in blocks_of(self.document()):
            if block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                self._scroll_to(block.position())
                return True
        return False

    def mark(self, spans: list[tuple[int, int]], current: int) -> None:
        """Highlight these (position, length), and show the current one of them."""
        self._marked, self._current = spans, current
        self._highlight()
        if 0 <= current < len(spans):
            self._scroll_to(spans[current][0], room=self.viewport().height() // 3)

    # -- text ------------------------------------------------------------------------------

    def _keep_place(self) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self._render()
        bar.setValue(round(share * bar.maximum()))

    def _render(self) -> None:
        if self._page is None:
            return
        self.setPalette(self._theme.view_palette())
        font = QFont(self.font())
        font.setPointSizeF(self._size)
        document = self.document()
        document.setDefaultFont(font)
        document.setMarkdown(self._page.markdown)
        PageStyle(document, self._theme, self._size).apply()
        self._code = list(code_areas(document))
        self._set_margins()
        self._highlight()

    def _right_end(self) -> float:
        """Where lines end, px from the left."""
        form = self.document().rootFrame().frameFormat()
        return self.viewport().width() - form.rightMargin()

    def _set_margins(self) -> None:
        """Lines are no longer than they can be read, whatever the window's width."""
        frame = self.document().rootFrame()
        form = frame.frameFormat()
        form.setTopMargin(2 * SPACE)
        form.setBottomMargin(4 * SPACE)
        form.setLeftMargin(3 * SPACE)
        room = self.viewport().width()
        form.setRightMargin(max(2 * SPACE, room - WIDEST * self._size - 3 * SPACE))
        frame.setFrameFormat(form)
        # A table that is wider than the lines may use the margin.
        fits = self.document().size().width() - room <= form.rightMargin() - 2 * SPACE
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAsNeeded
        )

    def _highlight(self) -> None:
        selections = []
        for number, (position, length) in enumerate(self._marked):
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(position)
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = self._mark_format(number == self._current)
            selections.append(selection)
        self.setExtraSelections(selections)

    def _mark_format(self, current: bool) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setBackground(self._theme.colour("accent", 255 if current else 70))
        form.setForeground(self._theme.colour("on_accent" if current else "text"))
        return form

    def _scroll_to(self, position: int, room: int = SPACE) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top() - room)

    # -- Qt --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines legible at the new width."""
        super().resizeEvent(event)
        self._set_margins()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of code, then the text."""
        self._paint_grounds()
        super().paintEvent(event)

    def _paint_grounds(self) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour("grid"))
        painter.setBrush(self._theme.colour("panel"))
        layout = self.document().documentLayout()
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        for first, last in self._code:
            area = layout.blockBoundingRect(first) | layout.blockBoundingRect(last)
            area = area.translated(0, -top).adjusted(0.5, -SPACE, 0, SPACE)
            area.setRight(self._right_end() - 0.5)
            if area.bottom() > 0 and area.top() < height:
                painter.drawRoundedRect(area, 4, 4)
        painter.end()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """The pictures among the shipped resources; nothing else is ever loaded."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return None
        target = name if isinstance(name, str) else name.toString()
        with suppress(OSError, ValueError):  # a name that is no path
            return _picture(target, self.devicePixelRatioF())
        return None


def _picture(name: str, pixels: float) -> QImage | None:
    """A picture of the guide, given as a path relative to its folder, as wide as the text."""
    folder = resource("guide").resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.parent) or path.suffix != ".png":
        return None
    image = QImage(str(path))
    if image.isNull():
        return None
    width = min(image.width(), round(_IMAGE_WIDTH * pixels))
    image = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(pixels)
    return image
