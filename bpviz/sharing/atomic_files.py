"""Writing files so that a reader finds the whole old file or the whole new one, never a part."""

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
"""What the name of an unfinished file begins and ends with."""

YOUNG = 10.0
"""Seconds for which an unfinished file is left alone: its writer may not hold its lock yet."""


class WriteFailed(Exception):
    """A file could not be written; the sentence names its path and the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} could not be written: {reason}.")


def reason_of(error: OSError) -> str:
    """Why the system refused, in words that finish 'could not be written: ...'."""
    words = error.strerror or str(error) or type(error).__name__
    return words[0].lower() + words[1:]


class NewFile:
    """A file that appears under its name only when it is complete.

    What is written goes to a hidden file in the same folder. ``commit`` moves it to ``path``;
    leaving the ``with`` block without that removes it. ``replace`` says whether a file that is
    there already may go; anything but a file (a folder, a device, a pipe) is never replaced.
    Unfinished files that a killed process left in the folder are removed. All methods raise
    WriteFailed.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        # What a link points to is replaced, not the link.
        self.path = Path(os.path.realpath(path))
        self._shown = path
        self._replace = replace
        self._check_place()
        _remove_unfinished(self.path.parent)
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
        self._temporary = self.path.with_name(name)
        try:
            # "x" creates the file and never opens one, or a link, that is there already.
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
        """Finish the file and let it take its name."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())  # a full disk may say so only now
            self._file.close()
            self._check_place()
            os.replace(self._temporary, self.path)
        except OSError as error:
            raise self._failed(error) from error

    def discard(self) -> None:
        """Leave nothing behind; after ``commit`` this does nothing."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._temporary.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def _lock(file: BinaryIO) -> bool:
    """Lock an unfinished file for as long as it is open; False if another process has.

    Windows needs no lock: a file that is open there cannot be removed.
    """
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: whether its writer lives is not known
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
    """Write a whole file at once. Raises WriteFailed, and then leaves everything as it was."""
    write_pieces(path, [data], replace=replace)


def write_pieces(path: Path, pieces: Iterable[bytes], *, replace: bool = False) -> None:
    """Write a whole file, piece by piece. Raises WriteFailed, as ``write_bytes`` does."""
    with NewFile(path, replace=replace) as file:
        for piece in pieces:
            file.write(piece)
        file.commit()


def make_folder(path: Path) -> None:
    """Create a folder, with those above it. Raises WriteFailed if it cannot be."""
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
