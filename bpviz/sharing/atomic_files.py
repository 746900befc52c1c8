"""Atomic writing: a reader finds the whole old file or the whole new one."""

import os
import secrets
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Self

if sys.platform != "win32":
    import fcntl

PREFIX, SUFFIX = ".bpviz-", ".part"
"""First and last characters of the name of an unfinished file."""

YOUNG = 10.0
"""Seconds before an unfinished file may be removed: its writer may not hold its lock yet."""


class WriteFailed(Exception):
    """A file could not be written; the message gives its path and the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} could not be written: {reason}.")


def reason_of(error: OSError) -> str:
    """The reason of an OSError, in words that complete 'could not be written: ...'."""
    words = error.strerror or str(error) or type(error).__name__
    return words[0].lower() + words[1:]


class NewFile:
    """A file that appears under its name only when it is complete.

    The data is written to a hidden file in the same folder. ``commit`` moves it to ``path``;
    leaving the ``with`` block without it removes the hidden file. ``replace``: an existing file
    may be replaced; a folder, device or pipe never is. Unfinished files that a killed process
    left in the folder are removed. All methods raise WriteFailed.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        # Replace the target of a link, not the link.
        self.path = Path(os.path.realpath(path))
        self._shown = path
        self._replace = replace
        self._check_place()
        _remove_unfinished(self.path.parent)
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
        self._temporary = self.path.with_name(name)
        try:
            # "x" creates the file and never opens an existing file or link.
            self._file = self._temporary.open("xb")
        except OSError as error:
            raise self._failed(error) from error
        _lock(self._file)

    def _check_place(self) -> None:
        if self.path.is_dir():
            raise WriteFailed(self._shown, "a folder has this name")
        if self.path.exists() and not self.path.is_file():
            raise WriteFailed(self._shown, "a device or a pipe has this name")
        if not self._replace and (self.path.exists() or self._shown.is_symlink()):
            raise WriteFailed(self._shown, "a file with this name exists already")

    def _failed(self, error: OSError) -> WriteFailed:
        return WriteFailed(self._shown, reason_of(error))

    def write(self, data: bytes) -> None:
        """Add bytes."""
        try:
            self._file.write(data)
        except OSError as error:
            raise self._failed(error) from error

    def commit(self) -> None:
        """Finish the file and move it to its path."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())  # a full disk may be reported only now
            self._file.close()
            self._check_place()
            os.replace(self._temporary, self.path)
        except OSError as error:
            raise self._failed(error) from error

    def discard(self) -> None:
        """Remove the unfinished file; does nothing after ``commit``."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._temporary.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def _lock(file: BinaryIO) -> bool:
    """Lock an unfinished file while it is open; False if another process holds the lock.

    Windows needs no lock: an open file cannot be removed there.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # no locks on this file system: its writer may be running
            return False
    return True


def _remove_unfinished(folder: Path) -> None:
    """Remove the unfinished files of processes that were killed while they wrote here."""
    with suppress(OSError):
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            with suppress(OSError):
                if path.is_symlink() or time.time() - path.stat().st_mtime < YOUNG:
                    continue
                with path.open("rb") as file:
                    abandoned = _lock(file)
                if abandoned:
                    path.unlink()


def write_bytes(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a whole file. If it raises WriteFailed, nothing has changed."""
    write_pieces(path, [data], replace=replace)


def write_pieces(path: Path, pieces: Iterable[bytes], *, replace: bool = False) -> None:
    """Write a whole file, piece by piece. Raises WriteFailed as ``write_bytes`` does."""
    with NewFile(path, replace=replace) as file:
        for piece in pieces:
            file.write(piece)
        file.commit()


def make_folder(path: Path) -> None:
    """Create a folder and its parents. Raises WriteFailed."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise WriteFailed(path, "a file has the folder's name") from error
    except OSError as error:
        raise WriteFailed(path, reason_of(error)) from error


def free_path(path: Path) -> Path:
    """This path, or the first of 'name (2).png', 'name (3).png', ... that is not taken."""
    number, free = 2, path
    while free.exists():
        free = path.with_stem(f"{path.stem} ({number})")
        number += 1
    return free
