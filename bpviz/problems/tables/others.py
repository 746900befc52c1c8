"""Files that are no tables: each is told what it is."""

import re

from bpviz.problems.tables.model import BadTable
from bpviz.problems.tables.source import Source

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"RIFF", "sound, video or a picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"%!PS", "a PostScript document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"MATLAB 5.0", "a MATLAB file; save the table there with writematrix"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a data base (SQLite)"),
    (b"$FL", "an SPSS file; save it there as CSV"),
    (b"<stata_dta>", "a Stata file; save it there as CSV"),
    (b"RDX", "an R workspace; write the table there with write.csv"),
    (b"BZh", "compressed with bzip2, not with gzip or zip"),
    (b"\xfd7zXZ", "compressed with xz, not with gzip or zip"),
    (b"7z\xbc\xaf", "a 7z archive, not gzip or zip"),
    (b"Rar!", "a RAR archive, not gzip or zip"),
    (b"\x1f\x8b", "compressed twice"),
)
"""First bytes of a file, and what it is then."""

_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|\?xml|svg|!--|table)", re.IGNORECASE
)
_DOCUMENTS = {
    b"word/": "a text document (Word)", b"ppt/": "slides (PowerPoint)",
    b"opendocument.text": "a text document (OpenDocument)",
    b"opendocument.presentation": "slides (OpenDocument)",
}  # fmt: skip
_FEW_ODD = 10  # control characters that a short text may have


def refuse_others(source: Source, head: bytes) -> None:
    """Raise BadTable, with what it is, for a file that is no table of any format."""
    if what := what_it_is(head, source.name):
        raise BadTable(source.path, "a table in a file", f"it is {what}")


def what_it_is(head: bytes, name: str = "") -> str:
    """What a file is that begins so, if that is no table; else ""."""
    for magic, what in MAGIC:
        if head.startswith(magic) and not (magic in (b"BM", b"MZ") and b"\0" not in head[:64]):
            return what
    if _MARKUP.match(head):
        return _markup(head)
    if head.startswith(b"PK"):
        return next((what for part, what in _DOCUMENTS.items() if part in head), "")
    if name.lower().endswith((".pkl", ".pickle")) or re.match(rb"\x80[\x02-\x05]\x95?", head):
        return "a Python pickle, which can run code and is never opened"
    return ""


def _markup(head: bytes) -> str:
    text = head[:2000].lower()
    if b"<svg" in text:
        return "a picture (SVG)"
    return "a web page" if b"html" in text or b"<table" in text else "an XML file"


def refuse_binary(source: Source, text: str) -> None:
    """Raise BadTable for a text that holds bytes which no text has."""
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f\v\x1a") or c == "\ufffd")
    if "\0" in text or odd > _FEW_ODD + len(text) // 10:
        at = next((n for n, c in enumerate(text) if c < " " and c not in "\t\n\r\f\v\x1a"), 0)
        line = text.count("\n", 0, at) + 1
        raise BadTable(source.path, "a table in a file", f"line {line}, column 1 holds binary data")
