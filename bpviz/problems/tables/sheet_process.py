"""Reads a spreadsheet in a process of its own: -m THIS_MODULE FILE SHEET SECONDS CELLS.

A damaged file can make the library panic, fill the memory or never end, and one with a cell far
from all others does so, too: then only this process ends. It writes to standard output, each
marshalled: a dictionary (see ``main``), then the rows, as lists of texts. It imports little, since
it is started for every spreadsheet.
"""

import contextlib
import marshal
import sys
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

MOST_MEMORY = 4 * 2**30


def text_of(value: Any) -> str:
    """A value as it stands in a text; whole numbers have no decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).splitlines()).replace("\t", " ").replace("\0", "")


def main(path: str, wanted: str, seconds: int, cells: int, out: BinaryIO) -> None:
    """Write ``names`` of all sheets, then ``sheet`` (None: there is none) and its rows; or, instead
    of them, ``refusal`` or ``size``, the rows and columns of a sheet of more than ``cells``."""
    from python_calamine import CalamineError, CalamineWorkbook

    _limit(seconds)
    try:
        book = CalamineWorkbook.from_path(path)
        found: dict[str, Any] = {"names": book.sheet_names, "sheet": None}
        rows: Sequence[Sequence[Any]] = []
        for name in _candidates(book.sheet_names, wanted):
            sheet = book.get_sheet_by_name(name)
            last = sheet.end or (0, 0)
            size = (last[0] + 1, last[1] + 1)
            if size[0] * size[1] > cells:
                found["size"] = size
                break
            rows = sheet.to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in rows for cell in row):
                found["sheet"] = name
                break
    except (CalamineError, OSError) as error:
        marshal.dump({"refusal": str(error)}, out)
        return
    marshal.dump(found, out)
    for row in rows if found["sheet"] is not None else ():
        texts = [text_of(value) for value in row]
        marshal.dump(texts if any(texts) else [], out)


def _candidates(names: list[str], wanted: str) -> list[str]:
    """The sheets to look at for this name or number; the first that is not empty is read."""
    if not wanted or wanted in names:
        return [wanted] if wanted else names
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 0
    return names[number - 1 : number] if number else []


def _limit(seconds: int) -> None:
    """End this process when it has taken so much of the processor, or MOST_MEMORY."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.stdout.buffer)
