"""Builds the application and its window, and runs it."""

import os
import signal
import sys
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from bpviz.core.kernels.choice import AUTO
from bpviz.experiment.experiment import Experiment, experiment_for
from bpviz.resources import resource
from bpviz.session.commands import Load
from bpviz.sharing.event_log import LOG, log_path
from bpviz.ui.toolkit.gc_timer import GcTimer, freeze
from bpviz.ui.toolkit.settings import Settings, settings_path
from bpviz.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe

SWITCH_INTERVAL = 0.0002
"""Seconds after which a thread must hand over the interpreter: at Python's 5 ms the window
would lose a third of every frame to waiting for the training thread."""


def make_application(argv: list[str]) -> QApplication:
    """The one QApplication, with bpviz's name and style."""
    # Qt would fill large shapes in threads of its own, and on two cores wait for one that has to
    # take its turn behind the training thread.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(argv)
    app.setApplicationName("bpviz")
    app.setOrganizationName("bpviz")
    app.setApplicationDisplayName("bpviz")
    app.setWindowIcon(QIcon(str(resource("icons", "bpviz.svg"))))
    app.setStyle("Fusion")
    if app.findChild(GcTimer) is None:
        GcTimer(app)
    return app


def open_window(
    experiment: Experiment | None,
    argv: list[str],
    lesson: "Lesson | None" = None,
    at: "ExactCheckpoint | ReplayRecipe | None" = None,
    engine: str = AUTO,
) -> int:
    """Show the window with this experiment (XOR if there is none) until it is closed.

    ``lesson`` is opened beside it, and its first step set up.

    ``engine`` is numpy, numba or auto; ``at`` an instant of the experiment other than epoch 0.
    Returns the exit code of the application.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_application(argv)
    window = MainWindow(experiment or experiment_for("xor"), Settings(settings_path()), engine)
    if at is not None and experiment is not None:
        window.session.send(Load(experiment, at=at))
    freeze()  # the collector's first turn would come just before the first frame
    window.completed.connect(freeze)
    window.show()
    if lesson is not None:
        window.open_lesson(lesson, set_up=experiment is None)
    close_on_signals(window)
    tell_errors(window)
    code = app.exec()
    window.session.close()  # also where the application ended without closing the window
    return code


def tell_errors(window: MainWindow) -> None:
    """Say an unforeseen error in the window and in the log, besides on the terminal."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        LOG.error("An exception reached the event loop.", exc_info=(kind, error, trace))
        words = f"{kind.__name__}: {str(error)[:200]}"
        window.message.say(f"Something went wrong in bpviz ({words}). Details are in {log_path()}.")

    sys.excepthook = told


def close_on_signals(window: MainWindow) -> None:
    """Let Ctrl+C in the terminal, SIGTERM and SIGHUP close the window as its button does.

    Python runs a signal's handler only when it runs at all, which at rest it would not: a
    timer gives it the occasion.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, lambda *_: window.close())
    occasion = QTimer(window)
    occasion.timeout.connect(lambda: None)
    occasion.start(200)
