"""Rows of a file that are left out."""

from dataclasses import dataclass
from typing import Any

MOST_LINES = 20
"""Lines of rows that were left out which are listed."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows that are left out: where the first begins, how many, and what they are.

    ``lines`` are those of the first rows, MOST_LINES at most; empty where only the first is known.
    """

    line: int
    rows: int
    why: str
    lines: tuple[int, ...] = ()

    def sentence(self, place: str) -> str:
        """2 rows without a value (lines 3 and 8); ``place`` is "line" or "row"."""
        return f"{self.rows:,} row{'s' * (self.rows != 1)} ({self._where(place)}): {self.why}"

    def _where(self, place: str) -> str:
        if self.rows == 1 or not self.lines:
            return f"{place} {self.line:,}" + (" on" if self.rows > 1 else "")
        more = self.rows - len(self.lines)
        listed = [f"{line:,}" for line in self.lines] + ([f"{more:,} more"] if more else [])
        return f"{place}s {', '.join(listed[:-1])} and {listed[-1]}"

    def report(self) -> dict[str, Any]:
        """All of it as plain values."""
        lines = list(self.lines or (self.line,))
        return {"rows": self.rows, "lines": lines, "why": self.why}
