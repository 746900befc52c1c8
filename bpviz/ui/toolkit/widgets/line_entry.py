"""A line edit for a value: an invalid text stays as typed, with a mark and an explanation."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from bpviz.core.values import BadValue
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.entry import (
    Entry,
    field_height,
    paint_outline,
    paint_state,
    sentence_of,
)


@guard_overrides
class LineEntry(QLineEdit, Entry):
    """A line edit whose text stands for a value.

    ``read(text)`` returns the value or raises BadValue, ``write(value)`` returns the text of a
    value. Escape restores the last valid text.
    """

    committed = Signal(object)
    sentence_changed = Signal()

    def __init__(self, read: Callable[[str], Any], write: Callable[[Any], str]) -> None:
        super().__init__()
        self._read, self._write = read, write
        self._value: Any = None
        self._shown = ""
        self._before_refusal: Any = None
        self._wrong = ""
        self.setFixedHeight(field_height(self))
        self.setTextMargins(2, 0, 2, 0)  # texts of lines and combo boxes begin at the same x
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(self._reconsider)

    @property
    def value(self) -> Any:
        """The last valid value."""
        return self._value

    @property
    def invalid(self) -> bool:
        """Whether the text is invalid."""
        return bool(self._wrong)

    @property
    def sentence(self) -> str:
        """What is wrong with the entry; empty if nothing is."""
        return self._wrong or self._refused

    def show_value(self, value: Any, *, force: bool = False) -> None:
        """Show a value, unless another text is being typed or is waiting to be corrected.

        With ``force``, show it in any case.
        """
        changed, typed = value != self._value, self.text() != self._shown
        self._value, self._shown = value, self._write(value)
        if typed and not force and not (changed and self._wrong):
            return
        self._show()

    def commit(self) -> None:
        """Commit the typed text, if it is valid and has changed."""
        if self.text() == self._shown:
            self._set_wrong("")
            return
        try:
            value = self._read(self.text())
        except BadValue as error:
            self._set_wrong(sentence_of(error))
            return
        before, changed = self._value, value != self._value
        if changed and not self._refused:
            self._before_refusal = before
        self._value, self._shown = value, self._write(value)
        self._show()
        if changed:
            self.refuse("")
            self.committed.emit(value)

    def restore(self) -> None:
        """Restore the last valid text, also after a value that was refused."""
        if self._refused and self.text() == self._shown:
            self.setText(self._write(self._before_refusal))
            self.commit()
        else:
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape undoes the typing; if there is nothing to undo, the key is passed on."""
        undoes = self.text() != self._shown or self.sentence
        if event.key() == Qt.Key.Key_Escape and undoes:
            self.restore()
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line edit, and over it the state of the entry."""
        super().paintEvent(event)
        if not self.hasFocus():
            paint_outline(self, QRectF(self.rect()), self.theme)
        paint_state(self, self)

    def _show(self) -> None:
        if self.text() != self._shown:
            self.setText(self._shown)
            self.setCursorPosition(0)
        self._set_wrong("")

    def _reconsider(self) -> None:
        """Remove the mark as soon as the text is valid; it is set only when typing has finished."""
        if self._wrong:
            try:
                self._read(self.text())
            except BadValue as error:
                self._set_wrong(sentence_of(error))
            else:
                self._set_wrong("")

    def _set_wrong(self, sentence: str) -> None:
        if sentence != self._wrong:
            self._wrong = sentence
            self._sentence_changed()
