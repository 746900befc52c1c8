"""Chosen numbers of a network, epoch by epoch, in bounded memory."""

from collections.abc import Iterable

from bpviz.core.network import Network
from bpviz.core.quantities import Quantity, exists, measure
from bpviz.core.run import Run
from bpviz.core.snapshot import NAN, EpochRecord
from bpviz.core.values import BadValue
from bpviz.session.frame import Track
from bpviz.session.losslog import LossLog

CAPACITY = 8_192
"""Rows of each quantity: 330 kB, twice while its older part is thinned."""

MOST = 24
"""Quantities that can be followed at a time."""


class Recorder:
    """The tracks of the chosen quantities: each is a loss log whose error is the quantity.

    So a track is lossless until it is full, keeps the extremes of neighbouring epochs after
    that, and can be cut where a run goes on from an earlier epoch. It begins at the epoch at
    which its quantity was chosen; ``LossLog.extend`` takes earlier epochs of a new track from
    whoever knows them.
    """

    def __init__(self) -> None:
        self._logs: dict[Quantity, LossLog] = {}
        self._last = -1
        self._values: dict[Quantity, float] = {}

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is followed, in the order in which it was chosen."""
        return tuple(self._logs)

    def add(self, quantities: Iterable[Quantity], run: Run) -> None:
        """Follow these too, from now on.

        Raises BadValue, and adds nothing, for what the network has not, and for too many.
        """
        new = [q for q in dict.fromkeys(quantities) if q not in self._logs]
        for quantity in new:
            if not exists(run.start.network, quantity):
                raise BadValue("plot over time", _words(quantity), "a weight or unit that is there")
        if len(self._logs) + len(new) > MOST:
            raise BadValue(
                "number of lines over time",
                len(self._logs) + len(new),
                f"at most {MOST}: remove some first",
            )
        for quantity in new:
            self._logs[quantity] = LossLog(CAPACITY)
        self.note(run)

    def remove(self, quantities: Iterable[Quantity]) -> None:
        """Forget these."""
        for quantity in quantities:
            self._logs.pop(quantity, None)

    def restart(self, run: Run, before: Network | None) -> None:
        """Begin anew with a run; after another network nothing is followed any more."""
        if before is None or _shape(before) != _shape(run.start.network):
            self._logs.clear()
        for log in self._logs.values():
            log.clear()
        self._last = -1
        self.note(run)

    def note(self, run: Run, *, trained: bool = False) -> None:
        """Take down the epoch at whose end the run is; within an epoch nothing is.

        An epoch that is there already is replaced: its numbers may have been changed by hand.
        Earlier epochs are replaced, and what followed them forgotten, if the run was
        ``trained`` there; otherwise somebody only looks back.
        """
        if not self._logs or run.update or (run.epoch < self._last and not trained):
            return
        values = dict(zip(self._logs, measure(run, self.quantities).tolist(), strict=True))
        if run.epoch == self._last and values == self._values:
            return
        for quantity, log in self._logs.items():
            if run.epoch <= self._last:
                log.truncate(run.epoch - 1)
            log.append(EpochRecord(run.epoch, values[quantity], NAN))
        self._last, self._values = run.epoch, values

    def tracks(self) -> tuple[Track, ...]:
        """What is known so far; later epochs do not change it."""
        curves = ((quantity, log.curve()) for quantity, log in self._logs.items())
        return tuple(Track(q, c.epochs, c.train_error, c.thinned_before) for q, c in curves)


def _shape(network: Network) -> tuple[object, ...]:
    groups = tuple((group.name, group.size, group.role) for group in network.groups)
    return groups, tuple((link.source, link.target) for link in network.connections)


def _words(quantity: Quantity) -> str:
    return f"{quantity.kind} {quantity.source} → {quantity.unit} of {quantity.place}"
