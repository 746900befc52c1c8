"""The settings of the window, kept between starts: plain texts in a file of its own.

QSettings is not used: PySide unpickles whatever the file says is a Python object, and so a
changed settings file could run code. Here a line is a key and a text, and nothing else is read.
"""

import binascii
import os
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QStandardPaths

MOST_BYTES = 4_000_000
"""A larger file is not one of ours; it is passed over, and replaced at the next change."""


def settings_path() -> Path:
    """The file of this user, where the system keeps settings."""
    location = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(location)) / "bpviz" / "settings.txt"


class Settings:
    """Texts by key, kept in a file; a file that is missing or damaged is an empty one.

    Several windows may share the file: ``save`` reads it again and changes only the keys that
    were set here. A file that cannot be written is no reason to fail.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._values = _read(path)
        self._changed: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str = "") -> str:
        """The text of this key."""
        return self._values.get(key, default)

    def whole(self, key: str, default: int = 0) -> int:
        """The whole number of this key; the default for a text that is none."""
        text = self.text(key)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default

    def data(self, key: str) -> QByteArray:
        """The bytes of this key; empty for a text that holds none."""
        try:
            return QByteArray(binascii.a2b_base64(self.text(key), strict_mode=True))
        except ValueError:
            return QByteArray()

    def set(self, key: str, value: str | int) -> None:
        """Remember this text or whole number (True is 1)."""
        text = value if isinstance(value, str) else str(int(value))
        if self._values.get(key) != text:
            self._values[key] = text
            self._changed.add(key)

    def set_data(self, key: str, data: QByteArray) -> None:
        """Remember these bytes."""
        self.set(key, binascii.b2a_base64(data.data(), newline=False).decode())

    def save(self) -> None:
        """Write what was set since the last time."""
        if not self._changed:
            return
        values = _read(self.path) | {key: self._values[key] for key in self._changed}
        try:
            _write(self.path, values)
        except OSError:
            return
        self._changed.clear()


def _read(path: Path) -> dict[str, str]:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return {}
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return {}
    pairs = (line.partition(" = ") for line in lines)
    return {_unescaped(key): _unescaped(text) for key, between, text in pairs if between}


def _write(path: Path, values: dict[str, str]) -> None:
    """Replace the file whole. It is not forced to the disk, which could take many frames."""
    lines = [f"{_escaped(key)} = {_escaped(values[key])}\n" for key in sorted(values)]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with part.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    try:
        os.replace(part, path)
    except OSError:  # on Windows: another window is reading it just now
        part.unlink(missing_ok=True)
        if sys.platform != "win32":
            raise


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "=": "\\e"}


def _escaped(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return "".join(_ESCAPES.get(character, character) for character in text)


def _unescaped(text: str) -> str:
    parts = text.split("\\\\")
    for escape, plain in (("\\n", "\n"), ("\\r", "\r"), ("\\e", "=")):
        parts = [part.replace(escape, plain) for part in parts]
    return "\\".join(parts)
