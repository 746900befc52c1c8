"""The dialogs of the menu Help: the history, the keys, and what bpviz is."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from bpviz import __version__
from bpviz.ui.window.actions import ActionRow, Actions, Handler
from bpviz.ui.window.context import WindowContext

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson

ABOUT = f"""\
<h3>bpviz {__version__}</h3><p>See a multilayer network learn.</p>
<p>MIT licence. Backpropagation as in Rumelhart, Hinton &amp; Williams (1986),
<i>Learning internal representations by error propagation</i>.</p>
<p>Data: iris (Fisher 1936) and handwritten digits (Alpaydin &amp; Kaynak 1998),
UCI Machine Learning Repository, CC BY 4.0.</p>"""


class Help:
    """Opens the dialogs; a lesson chosen in the history is opened with ``open_lesson``."""

    def __init__(
        self,
        window: WindowContext,
        actions: Actions,
        open_lesson: "Callable[[Lesson], None]",
    ) -> None:
        self._window, self._actions, self._open_lesson = window, actions, open_lesson

    def handlers(self) -> dict[ActionRow, Handler]:
        """Action -> what it does."""
        return {
            Actions.history: self.show_history,
            Actions.shortcuts: self.show_keys,
            Actions.about: self.show_about,
        }

    def show_history(self) -> None:
        """The timeline of the history; its entries open lessons."""
        from bpviz.lessons.history import history  # imported on first use
        from bpviz.lessons.loader import find_lesson, shipped_lessons
        from bpviz.ui.panels.lessons.history import HistoryDialog

        window = self._window
        dialog = HistoryDialog(history(), tuple(shipped_lessons()), window.theme, window.widget)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.lesson_requested.connect(lambda key: self._open_lesson(find_lesson(key)))
        dialog.open()

    def show_keys(self) -> None:
        """Every key and what it does."""
        from bpviz.ui.window.keys_dialog import KeysDialog  # imported on first use

        dialog = KeysDialog(self._actions, self._window.widget)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """The program, its source and its data."""
        from bpviz.sharing.event_log import log_path, versions  # imported on first use

        engine = frame.engine if (frame := self._window.current_frame) is not None else ""
        details = (
            f"<p>{escape(versions())}; engine {engine}</p><p>Log: {escape(str(log_path()))}</p>"
        )
        QMessageBox.about(self._window.widget, "About bpviz", ABOUT + details)
