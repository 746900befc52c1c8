"""Blocks of lines that hold plain numbers only, read by NumPy."""

import numpy as np

from bpviz.core.values import Matrix
from bpviz.problems.tables.layout import Layout

CELLS_AT_ONCE = 64_000
"""Cells that NumPy reads in one call: about 5 ms, in which no other thread runs Python."""

CHARACTERS_AT_ONCE = 100_000
"""Characters that are looked at in one go: they and what is made of them fit into a cache."""


def is_plain(block: list[str], layout: Layout, sure: bool) -> bool:
    """Whether the marks in the lines have one meaning only.

    ``sure``: every column has shown that its numbers have the decimal mark of the layout.
    """
    size = max(1, CHARACTERS_AT_ONCE // max(1, len(block[0])))
    return all(
        _is_plain("".join(block[at : at + size]), layout, sure) for at in range(0, len(block), size)
    )


def _is_plain(text: str, layout: Layout, sure: bool) -> bool:
    if '"' in text or has_codes(text, layout.decimal):
        return False
    if layout.decimal == ",":
        return "." not in text and (sure or "," not in text)
    return layout.delimiter == "," or sure or "." not in text


def has_codes(text: str, decimal: str) -> bool:
    """Whether a number in a text begins with 0 and another digit: 0123 is a code.

    Signs are left out and every other byte is replaced by what it is, so that bytes can be compared
    all at once: a regular expression takes ten times as long.
    """
    kinds = f"\n{text}".encode().translate(_KINDS[decimal], b"+-")
    data = np.frombuffer(kinds, dtype=np.uint8)
    begins = (data[:-2] == ord(";")) & (data[1:-1] == ord("0")) & (data[2:] <= ord("1"))
    return bool(begins.any())


def _kinds(decimal: str) -> bytes:
    """Byte -> 0, 1 for other digits, e for what stands inside a number, ; for all others."""
    inside = dict.fromkeys(b"eE" + decimal.encode(), ord("e"))
    kind = {**inside, ord("0"): ord("0"), **dict.fromkeys(b"123456789", ord("1"))}
    return bytes(kind.get(byte, ord(";")) for byte in range(256))


_KINDS = {decimal: _kinds(decimal) for decimal in ".,"}


def read_numbers(lines: list[str], delimiter: str | None, width: int) -> Matrix | None:
    """The numbers (lines, width) that NumPy reads; None if a cell is no number below 1e15."""
    if not lines:
        return np.empty((0, width))
    step = max(1, CELLS_AT_ONCE // width)
    parts = (lines[at : at + step] for at in range(0, len(lines), step))
    try:
        pieces = [np.loadtxt(p, delimiter=delimiter, comments=None, ndmin=2) for p in parts]
        table = np.concatenate(pieces)
    except ValueError:
        return None
    # A float64 holds whole numbers of 15 digits; nan and inf need a closer look, too.
    plain = table.shape == (len(lines), width) and bool((np.abs(table) < 1e15).all())
    return table if plain else None
