"""What a window is reduced to: the panels and views that are shown, and the fields that are not.

Settings, lessons and link texts hold it as one table; see ``shown_from``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpviz.core.values import BadValue, meant, one_of

ALWAYS = "network"
"""The key of the view in the centre, which is always shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a window shows.

    panels  keys of panels and views; None for all.
    hide    names of the sections and fields of the Experiment panel that are hidden. They keep
            their values.
    """

    panels: tuple[str, ...] | None = None
    hide: tuple[str, ...] = ()

    def has(self, key: str) -> bool:
        """Whether this panel or view is shown."""
        return self.panels is None or key == ALWAYS or key in self.panels

    def with_panel(self, key: str) -> "Shown":
        """The same with this panel or view."""
        return self if self.has(key) else replace(self, panels=(*(self.panels or ()), key))


EVERYTHING = Shown()


def shown_from(table: object) -> Shown:
    """The record of a table with the entries ``panels`` and ``hide``, both optional lists.

    Raises BadValue for anything else. The names are checked by the window, which has the panels.
    """
    if not isinstance(table, Mapping):
        raise BadValue("window", table, "a table with panels or hide")
    for key in table:
        if key not in ("panels", "hide"):
            raise BadValue(
                "window", key, one_of(("panels", "hide")), meant(key, ("panels", "hide"))
            )
    panels = _names("panels", table["panels"]) if "panels" in table else None
    return Shown(panels, _names("hide", table.get("hide", [])))


def shown_table(shown: Shown) -> dict[str, Any]:
    """The table of a record, without what is as in ``EVERYTHING``."""
    table: dict[str, Any] = {} if shown.panels is None else {"panels": list(shown.panels)}
    return {**table, "hide": list(shown.hide)} if shown.hide else table


def _names(field: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadValue(field, names, "a list of names")
    return tuple(dict.fromkeys(names))
