"""The history behind the lecture, read from resources/history.toml."""

import tomllib
from dataclasses import dataclass, fields

from bpviz.core.values import BadValue, Unquoted
from bpviz.resources import resource


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One work: when, by whom (in full, and as it is cited), what it was, and where to read it.

    ``lesson`` is the key of the lesson that shows the thing, '' for none.
    """

    year: int
    people: str
    short: str
    work: str
    text: str
    source: str
    lesson: str


def history() -> tuple[HistoryEntry, ...]:
    """All entries, oldest first. Raises BadValue for an entry that lacks a field."""
    table = tomllib.loads(resource("history.toml").read_text(encoding="utf-8"))
    entries = [_entry(row) for row in table["entry"]]
    return tuple(sorted(entries, key=lambda entry: entry.year))


def _entry(row: dict[str, object]) -> HistoryEntry:
    names = {field.name for field in fields(HistoryEntry)}
    if set(row) != names:
        found = Unquoted(", ".join(sorted(row)))
        raise BadValue("fields of a history entry", found, ", ".join(sorted(names)))
    return HistoryEntry(**row)  # type: ignore[arg-type]
