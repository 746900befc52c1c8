"""Gives a page that was read from Markdown its sizes, spaces and colours."""

from collections.abc import Iterator

from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontDatabase,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)

from bpviz.ui.toolkit.drawing.theme import SPACE, Theme

_HEADINGS = {1: 1.75, 2: 1.35, 3: 1.1}
"""Size of a heading of each level, times that of the text."""


def _block_of(cursor: QTextCursor) -> QTextCursor:
    """All letters of the block that a cursor begins, and not the end of the block before."""
    cursor = QTextCursor(cursor)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _is_code(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)


def code_areas(document: QTextDocument) -> Iterator[tuple[QTextBlock, QTextBlock]]:
    """First and last block of each piece of code."""
    first = None
    for block in blocks_of(document):
        if _is_code(block):
            first = first or block
            if not _is_code(block.next()):
                yield first, block
                first = None


def blocks_of(document: QTextDocument) -> Iterator[QTextBlock]:
    """All blocks, in their order."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


class PageStyle:
    """Gives a document that was read from Markdown its sizes, spaces and colours."""

    def __init__(self, document: QTextDocument, theme: Theme, size: float) -> None:
        self._document, self._theme, self._size = document, theme, size
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families()

    def apply(self) -> None:
        """Dress all of it; the text stays as it is, letter by letter."""
        self._document.setIndentWidth(2.5 * SPACE)
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        for block in blocks_of(self._document):
            self._block(block)
        for frame in self._document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._table(frame)
        edit.endEditBlock()

    def _block(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        form = QTextBlockFormat(block.blockFormat())
        if level := form.headingLevel():
            self._heading(cursor, form, level)
        elif _is_code(block):
            self._code(cursor, form)
        elif not block.text().strip():  # what parts code from what follows
            form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        else:
            room = 100 if "\ufffc" in block.text() else 130  # none above and below a picture
            form.setLineHeight(room, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            in_table = cursor.currentTable() is not None
            items = block.textList()
            inside = items is not None and items.item(items.count() - 1) != block
            form.setTopMargin(0)
            form.setBottomMargin(0 if in_table else SPACE / 4 if inside else 1.25 * SPACE)
            self._pieces(block)
        cursor.setBlockFormat(form)

    def _heading(self, cursor: QTextCursor, form: QTextBlockFormat, level: int) -> None:
        size = self._size * _HEADINGS.get(level, 1.0)
        form.setTopMargin(0 if level == 1 else size * 1.4)
        form.setBottomMargin(size * 0.5)
        chars = QTextCharFormat()  # anew: what Markdown sets, an adjustment, would win
        chars.setFontPointSize(size)
        chars.setFontWeight(QFont.Weight.DemiBold)
        _block_of(cursor).setCharFormat(chars)

    def _code(self, cursor: QTextCursor, form: QTextBlockFormat) -> None:
        block = cursor.block()
        form.setNonBreakableLines(False)
        form.setLeftMargin(1.5 * SPACE)
        form.setRightMargin(1.5 * SPACE)
        form.setTopMargin(0 if _is_code(block.previous()) else 2 * SPACE)
        form.setBottomMargin(0 if _is_code(block.next()) else 3 * SPACE)
        form.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        _block_of(cursor).mergeCharFormat(self._fixed())

    def _fixed(self) -> QTextCharFormat:
        chars = QTextCharFormat()
        chars.setFontFamilies(self._mono)
        chars.setFontPointSize(self._size * 0.92)
        return chars

    def _pieces(self, block: QTextBlock) -> None:
        """Code within a line."""
        found = []
        pieces = block.begin()
        while not pieces.atEnd():
            piece = pieces.fragment()
            found.append((piece.position(), piece.length(), piece.charFormat()))
            pieces += 1
        for position, length, form in found:
            if form.fontFixedPitch():
                chars = self._fixed()
                chars.setBackground(QBrush(self._theme.colour("panel")))
                cursor = QTextCursor(self._document)
                cursor.setPosition(position)
                cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(chars)

    def _table(self, table: QTextTable) -> None:
        form = table.format()
        form.setBorderCollapse(True)
        form.setBorder(1)
        form.setBorderBrush(QBrush(self._theme.colour("grid")))
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setCellPadding(0.75 * SPACE)
        form.setCellSpacing(0)
        form.setTopMargin(0.5 * SPACE)
        form.setBottomMargin(2 * SPACE)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table.setFormat(form)
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            chars = cell.format()
            chars.setBackground(QBrush(self._theme.colour("panel")))
            cell.setFormat(chars)
