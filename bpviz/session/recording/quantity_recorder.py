"""Records chosen quantities of a run, epoch by epoch, in bounded memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.run.quantities import Quantity, can_follow, measure
from bpviz.core.run.records import NAN, EpochRecord
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import shown_rows
from bpviz.core.values import BadValue, Integers, Unquoted, Vector
from bpviz.session.frame import Curve, Track
from bpviz.session.recording.loss_log import LossLog

CAPACITY = 8_192
"""Rows of each quantity: 330 kB, twice that while its older part is thinned."""

MOST = 24
"""Largest number of quantities that are recorded at a time."""


class QuantityRecorder:
    """The tracks of the chosen quantities: each is a LossLog whose error is the quantity.

    A track is lossless until it is full, then keeps the extremes of neighbouring epochs, and can
    be truncated where a run continues from an earlier epoch. It begins at the epoch at which its
    quantity was chosen; earlier epochs are ``lacking`` until ``fill`` adds them.
    """

    def __init__(self) -> None:
        self.choices = 0
        """Increases whenever the lacking epochs may have changed."""
        self._logs: dict[Quantity, LossLog] = {}
        self._pasts: dict[Quantity, Past] = {}
        self._last = -1
        self._values: dict[Quantity, float] = {}

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The recorded quantities, in the order in which they were chosen."""
        return tuple(self._logs)

    def add(self, quantities: Iterable[Quantity], run: Run, *, at_end: bool = True) -> None:
        """Record these too, from now on. ``at_end``: the run stands at the end of its record.

        Raises BadValue, and adds nothing, for a quantity that the network does not have, and for
        too many quantities.
        """
        new = [q for q in dict.fromkeys(quantities) if q not in self._logs]
        for quantity in new:
            if not can_follow(run.start.network, quantity):
                found = Unquoted("of another one")
                raise BadValue("plot over time", found, "of a weight or unit of this network")
        if len(self._logs) + len(new) > MOST:
            raise BadValue(
                "number of lines over time",
                len(self._logs) + len(new),
                f"at most {MOST}",
                "remove some first",
            )
        for quantity in new:
            self._logs[quantity] = LossLog(CAPACITY)
            self._pasts[quantity] = Past()
        self.choices += 1
        if at_end:
            self._values = {}  # so that ``note`` adds the new ones
            self.note(run)

    def remove(self, quantities: Iterable[Quantity]) -> None:
        """Stop recording these."""
        for quantity in quantities:
            self._logs.pop(quantity, None)
            self._pasts.pop(quantity, None)
        self.choices += 1

    def restart(self, run: Run, before: Network | None) -> None:
        """Begin a new run; if its network has another shape, no quantities remain."""
        if before is None or _shape(before) != _shape(run.start.network):
            self._logs.clear()
        for log in self._logs.values():
            log.clear()
        self._pasts = {quantity: Past() for quantity in self._logs}
        self._last = -1
        self.choices += 1
        self.note(run)

    def note(self, run: Run, *, trained: bool = False) -> None:
        """Record the epoch that the run has completed; nothing within an epoch.

        The last recorded epoch is replaced, because an edit may have changed its numbers. An
        earlier one is replaced, and the epochs after it dropped, only if the run was ``trained``
        there; otherwise the run merely shows its past.
        """
        if not self._logs or run.update or (run.epoch < self._last and not trained):
            return
        values = dict(zip(self._logs, measure(run, self.quantities).tolist(), strict=True))
        if run.epoch == self._last and values == self._values:
            return
        for quantity, log in self._logs.items():
            if run.epoch <= self._last:
                log.truncate(run.epoch - 1)
            self._pasts[quantity].truncate(run.epoch - 1)
            log.append(EpochRecord(run.epoch, values[quantity], NAN))
        self._last, self._values = run.epoch, values

    # -- the past --------------------------------------------------------------------------

    def lacking(self, first: int, latest: int) -> list[int]:
        """The epochs from ``first`` to ``latest`` that are to be filled in, increasing."""
        wanted: set[int] = set()
        for quantity, past in self._pasts.items():
            known = self._logs[quantity].curve().epochs[:1].tolist()
            past.plan(first, min([*known, latest + 1]))  # later epochs were discarded
            wanted.update(past.missing)
        return sorted(wanted)

    def fill(self, run: Run) -> None:
        """Record the epoch that this run has completed, where it is lacking."""
        lack = [q for q, past in self._pasts.items() if past.lacks(run.epoch)]
        for quantity, value in zip(lack, measure(run, lack).tolist(), strict=True):
            self._pasts[quantity].put(run.epoch, value)

    def stop_filling(self) -> None:
        """Do not fill in any more of the past."""
        for past in self._pasts.values():
            past.is_stopped = True
        self.choices += 1

    def tracks(self) -> tuple[Track, ...]:
        """The tracks up to now, as read-only arrays."""
        return tuple(_track(q, log.curve(), self._pasts[q]) for q, log in self._logs.items())


POINTS = 1_000
"""Largest number of epochs that are filled in before a quantity was chosen."""


class Past:
    """The known values of a quantity before it was chosen."""

    def __init__(self) -> None:
        self.chosen = 0
        self.is_stopped = False
        self.missing: list[int] = []
        self._epochs: list[int] = []
        self._values: list[float] = []

    def plan(self, first: int, chosen: int) -> None:
        """Plan the epochs to fill in, from ``first`` on and before ``chosen``."""
        self.chosen = chosen
        epochs = shown_rows(max(chosen - first, 0), POINTS) + first if chosen > first else ()
        self.missing = [] if self.is_stopped else sorted({*map(int, epochs)} - {*self._epochs})

    def lacks(self, epoch: int) -> bool:
        """Whether this epoch is to be filled in."""
        place = bisect_left(self.missing, epoch)
        return place < len(self.missing) and self.missing[place] == epoch

    def put(self, epoch: int, value: float) -> None:
        """Add the value of a missing epoch."""
        del self.missing[bisect_left(self.missing, epoch)]
        place = bisect_left(self._epochs, epoch)
        self._epochs.insert(place, epoch)
        self._values.insert(place, value)

    def truncate(self, epoch: int) -> None:
        """Drop later epochs: they were discarded, or are in the log."""
        if self._epochs and self._epochs[-1] > epoch:
            end = bisect_right(self._epochs, epoch)
            del self._epochs[end:], self._values[end:]

    @property
    def gap(self) -> tuple[int, int] | None:
        """The first and the last epoch of the unknown ones."""
        if self.missing:
            return self.missing[0], self.missing[-1]
        known = self._epochs[-1] + 1 if self._epochs else 0
        return (known, self.chosen - 1) if self.is_stopped and known < self.chosen else None

    def rows(self) -> tuple[list[int], list[float]]:
        """The known epochs and values, with nan where the gap begins."""
        epochs, values = self._epochs, self._values
        if self.gap is None:
            return epochs, values
        place = bisect_left(epochs, self.gap[0])
        return (
            [*epochs[:place], self.gap[0], *epochs[place:]],
            [*values[:place], NAN, *values[place:]],
        )


def _track(quantity: Quantity, curve: Curve, past: Past) -> Track:
    epochs, values = past.rows()
    if not epochs:
        return Track(quantity, curve.epochs, curve.train_error, curve.thinned_before)
    every: Integers = np.concatenate([np.array(epochs, dtype=np.int64), curve.epochs])
    numbers: Vector = np.concatenate([np.array(values), curve.train_error])
    for array in (every, numbers):
        array.flags.writeable = False
    filling = bool(past.missing)
    return Track(
        quantity, every, numbers, curve.thinned_before, past.chosen, past.gap, filling
    )  # fmt: skip


def _shape(network: Network) -> tuple[object, ...]:
    groups = tuple((group.name, group.size, group.role) for group in network.groups)
    return groups, tuple((link.source, link.target) for link in network.connections)
