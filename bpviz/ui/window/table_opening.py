"""Opens tables: asks for a file, shows how it is read, and starts a run with it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog

from bpviz.experiment.experiment import Experiment
from bpviz.problems.table import PROBLEMS
from bpviz.problems.tables.problem import SUFFIXES, table_problem
from bpviz.session.commands import Load, Open
from bpviz.session.table_inspector import TableInspector
from bpviz.ui.toolkit.widgets.notes_and_marks import remove_row
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.recent_tables import RecentTables

if TYPE_CHECKING:
    from bpviz.problems.tables.model import Reading
    from bpviz.ui.panels.table_preview.dialog import TablePreview

TABLES = f"Tables ({' '.join(f'*{ending}' for ending in SUFFIXES)});;All files (*)"


class TableOpening:
    """Opens the preview of a table, and starts the run that is chosen there.

    ``experiment()`` returns the present one.
    """

    def __init__(self, window: WindowContext, experiment: Callable[[], Experiment]) -> None:
        self._window, self._experiment = window, experiment
        self._inspector = TableInspector(window.widget)
        self._preview: TablePreview | None = None
        self.recent = RecentTables(window.settings)
        self.recent.chosen.connect(self.open)

    def ask(self) -> None:
        """Ask for a file and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window.widget, "Open CSV", "", TABLES)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Train with this table at once, or show how it is read if something was guessed."""
        self._show(path, {}, skip_clean=True)

    def show_current(self) -> None:
        """Show how the table of the present experiment is read."""
        experiment = self._experiment()
        if self._is_from_file(experiment):
            self._show(experiment.problem, experiment.options, skip_clean=False)

    def reload(self) -> None:
        """Start again with what the file of the present experiment holds now."""
        experiment = self._experiment()
        if self._is_from_file(experiment):
            self._window.message.clear()
            self._window.session.send(Load(experiment, reread=True))

    def _is_from_file(self, experiment: Experiment) -> bool:
        """Whether the problem is a table; if not, say so."""
        if experiment.problem not in PROBLEMS:
            return True
        self._window.message.say(
            "The patterns of this problem are not from a file: open one first.", "warning"
        )
        return False

    def _show(self, path: str, options: Mapping[str, Any], *, skip_clean: bool) -> None:
        from bpviz.problems.tables.model import Reading  # imported on first use
        from bpviz.ui.panels.table_preview.dialog import TablePreview

        self._window.message.clear()
        if self._preview is not None:
            self._preview.reject()
        reading = Reading(**table_problem(path).complete(options))
        self._preview = TablePreview(
            path, reading, self._inspector, self._window.theme, self._window.widget,
            skip_clean=skip_clean,
        )  # fmt: skip
        self._preview.chosen.connect(self._start)
        self._preview.refused.connect(lambda reason: self._window.message.say(reason))
        self._preview.finished.connect(lambda _: self._drop_preview())
        self._preview.begin()

    def _start(self, path: str, reading: "Reading") -> None:
        """Start a run: the present network stays if only the reading of its table has changed."""
        self.recent.note(path)
        experiment, options = self._experiment(), reading.options()
        if path == experiment.problem and options != experiment.options:
            self._window.load(replace(experiment, options=options))
        else:
            self._window.choose_speed_for(path)
            self._window.session.send(Open(path, experiment.seed, options))

    def _drop_preview(self) -> None:
        preview, self._preview = self._preview, None
        if preview is not None:
            remove_row(preview)

    def set_theme(self, theme: object) -> None:
        """Use these colours from now on."""
        if self._preview is not None:
            self._preview.set_theme(self._window.theme)

    def end(self) -> None:
        """Close the preview and end the thread."""
        if self._preview is not None:
            self._preview.reject()
        self._inspector.close()


def dropped_file(data: QMimeData) -> str:
    """The path of the one file that is dragged; "" if it is anything else."""
    urls = data.urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and Path(path).is_file() else ""
