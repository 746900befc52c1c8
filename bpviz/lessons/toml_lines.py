"""Line numbers of tables and keys in a TOML file, for error messages."""

import re

_HEADER = re.compile(r"^\s*+\[\[?\s*+([A-Za-z0-9_.\- ]++)\s*+\]\]?\s*+(?:#.*)?$")
_KEY = re.compile(r'^\s*+"?([A-Za-z0-9_\- >]++)"?\s*+=')
"""Blanks belong to the name: without a choice where they belong a long line takes no long time."""

TomlPath = tuple[tuple[str, int], ...]
"""Names of nested tables with the number of each in its list: (("step", 1), ("claim", 0))."""


def line_of(text: str, table: TomlPath, key: str = "") -> int:
    """The line (from 1) of a key in a table; else of the table; else 1.

    tomllib keeps no positions. Tables are found by their headers, and keys at the beginning of
    a line outside multi-line strings, which is how lessons are written.
    """
    counts: dict[tuple[TomlPath, str], int] = {}
    here: TomlPath = ()
    found = 1
    for number, line in _lines_outside_of_texts(text):
        header = _HEADER.match(line)
        if header:
            here = _enter(
                tuple(header[1].strip().split(".")), line.lstrip().startswith("[["), counts
            )
            if here == table:
                found = number
        elif here == table and (match := _KEY.match(line)) and match[1].strip() == key:
            return number
    return found


def _enter(
    names: tuple[str, ...], repeated: bool, counts: dict[tuple[TomlPath, str], int]
) -> TomlPath:
    """The path of the table that a header opens; counts it if it is one of a list."""
    path: TomlPath = ()
    for depth, name in enumerate(names, 1):
        place = path, name
        if repeated and depth == len(names):
            counts[place] = counts.get(place, -1) + 1
        path = (*path, (name, counts.get(place, 0)))
    return path


def _lines_outside_of_texts(text: str) -> list[tuple[int, str]]:
    lines, inside = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            lines.append((number, line))
        for mark in re.findall(r'"""|' + "'''", line):
            inside = "" if inside == mark else inside or mark
    return lines
