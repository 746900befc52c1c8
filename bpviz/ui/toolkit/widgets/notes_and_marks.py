"""Small parts of panels in the colours of a theme: sentences, marks and flat buttons."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.widgets.entry import field_height
from bpviz.ui.toolkit.widgets.naming import named

MARK = 14
"""Side of a mark, px: at the left of each row, like the arrow of a heading."""

LONGEST_WORD = 20
"""The number of letters beyond which a word may be broken."""

NEW_RUN = "A change starts a new run at epoch 0."

FLAT = (
    "QToolButton {{ border: none; padding: 2px 0; font-weight: {weight}; color: {text}; }}"
    "QToolButton:hover {{ color: {accent}; }}"
    "QToolButton:focus {{ color: {accent}; text-decoration: underline; }}"
)


def flat_style(theme: Theme, weight: int) -> str:
    """The style sheet of a flat button with a text.

    The colours are written out: a style sheet that refers to the palette keeps the colours that
    the palette had when the button was made.
    """
    return FLAT.format(weight=weight, text=theme.text, accent=theme.accent)


def box(layout: QLayout, spacing: int = 0) -> None:
    """Remove the margins of a layout and set its spacing."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)


def narrow(label: QLabel) -> None:
    """Let a label wrap its text instead of widening the panel."""
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)


def breakable(text: str) -> str:
    """The text with break opportunities in very long words, such as paths."""
    return _LONG_WORD.sub(lambda word: _PLACE.sub("\\g<0>\u200b", word[0]), text)


_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD},}}")
_PLACE = re.compile(rf"[/\\_.,=-]|[^/\\_.,=-]{{{LONGEST_WORD - 4}}}")


class Note(QLabel):
    """A wrapped sentence in one colour of the theme, hidden while it is empty."""

    def __init__(self, role: str, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        narrow(self)
        self.sentence = ""
        self._role = role
        self._theme: Theme | None = None
        self.hide()
        self.set_theme(LIGHT)

    def say(self, sentence: str) -> None:
        """Show this sentence, or nothing."""
        if sentence != self.sentence:
            self.sentence = sentence
            self.setText(breakable(sentence))
            self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if theme is self._theme:
            return
        self._theme = theme
        palette = self.palette()
        palette.setColor(self.foregroundRole(), theme.colour(self._role))
        self.setPalette(palette)


class RowMark(QLabel):
    """A small mark at the left of a row: needs a new run, is pending, or is wrong."""

    def __init__(self, *, new_run: bool) -> None:
        super().__init__()
        self._new_run = new_run
        self._state = "plain"
        self._theme = LIGHT
        self.setFixedSize(MARK, MARK)
        self._draw()

    def set_state(self, state: str) -> None:
        """Show "plain", "pending", "wrong" or "remark"."""
        if state != self._state:
            self._state = state
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if theme is not self._theme:
            self._theme = theme
            self._draw()

    def _draw(self) -> None:
        icon, role, tip = {
            "wrong": ("alert-disc", "error", "This entry is not allowed."),
            "pending": ("restart", "accent", "Waits for a new run: Apply and reset."),
            "remark": ("information", "accent", "Good to know."),
            "plain": ("restart" if self._new_run else "", "muted", NEW_RUN),
        }[self._state]
        self.setToolTip(tip if icon else "")
        if not icon:
            self.clear()
            return
        alpha = 150 if self._state == "plain" else 255
        size = MARK - 2 if "restart" in icon else MARK
        picture = icons.icon(icon, colour=self._theme.colour(role, alpha))
        self.setPixmap(picture.pixmap(QSize(size, size)))


class Remarks(QWidget):
    """Remarks, each with a small mark in front; hidden while there are none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme = LIGHT
        self.rows: list[_RemarkRow] = []
        self._layout = QVBoxLayout(self)
        box(self._layout, SPACE // 2)
        self.hide()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences shown."""
        return tuple(row.note.sentence for row in self.rows)

    def say(self, sentences: Sequence[str]) -> None:
        """Show these sentences instead of the previous ones."""
        if tuple(sentences) != self.sentences:
            for row in self.rows:
                remove_row(row)
            self.rows = [_RemarkRow(sentence) for sentence in sentences]
            for row in self.rows:
                self._layout.addWidget(row)
            self.set_theme(self._theme)
        self.setVisible(bool(sentences))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        for row in self.rows:
            row.mark.set_theme(theme)
            row.note.set_theme(theme)


class _RemarkRow(QWidget):
    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.mark, self.note = RowMark(new_run=False), Note("muted")
        self.mark.set_state("remark")
        self.note.say(sentence)
        line = QHBoxLayout(self)
        box(line, SPACE // 2)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.note, 1)


_leaving: list[list[QObject]] = []
"""The objects that ``remove_row`` has removed; Qt may not have deleted them yet."""


def remove_row(row: QWidget) -> None:
    """Hide a widget at once, and delete it in the next turn of the event loop.

    It keeps its parent until then: without a parent it would belong to Python, which might
    delete it during a click on its own button. Its signals are blocked, since a field in it may
    still finish an entry when it loses the focus, and it can no longer be found by name.
    """
    parts = [row, *row.findChildren(QObject)]
    for part in parts:
        part.blockSignals(True)
        part.setObjectName("")
    row.hide()
    # PySide crashes if Python's garbage collector frees an object between deleteLater and its
    # deletion, so references to all of its objects are kept until then.
    _leaving[:] = [held for held in _leaving if isValid(held[0])]
    _leaving.append(parts)
    row.deleteLater()


def flat_button(name: str, icon: str, text: str, tip: str) -> QToolButton:
    """A button without a frame; its property ``icon_name`` holds the name of its icon."""
    button = named(QToolButton(), name)
    button.setText(text)
    button.setAutoRaise(True)
    if text:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setStyleSheet(flat_style(LIGHT, 400))
        button.ensurePolished()
        # Its size hint leaves a gap at the right, where the text should end with the panel.
        button.setFixedWidth(MARK + SPACE + button.fontMetrics().horizontalAdvance(text))
    button.setFixedHeight(field_height(button))
    button.setIconSize(QSize(MARK, MARK))
    button.setProperty("icon_name", icon)
    button.setToolTip(tip)
    button.setAccessibleName(text or tip)
    return button


def dress(root: QWidget, theme: Theme) -> None:
    """Apply a theme to all parts below ``root`` that have ``set_theme``, and to flat buttons."""
    for part in root.findChildren(QWidget):
        if hasattr(part, "set_theme"):
            part.set_theme(theme)
        elif icon := part.property("icon_name"):
            if part.styleSheet():
                part.setStyleSheet(flat_style(theme, 400))
            part.setIcon(  # type: ignore[attr-defined]
                icons.icon(
                    icon,
                    colour=theme.colour("muted"),
                    active=theme.colour("text"),
                    disabled=theme.colour("muted", 90),
                )
            )
