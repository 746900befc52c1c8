"""When training stops by itself."""

from bpviz.core.snapshot import EpochRecord
from bpviz.setup import Setup


class Stops:
    """The stop conditions of an experiment.

    A condition that is met already when training begins would stop the run at once: it waits
    until it is met anew.
    """

    def __init__(self) -> None:
        self._disarmed: frozenset[str] = frozenset()

    def begin(self, setup: Setup, record: EpochRecord) -> None:
        """Training begins after this epoch."""
        self._disarmed = frozenset(_reasons(setup, record))

    def met(self, setup: Setup, record: EpochRecord) -> tuple[str, ...]:
        """The conditions that this epoch meets anew, in words."""
        reasons = _reasons(setup, record)
        self._disarmed &= frozenset(reasons)
        return tuple(reason for reason in reasons if reason not in self._disarmed)


def _reasons(setup: Setup, record: EpochRecord) -> tuple[str, ...]:
    return setup.experiment.stop.reasons(record, len(setup.patterns.train))
