"""Writing files so that a reader finds the whole old file or the whole new one, never a part."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


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
    there already may go. All methods raise WriteFailed.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        # What a link points to is replaced, not the link.
        self.path = Path(os.path.realpath(path))
        self._shown = path
        self._replace = replace
        self._temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._check_place()
        try:
            self._file = self._temporary.open("wb")
        except OSError as error:
            raise self._failed(error) from error

    def _check_place(self) -> None:
        if self.path.is_dir():
            raise WriteFailed(self._shown, "a folder has this name")
        if not self._replace and self.path.exists():
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.discard()


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
