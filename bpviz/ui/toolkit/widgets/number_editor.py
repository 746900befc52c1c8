"""A small field that opens over a number in a picture, to change it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from bpviz.core.number_grammar import read_number, write_number
from bpviz.core.values import BadValue
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named

WIDTH = 160

ClearPlace = Callable[[float, float], QPointF]
"""Returns the upper left corner for a card of this width and height."""


@guard_overrides
class NumberEditor(QFrame):
    """Enter takes the number over, Escape does not; neither does a text that is no number.

    ``take`` gets the number; a BadValue that it raises is shown like any other mistake.
    """

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        title: str,
        value: float,
        take: Callable[[float], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("number_editor")
        self._title, self._take, self._theme = title, take, theme
        self._done = False
        caption = named(QLabel(title), "number_editor_title")
        self.field = named(QLineEdit(write_number(value)), "number_editor_field")
        self.field.setAccessibleName(title)
        digits = self.field.fontMetrics().horizontalAdvance(self.field.text())
        self.field.setMinimumWidth(min(digits + 2 * SPACE, 2 * WIDTH - 2 * SPACE - 2))
        self.field.setToolTip("Enter takes the number over, Escape leaves it as it was")
        self._sentence = named(QLabel(), "number_editor_sentence")
        self._sentence.setWordWrap(True)
        self._sentence.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        for widget in (caption, self.field, self._sentence):
            column.addWidget(widget)
        self.setMinimumWidth(scaled(WIDTH))
        self.setMaximumWidth(2 * WIDTH)
        self.setStyleSheet(
            f"#number_editor {{ background: {theme.raised}; border: 1px solid {theme.accent};"
            f" border-radius: 4px; }} #number_editor_sentence {{ color: {theme.error}; }}"
            f" #number_editor_title {{ color: {theme.muted}; }}"
        )
        self.field.installEventFilter(self)
        self.field.textEdited.connect(lambda: self._say(""))

    def open_at(self, place: QPointF, clear: ClearPlace | None = None) -> None:
        """Open beside this place of the parent, with all of the number selected.

        ``clear`` returns where a card of this width and height covers nothing of importance.
        """
        self._place, self._clear = place, clear
        self._settle()
        self.show()
        self.raise_()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def sentence(self) -> str:
        """What is wrong with the entry; empty if nothing is."""
        return self._sentence.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Escape, and a click elsewhere, which counts as Enter if there is a number."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._commit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        if event.type() == QEvent.Type.FocusOut and not self._done:
            self._commit()
            self._close()
        return False

    def _commit(self) -> None:
        text = self.field.text()
        if not self.field.isModified():
            self._close()
            return
        try:
            self._take(read_number(self._title, text))
        except BadValue as error:
            self._say(str(error))
        else:
            self._close()

    def _close(self) -> None:
        if not self._done:
            self._done = True
            parent = self.parentWidget()
            self.hide()
            self.deleteLater()
            if parent is not None:
                parent.setFocus()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._settle()

    def _settle(self) -> None:
        """Stand below the place if there is room, inside the parent in any case."""
        self.adjustSize()
        parent = self.parentWidget()
        assert parent is not None
        if self._clear is not None:
            self.move(self._clear(self.width(), self.height()).toPoint())
            return
        right, bottom = parent.width() - self.width() - 2, parent.height() - self.height() - 2
        x, y = round(self._place.x() - self.width() / 2), round(self._place.y() + SPACE)
        if y > bottom:
            y = round(self._place.y() - SPACE - self.height())
        self.move(max(2, min(x, right)), max(2, min(y, bottom)))
