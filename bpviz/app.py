"""Builds the application and its window, and runs it."""

import contextlib
import os
import re
import signal
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from bpviz.core.kernels.choice import AUTO
from bpviz.core.kernels.engines import NUMPY
from bpviz.experiment.experiment import Experiment
from bpviz.resources import resource
from bpviz.session.commands import Open
from bpviz.session.scheduling.numba_loader import NUMBA_LOADER
from bpviz.ui.toolkit.gc_timer import GcTimer
from bpviz.ui.toolkit.settings import Settings, settings_path
from bpviz.ui.window.run_window import run_window

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe
    from bpviz.sharing.shown import Shown

DISPLAY_GONE = "bpviz: the display is gone, so the window cannot go on."
NO_CONNECTION = re.compile(
    r"The (X11|Wayland) connection (broke|experienced)|could not connect to display"
)
"""What Qt says when the display ends, before or after a window is shown."""

SAYING_SO = ("default", "qt.qpa.xcb", "qt.qpa.wayland")
"""The categories of Qt's messages in which it may say so."""

SWITCH_INTERVAL = 0.0002
"""Seconds after which a thread must release the interpreter: with Python's 5 ms the window would
spend a third of every frame waiting for the training thread."""


def make_application(argv: list[str]) -> QApplication:
    """The one QApplication, with bpviz's name and style."""
    # Qt would fill large shapes in its own threads, and on two cores wait for one that is
    # scheduled after the training thread.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        _unmute()
        app = QApplication(argv)
    app.setApplicationName("bpviz")
    app.setOrganizationName("bpviz")
    app.setApplicationDisplayName("bpviz")
    app.setWindowIcon(QIcon(str(resource("icons", "bpviz.svg"))))
    app.setStyle("Fusion")
    if app.findChild(GcTimer) is None:
        GcTimer(app)
    return app


_muted: set[str] = set()
"""The categories of SAYING_SO whose warnings are muted: only that the display is gone is said."""


def _unmute() -> None:
    """Have Qt hand over all warnings that might say that the display is gone.

    Qt reads the variable when the application is made; the last rule for a category holds.
    """
    rules = os.environ.get("QT_LOGGING_RULES", "")
    _muted.update(category for category in SAYING_SO if mutes(rules, category))
    own = [f"{category}.warning=true" for category in _muted]
    os.environ["QT_LOGGING_RULES"] = ";".join([*filter(None, [rules]), *own])


def mutes(rules: str, category: str) -> bool:
    """Whether rules such as ``*=false;qt.qpa.*.warning=true`` mute the warnings of a category."""
    muted = False
    for rule in re.split(r"[;\n]", rules):
        pattern, _, value = rule.partition("=")
        if fnmatchcase(category, pattern.strip().removesuffix(".warning")):
            muted = value.strip().lower() == "false"
    return muted


def open_window(
    experiment: Experiment | None,
    argv: list[str],
    lesson: "Lesson | None" = None,
    at: "ExactCheckpoint | ReplayRecipe | None" = None,
    shown: "Shown | None" = None,
    engine: str = AUTO,
    table: Open | None = None,
) -> int:
    """Show the window with this experiment (XOR if there is none) until it is closed.

    ``lesson`` is opened beside it; without an experiment, its first step is set up.

    ``engine`` is numpy, numba or auto; ``at`` an instant of the experiment other than epoch 0;
    ``shown`` what the window is reduced to; None leaves it as it was. ``table`` is opened as if it
    were dropped on the window.
    Returns the exit code of the application.
    """
    if engine != NUMPY:  # while the window is made
        NUMBA_LOADER.begin_compiling()
    sys.setswitchinterval(SWITCH_INTERVAL)
    qInstallMessageHandler(show_qt_message)
    app = make_application(argv)
    ClosingSignals(app)
    settings = Settings(settings_path())
    return run_window(app, settings, experiment, lesson, at, shown, engine, table)


def show_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Write a message of Qt to the terminal; end the process if it says that the display is gone.

    Qt would call C's exit: the windows would be destroyed while Python still uses them.
    """
    gone = NO_CONNECTION.match(text)
    if not gone and kind == QtMsgType.QtWarningMsg and context.category in _muted:
        return
    with contextlib.suppress(OSError, AttributeError):  # standard error is closed, full or missing
        sys.stderr.write((DISPLAY_GONE if gone else text) + "\n")
        sys.stderr.flush()
    if gone:
        os._exit(1)


class ClosingSignals(QTimer):
    """Lets Ctrl+C in the terminal, SIGTERM and SIGHUP close the window as its button does.

    Made before the window, whose threads an exception of the handler would leave running. Python
    runs signal handlers only between its own instructions, and at rest the window runs none: this
    timer does.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._received = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if (number := getattr(signal, name, None)) is not None:
                signal.signal(number, self._receive)
        self.timeout.connect(self._close)
        self.start(200)

    def _receive(self, *_: object) -> None:
        self._received = True

    def _close(self) -> None:
        if self._received:
            QApplication.closeAllWindows()
