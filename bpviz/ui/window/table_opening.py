"""Opens tables: asks for a file, shows how it is read, and starts a run with it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from bpviz.experiment.experiment import Experiment
from bpviz.problems.table import PROBLEMS
from bpviz.problems.tables.problem import SUFFIXES, table_problem
from bpviz.session.commands import Load, Open
from bpviz.session.table_inspector import InspectedTable, TableInspector
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.notes_and_marks import remove_row
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.file_watch import FileWatch
from bpviz.ui.window.recent_tables import RecentTables

if TYPE_CHECKING:
    from bpviz.problems.tables.model import Reading  # imported on first use
    from bpviz.ui.panels.table_preview.dialog import TablePreview

TABLES = f"Tables ({' '.join(f'*{ending}' for ending in SUFFIXES)});;All files (*)"


Change = Callable[[Experiment], Experiment]


class TableOpening:
    """Opens tables, in one way wherever they come from: a table in which nothing was guessed, or
    of which every guess was seen before, starts a run at once, any other one is shown first.

    ``experiment()`` returns the present one.
    """

    def __init__(self, window: WindowContext, experiment: Callable[[], Experiment]) -> None:
        self._window, self._experiment = window, experiment
        self._inspector = TableInspector(window.widget)
        self._preview: TablePreview | None = None
        self._seen: set[tuple[str, Reading, tuple[str, ...]]] = set()
        self.watch = FileWatch(window.message, self.reload)
        self.recent = RecentTables(window.settings)
        self.recent.chosen.connect(self.open)

    def ask(self) -> None:
        """Ask for a file and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window.widget, "Open table", "", TABLES)
        if path:
            self.open(path)

    def open(
        self, path: str, options: Mapping[str, Any] | None = None, change: Change | None = None
    ) -> None:
        """Open the table of a file; ``change`` returns its experiment with what else was chosen."""

        def start(found: InspectedTable) -> None:
            seed, chosen = self._experiment().seed, found.reading.options()
            self._window.session.send(Open(path, seed, chosen, found.inspection, change))

        self._show(path, options or {}, start, self._passes)

    def open_experiment(self, experiment: Experiment) -> None:
        """Open the table of an experiment, and start it."""

        def start(found: InspectedTable) -> None:
            now = replace(experiment, options=found.reading.options())
            self._window.session.send(Load(now, inspection=found.inspection))

        self._show(experiment.problem, experiment.options, start, self._passes)

    def show_current(self) -> None:
        """Show how the table of the present experiment is read."""
        if self._is_from_file():
            experiment = self._experiment()

            def start(found: InspectedTable) -> None:
                now = replace(self._experiment(), options=found.reading.options())
                self._window.session.send(Load(now, inspection=found.inspection))

            self._show(experiment.problem, experiment.options, start, None)

    def reload(self) -> None:
        """Start again with what the file of the present experiment holds now."""
        if self._is_from_file():
            self.open_experiment(self._experiment())

    def _is_from_file(self) -> bool:
        """Whether the present problem is a table; if not, say so."""
        if self._experiment().problem not in PROBLEMS:
            return True
        self._window.message.say(
            "The patterns of this problem are not from a file: open one first.", "warning"
        )
        return False

    def _passes(self, found: InspectedTable) -> bool:
        return found.is_clean or (found.path, found.reading, found.guesses) in self._seen

    def _show(
        self,
        path: str,
        options: Mapping[str, Any],
        start: Callable[[InspectedTable], None],
        passes: Callable[[InspectedTable], bool] | None,
    ) -> None:
        from bpviz.problems.tables.model import Reading  # imported on first use
        from bpviz.ui.panels.table_preview.dialog import TablePreview

        self._window.message.clear()
        if self._preview is not None:
            self._preview.reject()
        reading = Reading(**table_problem(path).complete(options))
        self._preview = TablePreview(
            path, reading, self._inspector, self._window.theme, self._window.widget, passes=passes
        )
        self._preview.chosen.connect(lambda found: self._start(found, start))
        self._preview.refused.connect(lambda reason: self._window.message.say(reason))
        self._preview.finished.connect(lambda _: self._drop_preview())
        self._preview.begin()

    def _start(self, found: InspectedTable, start: Callable[[InspectedTable], None]) -> None:
        self._seen.add((found.path, found.reading, found.guesses))
        self.recent.note(found.path)
        self.watch.note(found)
        self._window.choose_speed_for(found.path)
        start(found)

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
        self.watch.end()
        self._inspector.close()


@guard_overrides
class FileDrop(QObject):
    """Lets one file be dropped on a window; ``opens`` is called with its path."""

    def __init__(self, window: QWidget, opens: Callable[[str], None]) -> None:
        super().__init__(window)
        self._opens = opens
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept one file while it is dragged, and open it when it is dropped."""
        if not isinstance(event, QDropEvent):  # QDragEnterEvent is one
            return False
        if path := dropped_file(event.mimeData()):
            event.acceptProposedAction()
            if event.type() is QEvent.Type.Drop:
                self._opens(path)
        return True


def dropped_file(data: QMimeData) -> str:
    """The path of the one file that is dragged; "" if it is anything else."""
    urls = data.urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and Path(path).is_file() else ""
