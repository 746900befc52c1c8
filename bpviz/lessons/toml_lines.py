"""Line numbers of tables and keys in a TOML file, for error messages."""

import re

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r'^\s*"?([A-Za-z0-9_\- >]+?)"?\s*=')

TomlPath = tuple[tuple[str, int], ...]
"""Names of nested tables with the number of each in its list: (("step", 1), ("claim", 0))."""


def line_of(text: str, table: TomlPath, key: str = "") -> int:
    """The line (from 1) of a key in a table; else of the table; else 1.

    tomllib keeps no positions. Tables are found by their headers, and keys at the beginning of
    a line outside multi-line strings, which is how lessons are written.
    """
    counts: dict[tuple[str, ...], int] = {}
    here: TomlPath = ()
    found = 1
    for number, line in _lines_outside_of_texts(text):
        header = _HEADER.match(line)
        if header:
            here = _enter(tuple(header[1].split(".")), line.lstrip().startswith("[["), counts)
            if here == table:
                found = number
        elif here == table and (match := _KEY.match(line)) and match[1] == key:
            return number
    return found


def _enter(names: tuple[str, ...], repeated: bool, counts: dict[tuple[str, ...], int]) -> TomlPath:
    """The path of the table that a header opens; counts it if it is one of a list."""
    if repeated:
        counts[names] = counts.get(names, -1) + 1
        for deeper in [other for other in counts if other[: len(names)] == names != other]:
            del counts[deeper]
    return tuple((name, counts.get(names[: depth + 1], 0)) for depth, name in enumerate(names))


def _lines_outside_of_texts(text: str) -> list[tuple[int, str]]:
    lines, inside = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            lines.append((number, line))
        for mark in re.findall(r'"""|' + "'''", line):
            inside = "" if inside == mark else inside or mark
    return lines
