"""Shows the main window until it is closed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from bpviz.core.kernels.engines import NUMPY
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, experiment_for
from bpviz.session.commands import Load, Open
from bpviz.session.scheduling.numba_loader import NUMBA_LOADER
from bpviz.ui.toolkit.gc_timer import freeze
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe
    from bpviz.sharing.shown import Shown


def run_window(
    app: QApplication,
    settings: Settings,
    experiment: Experiment | None,
    lesson: "Lesson | None",
    at: "ExactCheckpoint | ReplayRecipe | None",
    shown: "Shown | None",
    engine: str,
    table: Open | None,
) -> int:
    """Show the window with this content, see ``bpviz.app.open_window``; returns the exit code."""
    window = MainWindow(experiment or experiment_for("xor"), settings, engine)
    with _closed_at_last(window):
        if at is not None and experiment is not None:
            window.session.send(Load(experiment, at=at))
        if shown is not None:
            try:
                window.show_only(shown)
            except BadValue as error:
                window.message.say(str(error))
        freeze()  # else the first collection would come just before the first frame
        window.completed.connect(freeze)
        if engine != NUMPY:  # so that it is compiled before the first Run
            window.completed.connect(NUMBA_LOADER.begin)
        window.show()
        if table is not None:
            tables = window.run_actions.tables
            window.first_frame_shown.connect(
                lambda: tables.open(table.problem, table.options, table.change)
            )
        if lesson is not None:
            window.open_lesson(lesson, set_up=experiment is None)
        report_errors(window)
        code = app.exec()
        from bpviz.ui.toolkit.drawing.formula import drop_pending  # imported on first use

        drop_pending()
        return code


@contextmanager
def _closed_at_last(window: MainWindow) -> Iterator[None]:
    """Afterwards its threads have ended: Qt aborts the process if one outlives the window."""
    try:
        yield
    finally:
        if window.isVisible():  # an exception came
            window.close()
        window.session.close()  # in case the application ended without closing the window


def report_errors(window: MainWindow) -> None:
    """Show an unhandled exception in the window and write it to the log and the terminal."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        from bpviz.sharing.event_log import log_failure  # imported on first use

        sys.__excepthook__(kind, error, trace)
        window.message.say(log_failure(error, "An exception reached the event loop."))

    sys.excepthook = report
