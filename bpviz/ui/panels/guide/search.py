"""The search over all pages of the guide, on the text as it is shown."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextTable

from bpviz.ui.panels.guide.pages import Page
from bpviz.ui.panels.guide.style import blocks_of

LONGEST, BEFORE = 72, 12
"""Characters of a line that a match shows, and about how many of them before the words."""

MOST = 500
"""Matches that are listed; a letter alone has thousands."""


@dataclass(frozen=True, slots=True)
class Match:
    """A place where the words were found: ``position`` and ``length`` in the page's document.

    ``line`` is the part of the paragraph, or of the row of a table, that begins shortly before.
    """

    page: str
    position: int
    length: int
    line: str


@dataclass(frozen=True, slots=True)
class _PageText:
    """What a page shows as plain text, and where its paragraphs and rows of tables begin."""

    text: str
    starts: list[int]

    def line_at(self, position: int) -> tuple[int, str]:
        """Where the line around this position begins, and the line; cells end in line feeds."""
        after = bisect_right(self.starts, position)
        start = self.starts[after - 1]
        end = self.starts[after] if after < len(self.starts) else len(self.text)
        return start, self.text[start:end].rstrip("\n")


class GuideIndex:
    """The text of all pages."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._texts = {name: _read(page) for name, page in pages.items()}

    def search(self, words: str) -> list[Match]:
        """Every place of these words, whatever their case, in the order of the pages."""
        wanted = words.strip().lower()
        return list(self._found(wanted))[:MOST] if wanted else []

    def _found(self, wanted: str) -> Iterator[Match]:
        for name, page in self._texts.items():
            lowered, at = page.text.lower(), -1
            while (at := lowered.find(wanted, at + 1)) >= 0:
                start, line = page.line_at(at)
                yield Match(name, at, len(wanted), _excerpt(line, at - start))


def _read(page: Page) -> _PageText:
    document = QTextDocument()
    document.setMarkdown(page.markdown)
    starts: list[int] = []
    last: tuple[int, int] | None = None
    for block in blocks_of(document):
        row = _row_of(block)
        if row is None or row != last:
            starts.append(block.position())
        last = row
    return _PageText(document.toPlainText(), starts)


def _row_of(block: QTextBlock) -> tuple[int, int] | None:
    """The table that a block is in, and the row."""
    cursor = QTextCursor(block)
    table = cursor.currentTable()
    if not isinstance(table, QTextTable):
        return None
    return table.firstPosition(), table.cellAt(cursor).row()


def _excerpt(line: str, at: int) -> str:
    """The line from a word or two before place ``at`` on."""
    start = line.rfind(" ", 0, at - BEFORE) + 1 if at > BEFORE else 0
    part = line[start : start + LONGEST].replace("\n", " · ")
    return ("…" if start else "") + part + ("…" if start + LONGEST < len(line) else "")
