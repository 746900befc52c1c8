"""The dialog that lists the keys, menu by menu."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.window.actions import ACTIONS, Actions

SIZE = QSize(620, 680)
"""px at 100 % text; no more than the window has, what does not fit scrolls."""


class KeysDialog(QDialog):
    """Every key and what it does."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys_dialog")
        self.setWindowTitle("Keys")
        self.text = named(QTextBrowser(), "keys_text")
        self.text.setAccessibleName("Keys")
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setHtml("".join(_rows(actions)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)
        wanted = QSize(scaled(SIZE.width()), scaled(SIZE.height()))
        self.resize(wanted.boundedTo(parent.size()))


def _rows(actions: Actions) -> Iterator[str]:
    """A table in HTML: a heading for each menu, and a row for each key."""
    with_key = [row for row in ACTIONS if row.key]
    yield "<table cellpadding=2>"
    for menu, rows in groupby(with_key, key=lambda row: row.menu):
        yield f"<tr><td colspan=2><h4>{menu.replace('&', '')}</h4></td></tr>"
        for row in rows:
            keys = actions[row].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            key = escape(keys).replace("+", "+&#8288;")  # no line break in a key
            yield f"<tr><td><b>{key}</b>&nbsp;&nbsp;&nbsp;</td><td>{escape(row.tip)}</td></tr>"
    yield "</table>"
