"""What rounds of random acts have reached, and what they have not."""

from collections import Counter
from typing import Any

from bpviz.ui.window.actions import ACTIONS
from tests.campaigns.file_kinds import KINDS as FILE_KINDS
from tests.campaigns.round_inputs import FILES, file_name
from tests.campaigns.window_acts import KINDS as ACT_KINDS

NEVER = frozenset({"action quit"})
"""What ends a round too soon; the window is closed at the end of each."""


class Reached:
    """Adds up what the rounds have reached."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._fields: set[str] = set()

    def add(self, said: dict[str, Any]) -> None:
        """Take in what a round says at its end."""
        self._counts.update(said.get("reached", {}))
        self._fields.update(said.get("there", ()))

    def names(self) -> list[str]:
        """What was reached, in order."""
        return sorted(self._counts)

    def missing(self) -> dict[str, list[str]]:
        """What exists and was not reached, by sort."""
        every = {
            "acts": {f"act {kind}" for kind in ACT_KINDS},
            "actions": {f"action {row.name}" for row in ACTIONS} - NEVER,
            "files": {f"file {name}" for name in (*FILES, *map(file_name, FILE_KINDS))},
            "fields": self._fields,
        }
        return {sort: sorted(names - self._counts.keys()) for sort, names in every.items()}

    def figures(self) -> dict[str, Any]:
        """How many of each sort were reached, the dialogs that were open, and some of the rest."""
        missing = self.missing()
        dialogs = sorted(key[7:] for key in self._counts if key.startswith("dialog "))
        counts = Counter(key.partition(" ")[0] + "s" for key in self._counts)
        return {
            **{sort: f"{counts[sort]} reached, {len(left)} not" for sort, left in missing.items()},
            "dialogs": dialogs,
            "not_reached": {sort: left[:150] for sort, left in missing.items() if left},
        }
