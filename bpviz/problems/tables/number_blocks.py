"""Blocks of lines that hold plain numbers only, read by NumPy."""

import numpy as np

from bpviz.core.values import Matrix
from bpviz.problems.tables.layout import Layout


def is_plain(block: list[str], layout: Layout, sure: bool) -> bool:
    """Whether the marks in the lines have one meaning only.

    ``sure``: every column has shown that its numbers have the decimal mark of the layout.
    """
    text = "".join(block)
    if '"' in text or has_codes(text, layout.decimal):
        return False
    if layout.decimal == ",":
        return "." not in text and (sure or "," not in text)
    return layout.delimiter == "," or sure or "." not in text


def has_codes(text: str, decimal: str) -> bool:
    """Whether a number in a text begins with 0 and another digit: 0123 is a code.

    Bytes are compared all at once, which takes a tenth of the time of a regular expression.
    """
    data = np.frombuffer(f"\n\n{text}\n".encode(), dtype=np.uint8)
    digit = (data - np.uint8(ord("0"))) < 10  # unsigned: smaller ones are large
    at = np.flatnonzero((data[2:-1] == ord("0")) & digit[3:] & ~digit[1:-2]) + 2
    before = data[at - 1]
    signed = (before == ord("-")) | (before == ord("+"))
    mark = np.where(signed, data[at - 2], before)
    allowed = (mark == ord("e")) | (mark == ord("E")) | ((before == ord(decimal)) & ~signed)
    return not bool(allowed.all())


def read_numbers(lines: list[str], delimiter: str | None, width: int) -> Matrix | None:
    """The numbers (lines, width) that NumPy reads; None if a cell is no number below 1e15."""
    if not lines:
        return np.empty((0, width))
    try:
        table = np.loadtxt(lines, delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:
        return None
    # A float64 holds whole numbers of 15 digits; nan and inf need a closer look, too.
    plain = table.shape == (len(lines), width) and bool((np.abs(table) < 1e15).all())
    return table if plain else None
