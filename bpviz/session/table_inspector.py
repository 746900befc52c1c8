"""Reads tables for their preview, in a background thread."""

import os
from dataclasses import dataclass, replace
from queue import SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from bpviz.core.interruption import Cancelled, watched
from bpviz.problems.tables.model import Inspection, RawTable, Reading, Remedy
from bpviz.session.status import sentence_of

FileState = tuple[int, int]

STEP = 0.02
"""Share of the work after which progress is told again."""

COLUMN_CHOICES = (
    "targets", "targets_are", "leave_out", "inputs", "numbers", "categories", "dates", "texts",
    "names", "missing_marks", "ignore_case", "date_order", "images", "standardise",
    "standardise_targets", "test_share", "test_file", "data_seed",
)  # fmt: skip
"""Fields of a Reading after whose change the file need not be read again."""


@dataclass(frozen=True, slots=True, eq=False)
class InspectedTable:
    """What came of an order: an inspection, or None where the file could not be read at all.

    ``refusal`` is why no patterns can be made of it, as a sentence; "" if they can. ``state`` is
    that of the file before it was read; see ``file_state``.
    """

    order: int
    path: str
    reading: Reading
    inspection: Inspection | None
    refusal: str = ""
    remedies: tuple[Remedy, ...] = ()
    state: FileState | None = None

    @property
    def guesses(self) -> tuple[str, ...]:
        """The sentences about what was guessed and can be read otherwise."""
        notes = () if self.inspection is None else self.inspection.notes
        return tuple(note.text for note in notes if note.doubtful or note.remedies)

    @property
    def is_clean(self) -> bool:
        """Whether it can be trained with, and nothing was guessed that can be changed."""
        return not self.refusal and self.inspection is not None and not self.guesses


class TableInspector(QThread):
    """Inspects the table of the newest order; one that is under way is given up.

    Every method but ``close`` returns at once.
    """

    inspected = Signal(object)
    """An InspectedTable."""

    progressed = Signal(int, float)
    """The number of an order, and the share of it that is done, 0 to 1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._orders: SimpleQueue[tuple[int, str, Reading] | None] = SimpleQueue()
        self._newest = 0
        self._table: tuple[object, RawTable] | None = None

    def inspect(self, path: str, reading: Reading) -> int:
        """Inspect this table; returns the number of the order."""
        self._newest += 1
        self._orders.put((self._newest, path, reading))
        if not self.isRunning():
            self.start()
        return self._newest

    def cancel(self) -> None:
        """Give up what is under way."""
        self._newest += 1

    def close(self) -> None:
        """End the thread and wait for it."""
        self.cancel()
        self._orders.put(None)
        self.wait()

    def run(self) -> None:
        """The thread's loop, until ``close``."""
        while (order := self._orders.get()) is not None:
            if order[0] == self._newest:
                self._inspect(*order)

    def _inspect(self, order: int, path: str, reading: Reading) -> None:
        told = 0.0

        def tell(share: float) -> bool:
            nonlocal told
            if share >= told + STEP:
                told = share
                self.progressed.emit(order, share)
            return order != self._newest

        inspection: Inspection | None = None
        state = file_state(path)
        try:
            with watched(tell):
                inspection = self._described(path, reading)
                _check(inspection)
        except Cancelled:
            return
        except Exception as error:  # a file that is no table, and whatever a reader may raise
            remedies = getattr(error, "remedies", ())
            why = sentence_of(error)
            found = InspectedTable(order, path, reading, inspection, why, remedies, state)
        else:
            found = InspectedTable(order, path, reading, inspection, state=state)
        self.inspected.emit(found)

    def _described(self, path: str, reading: Reading) -> Inspection:
        """The inspection; the file is read unless the last table is the same, read alike."""
        from bpviz.problems.tables.formats import read_table  # imported on first use
        from bpviz.problems.tables.inspecting import described

        default = Reading()
        plain = replace(reading, **{name: getattr(default, name) for name in COLUMN_CHOICES})
        key = (path, file_state(path), plain)
        if self._table is None or self._table[0] != key:
            self._table = None
            self._table = key, read_table(path, reading)
        return described(self._table[1], reading)


def file_state(path: str) -> FileState | None:
    """What changes when a file is written; None if it cannot be found."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # ValueError: a path with a NUL in it
        return None
    return state.st_mtime_ns, state.st_size


def _check(inspection: Inspection) -> None:
    """Raise why no patterns can be made of it, also of its second table."""
    from bpviz.problems.tables.second import second_table  # imported on first use

    if inspection.refusal is not None:
        raise inspection.refusal
    if inspection.reading.test_file:
        second_table(inspection)
