"""Text with formulas: Markdown with TeX between $ signs ($$ for a formula on its own line)."""

import html
import re
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QFontMetricsF,
    QImage,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QMessageBox, QTextBrowser, QWidget

from bpviz.core.values import shortened
from bpviz.ui.toolkit.drawing.formula import Formula, Typesetter
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.guard import guard_overrides

INDENT = 14.0
"""Indent of lists in px: Qt's default of 40 wastes the room of a narrow panel."""

PLAIN_MARKDOWN = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)


@guard_overrides
class RichText(QTextBrowser):
    """Shows Markdown with formulas in the theme's colours.

    The text may be of a file from elsewhere: HTML in it is shown as text, no image
    but a formula is loaded, and a link opens only to http(s), after a question. Formulas are set
    in another thread; until one is ready, its place is empty.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._source = theme, ""
        self._fitted = 0
        self._formulas: list[tuple[str, bool]] = []
        self._typesetter = Typesetter(self)
        self._typesetter.done.connect(self._render)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._ask_for_link)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)

    @property
    def markdown(self) -> str:
        """The Markdown shown."""
        return self._source

    @property
    def is_complete(self) -> bool:
        """Whether every formula has been set."""
        keys = [self._key(number) for number in range(len(self._formulas))]
        return not any(
            self._typesetter.get(*key) is None and self._typesetter.is_pending(*key) for key in keys
        )

    @property
    def least_scale(self) -> float:
        """The factor by which the widest formula set so far is shrunk; 1.0 if all fit."""
        formulas = filter(None, map(self._formula, range(len(self._formulas))))
        return min((1.0, *(self._room / formula.width for formula in formulas)))

    def set_text(self, markdown: str) -> None:
        """Show this Markdown."""
        if markdown != self._source:
            self._source = markdown
            self._render()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit wide formulas to the new width.

        The width is that of the frame: the width of the text depends on the scroll bar, which
        depends on the height of the text, which depends on the formulas.
        """
        super().resizeEvent(event)
        if self.width() != self._fitted:
            self._render()

    @property
    def _room(self) -> float:
        """The largest width of a formula, px."""
        bar = self.verticalScrollBar().sizeHint().width()
        return self.width() - bar - 2 * self.document().documentMargin()

    def _render(self) -> None:
        self._fitted = self.width()
        position = self.verticalScrollBar().value()
        self._formulas = []
        self.document().clear()
        self.document().setDefaultStyleSheet("")
        self.document().setIndentWidth(INDENT)
        text = _FORMULA.sub(self._placeholder, self._source)
        self.document().setMarkdown(text, PLAIN_MARKDOWN)
        self._align()
        self.verticalScrollBar().setValue(position)

    def _placeholder(self, match: re.Match[str]) -> str:
        display = match[1] is not None
        self._formulas.append(((match[1] or match[2]).strip(), display))
        image = f"![{html.escape('formula')}](formula:{len(self._formulas) - 1})"
        return f"\n\n{image}\n\n" if display else image

    def _key(self, number: int) -> tuple[str, float, str, bool]:
        tex, display = self._formulas[number]
        size = QFontMetricsF(self.font()).height() * (1.0 if display else 0.92)
        # The letters of a fraction within a line would be too small to read.
        large = display or r"\frac" in tex
        return tex, round(size, 1), self._theme.colour("text").name(), large

    def _formula(self, number: int) -> Formula | None:
        return self._typesetter.get(*self._key(number))

    def _ask_for_link(self, url: QUrl) -> None:
        """Ask before a web page is opened; other links do nothing."""
        if url.scheme() not in ("http", "https"):
            return
        question = QMessageBox(
            QMessageBox.Icon.Question, "Open a web page?",
            f"Open this page in the browser?\n\n{shortened(url.toDisplayString())}",
            QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel, self.window(),
        )  # fmt: skip
        question.setObjectName("link_question")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.accepted.connect(lambda: QDesktopServices.openUrl(url))
        question.open()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return the image of a formula; for anything else an empty one.

        Qt would load an image from the disk if this returned nothing.
        """
        url = name if isinstance(name, QUrl) else QUrl(name)
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return ""
        number = url.path() if url.scheme() == "formula" else ""
        if not number.isdecimal() or int(number[:9]) >= len(self._formulas):
            return _empty(QColor("transparent"))
        formula = self._formula(int(number))
        if formula is None:
            return _empty(QColor("transparent"))
        # Qt centres such an image half an x-height above the base line: with this room above
        # and below, the formula's letters are on the base line.
        half_x = QFontMetricsF(self.font()).xHeight() / 2
        ascent = max(formula.ascent, formula.descent + half_x)
        image = formula.image(self.devicePixelRatioF(), ascent, ascent - half_x)
        if formula.width > self._room:  # shrink rather than clip it
            width = max(1, round(self._room * self.devicePixelRatioF()))
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaledToWidth(width, smooth)
        return image

    def _align(self) -> None:
        """Centre images vertically in their line."""
        middle = QTextCharFormat()
        middle.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        document = self.document()
        block = document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                if piece.charFormat().isImageFormat():
                    cursor = QTextCursor(document)
                    cursor.setPosition(piece.position())
                    cursor.setPosition(
                        piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor
                    )
                    cursor.mergeCharFormat(middle)
                pieces += 1
            block = block.next()


def _empty(colour: QColor) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(colour)
    return image
