"""Notes that the file of the present experiment has changed or vanished."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QTimer

from bpviz.core.values import isolated
from bpviz.experiment.experiment import Experiment
from bpviz.problems.table import PROBLEMS
from bpviz.session.table_inspector import FileState, InspectedTable, file_state
from bpviz.ui.toolkit.widgets.message_bar import MessageBar

SETTLE_MS = 300
"""Programs that save a file may remove it for a moment, or write it in pieces."""


class FileWatch:
    """Says in the message bar when a file of the present experiment is not as it was read.

    ``reload`` is offered there. The folder is watched too: a file that is replaced by another one
    is not watched any more.
    """

    def __init__(self, message: MessageBar, reload: Callable[[], None]) -> None:
        self._message, self._reload = message, reload
        self._watcher: QFileSystemWatcher | None = None
        self._read: dict[str, FileState | None] = {}
        self._states: dict[str, FileState | None] = {}
        self._soon = QTimer(singleShot=True, interval=SETTLE_MS)
        self._soon.timeout.connect(self._check)

    def note(self, found: InspectedTable) -> None:
        """Take the state in which a table was read."""
        self._read = {found.path: found.state}

    def watch(self, experiment: Experiment) -> None:
        """Watch the files of an experiment whose run has just begun, and no others."""
        self._stop()
        if experiment.problem in PROBLEMS:
            return
        paths = [experiment.problem, str(experiment.options.get("test_file", ""))]
        self._states = {path: self._read.get(path) or file_state(path) for path in paths if path}
        self._watcher = QFileSystemWatcher()
        folders = {str(Path(path).absolute().parent) for path in self._states}
        self._watcher.addPaths([*self._states, *folders])
        self._watcher.fileChanged.connect(lambda _: self._soon.start())
        self._watcher.directoryChanged.connect(lambda _: self._soon.start())
        self._soon.start()  # it may have changed since it was read

    def _check(self) -> None:
        for path, before in self._states.items():
            now = file_state(path)
            if now == before:
                continue
            self._states[path] = now
            name = isolated(Path(path).name)
            if now is None:
                said = f"{name} is not there any more; the run goes on with what was read."
                self._message.say(said, "warning")
            else:
                said = f"{name} has changed since it was read."
                self._message.say(said, "warning", "Reload", self._reload)
                if self._watcher is not None:
                    self._watcher.addPath(path)

    def _stop(self) -> None:
        self._soon.stop()
        self._states = {}
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    def end(self) -> None:
        """Watch nothing any more."""
        self._stop()
