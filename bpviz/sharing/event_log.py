"""The log of errors: a rotating file in the user's state folder.

It holds versions, the system, the screen, the engine and tracebacks, but no file names of the
user's data, no patterns and no weights.
"""

import logging
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bpviz import __version__
from bpviz.core.values import shortened

LOG = logging.getLogger("bpviz")
MOST_BYTES, KEPT = 500_000, 3
"""Largest size of a file in bytes, and the number of earlier files kept."""

PACKAGES = ("numpy", "numba", "PySide6-Essentials", "pyqtgraph")


def log_folder() -> Path:
    """The system's folder for logs of this user."""
    home = Path.home()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else home / "AppData" / "Local") / "bpviz" / "Logs"
    if sys.platform == "darwin":
        return home / "Library" / "Logs" / "bpviz"
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else home / ".local" / "state") / "bpviz"


def log_path() -> Path:
    """The present log file."""
    return log_folder() / "bpviz.log"


class _FirstUse(logging.Handler):
    """Opens the log file at the first record: most runs have none.

    If it cannot be written, records are dropped.
    """

    _file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.emit(record)
        except OSError:
            pass

    def _opened(self) -> logging.Handler:
        log_folder().mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            log_path(), maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True
        )
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        file.handleError = lambda record: None  # type: ignore[method-assign]
        file.emit(LOG.makeRecord(LOG.name, logging.INFO, "", 0, versions(), (), None))
        return file

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


def versions() -> str:
    """Versions of bpviz, Python, the system and the main packages, in one line."""
    names = [f"bpviz {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for package in PACKAGES:
        try:
            names.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            names.append(f"no {package}")
    return ", ".join(names)


def log_failure(error: BaseException, during: str) -> str:
    """Write an unexpected exception to the log; returns the sentence for the user."""
    LOG.error(during, exc_info=error)
    words = shortened(f"{type(error).__name__}: {error}")
    return f"Something went wrong in bpviz ({words}). Details are in {log_path()}."


LOG.setLevel(logging.INFO)
LOG.propagate = False
LOG.addHandler(_FirstUse())
