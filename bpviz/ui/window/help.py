"""What the menu Help shows: the history, the keys, and what bpviz is."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from bpviz import __version__
from bpviz.ui.window.actions import ACTIONS

if TYPE_CHECKING:
    from bpviz.ui.window.main_window import MainWindow

ABOUT = f"""\
<h3>bpviz {__version__}</h3><p>See a multilayer network learn.</p>
<p>MIT licence. Backpropagation as in Rumelhart, Hinton &amp; Williams (1986),
<i>Learning internal representations by error propagation</i>.</p>
<p>Data: iris (Fisher 1936) and handwritten digits (Alpaydin &amp; Kaynak 1998),
UCI Machine Learning Repository, CC BY 4.0.</p>"""


def show_history(window: "MainWindow") -> None:
    """The timeline of the history; its entries open lessons."""
    from bpviz.lessons.history import history  # not needed before it is asked for
    from bpviz.lessons.loader import find_lesson, shipped_lessons
    from bpviz.ui.panels.lessons.history import HistoryDialog

    dialog = HistoryDialog(history(), tuple(shipped_lessons()), window.theme, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.lesson_requested.connect(lambda key: window.open_lesson(find_lesson(key)))
    dialog.open()


def show_keys(window: "MainWindow") -> None:
    """Every key and what it does."""
    rows = "".join(
        f"<tr><td><b>{action.shortcut().toString()}</b>&nbsp;&nbsp;</td><td>{row.tip}</td></tr>"
        for row in ACTIONS
        if row.key and (action := window.actions_by_name[row.name])
    )
    QMessageBox.information(window, "Keys", f"<table cellpadding=3>{rows}</table>")


def show_about(window: "MainWindow") -> None:
    """The program, its source and its data."""
    QMessageBox.about(window, "About bpviz", ABOUT)
