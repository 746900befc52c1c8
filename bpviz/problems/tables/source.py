"""Opens files: plain or compressed bytes, bounded, and text in the encoding that they are in."""

import codecs
import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from bpviz.core.values import BadValue
from bpviz.problems.tables.model import BadTable, DataNote, Remedy

MAX_BYTES = 1_000_000_000
"""Bytes of a table, after decompression."""

HEAD_BYTES = 65_536

ENCODINGS = {
    "utf-8": "utf-8", "utf-16": "utf-16", "windows-1252": "cp1252", "latin-1": "latin-1",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "shift-jis": "shift_jis", "gbk": "gbk",
}  # fmt: skip
"""Name of an encoding -> Python's name for it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip

READ_AHEAD = 1 << 14
"""Bytes that are read at once. Every reading calls Python, and 8 kB, which Python reads on its own,
would take a tenth of the time of a table."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a table: a file, or what is compressed in it (``member`` of a .zip).

    ``name`` is that of the table, such as x.csv for x.csv.gz.
    """

    path: str
    name: str
    pack: str = ""
    member: str = ""

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, decompressed. Raises BadTable once they are more than MAX_BYTES."""
        try:
            with open(self.path, "rb") as file:
                yield cast(BinaryIO, io.BufferedReader(_Bounded(self, file), READ_AHEAD))
        except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError,
                RuntimeError) as error:  # fmt: skip
            if isinstance(error, BadValue):
                raise
            why = "it is damaged or encrypted"
            raise BadTable(self.path, "a compressed file that can be unpacked", why) from None

    @contextmanager
    def text(self, encoding: str) -> Iterator[IO[str]]:
        """The text; line ends are as they stand in the file."""
        with self.open() as file, io.TextIOWrapper(file, encoding, newline="") as text:
            text._CHUNK_SIZE = READ_AHEAD  # type: ignore[attr-defined]
            yield text

    def size(self) -> int:
        """Bytes of the file."""
        return os.path.getsize(self.path)

    def head(self) -> bytes:
        """The first HEAD_BYTES."""
        with self.open() as file:
            return file.read(HEAD_BYTES)


class _Bounded(io.RawIOBase):
    """The unpacked bytes of a file, up to MAX_BYTES."""

    def __init__(self, source: Source, file: BinaryIO) -> None:
        super().__init__()
        self._source, self._read, self._packed = source, 0, file
        self._size = max(os.path.getsize(source.path), 1)
        self._file: IO[bytes] = file
        if source.pack == "gz":
            self._file = cast(IO[bytes], gzip.GzipFile(fileobj=file))
        elif source.pack == "zip":
            archive = zipfile.ZipFile(file)  # closed with the file that it reads
            self._file = archive.open(source.member)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        self._read += len(data)
        if self._read > MAX_BYTES:
            raise too_large(self._source.path)
        buffer[: len(data)] = data
        return len(data)

    def share(self) -> float:
        """How much of the file is read, 0 to 1."""
        return min(self._packed.tell() / self._size, 1.0)


def share_read(text: IO[str]) -> float:
    """How much of the file is read that ``Source.text`` has opened, 0 to 1; 0.5 for a text in
    memory, which the file was turned into."""
    if not isinstance(text, io.TextIOWrapper):
        return 0.5
    return cast(_Bounded, cast(io.BufferedReader, text.buffer).raw).share()


def too_large(path: str, size: float = 0.0) -> BadTable:
    """The refusal of a file for its size."""
    why = f"it has {size / 1e6:,.0f} MB" if size else "it is larger when unpacked"
    return BadTable(path, f"a file of at most {MAX_BYTES / 1e6:,.0f} MB", why)


def source_of(path: str) -> Source:
    """The table in a file, which may be compressed. Raises BadTable and OSError."""
    if os.path.isdir(path):
        raise BadTable(path, "a table in a file", "it is a folder")
    if not os.path.isfile(path):
        os.stat(path)
        raise BadTable(path, "a table in a file", "it is a device or a pipe")
    if (size := os.stat(path).st_size) > MAX_BYTES:
        raise too_large(path, size)
    source = Source(path, Path(path).name)
    with open(path, "rb") as file:
        magic = file.read(4)
    if magic[:2] == b"\x1f\x8b":
        return replace(source, pack="gz", name=source.name.removesuffix(".gz"))
    if magic in (b"PK\x03\x04", b"PK\x05\x06"):  # the latter is empty
        return _in_zip(source)
    return source


_NO_ARCHIVES = (".xlsx", ".xlsm", ".xlsb", ".ods", ".npz", ".docx", ".pptx", ".odt", ".jar")
_INSIDE = ("xl/workbook.xml", "xl/workbook.bin", "mimetype", "[Content_Types].xml")


def _in_zip(source: Source) -> Source:
    """The one table in an archive; formats that are archives themselves stay as they are."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return source
    if source.name.lower().endswith(_NO_ARCHIVES) or any(name in names for name in _INSIDE):
        return source
    if names and all(name.endswith(".npy") for name in names):
        return source
    tables = [
        n for n in names if not n.startswith("__MACOSX/") and not Path(n).name.startswith(".")
    ]
    if len(tables) > 1:
        tables = [n for n in tables if n.lower().endswith((".csv", ".tsv", ".data"))]
    if len(tables) != 1:
        there = f"{len(names):,} files" if names else "nothing"
        raise BadTable(source.path, "an archive with one table inside", f"there is {there} in it")
    return replace(source, pack="zip", member=tables[0], name=Path(tables[0]).name)


def encoding_of(source: Source, chosen: str) -> tuple[str, tuple[DataNote, ...]]:
    """Python's name for the encoding of a text, and notes if it was guessed."""
    if chosen != "auto":
        named = ENCODINGS[chosen]
        return ("utf-8-sig" if named == "utf-8" else named), ()
    head = source.head()
    for bom, name in _BOMS:
        if head.startswith(bom):
            return ("utf-8-sig" if name == "utf-8" else name), ()
    if (wide := _without_bom(head)) is not None:
        return wide, (DataNote(f"The file is read as {wide.upper()}; it does not say so."),)
    if (at := _bad_utf8(source)) is None:
        return "utf-8-sig", ()
    found = "cp1252"
    try:
        with source.text(found) as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        found = "latin-1"
    return found, (
        DataNote(
            f"The file is no UTF-8 text (byte 0x{at:02X}), so it is read as Windows-1252.",
            (Remedy("encoding", "windows-1250", "Read as Windows-1250"),),
            doubtful=True,
        ),
    )


def encoding_name(python_name: str) -> str:
    """The usual spelling of the name of an encoding."""
    plain = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(python_name, python_name)
    return {python: name for name, python in ENCODINGS.items()}.get(plain, plain)


def _without_bom(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of most characters is 0."""
    if len(head) < 4 or b"\0" not in head:
        return None
    some = head[: len(head) // 2 * 2]
    for name, zeros, others in (("utf-16-le", some[1::2], some[::2]),
                                ("utf-16-be", some[::2], some[1::2])):  # fmt: skip
        if zeros.count(0) >= 0.9 * len(zeros) and b"\0" not in others:
            return name
    return None


def _bad_utf8(source: Source) -> int | None:
    """The first byte that no UTF-8 text has there; None if the text is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open() as file:
        while True:
            data = file.read(1 << 20)
            if data.isascii() and data and not decoder.getstate()[0]:
                continue  # ten times as fast as decoding
            try:
                decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                return int(error.object[error.start])
            if not data:
                return None
