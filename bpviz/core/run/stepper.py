"""Updates and measurements of a run, which can be interrupted and continued."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bpviz.core.interruption import Interrupted, Work
from bpviz.core.learning.dropout import DropoutFactors, dropped_groups
from bpviz.core.learning.updater import Updater
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.engine_switch import EngineSwitch
from bpviz.core.run.epoch_order import EpochOrder
from bpviz.core.run.records import NAN, EpochRecord, Records
from bpviz.core.run.state import RunState
from bpviz.core.values import Integers


class Stepper:
    """Changes the state of a run by one update at a time, or by many epochs in one call.

    Work that is interrupted between two pieces of its patterns is continued by the next call,
    so it ends however short the time between two interruptions is. With one update per epoch,
    measuring the error yields the gradient of the next update from the same passes.
    """

    def __init__(
        self, state: RunState, order: EpochOrder, engines: EngineSwitch, updater: Updater
    ) -> None:
        self._state, self._order, self._engines = state, order, engines
        self._updater = updater
        self._drops = bool(dropped_groups(state.start.network))
        self._work: Work | None = None
        self._gradient_ready = False

    @property
    def is_busy(self) -> bool:
        """Whether interrupted work is to be continued."""
        return self._work is not None

    def forget(self) -> None:
        """Drop interrupted work and the gradient: they belong to another state."""
        self._work, self._gradient_ready = None, False

    @property
    def rows(self) -> Integers:
        """The training patterns of the next update, in their order."""
        self._begin_epoch()
        return self._order.rows(self._state.update)

    def dropout(self) -> DropoutFactors:
        """What draws the dropout of the next update, from its first pattern on."""
        start = self._state.start
        return DropoutFactors(start.network, start.seed, self._state.epoch, self._state.update)

    def _begin_epoch(self) -> None:
        if self._state.update == 0:
            self._order.begin()

    # -- one epoch -------------------------------------------------------------------------

    def finish_epoch(self, interrupted: Interrupted, until: int | None = None) -> bool:
        """Do the rest of the epoch; False if interrupted, or ``until`` came, before its end."""
        state, order = self._state, self._order
        self._begin_epoch()
        while state.update < order.updates:
            if state.update == until or interrupted() or not self.update(interrupted):
                return False
        if not self.measure(interrupted):
            return False
        state.epoch, state.update = state.epoch + 1, 0
        state.record = state.record._replace(epoch=state.epoch)
        order.plan(len(state.start.train), state.training)
        return True

    # -- one update ------------------------------------------------------------------------

    def update(self, interrupted: Interrupted) -> bool:
        """Make the next update; False if interrupted before anything changed."""
        state, order, kernel = self._state, self._order, self._engines.kernel
        if order.is_whole and not self._drops:
            n_patterns = order.batch
            ready = self._gradient_ready or self.measure(interrupted)
        else:
            rows = order.rows(state.update)
            n_patterns = len(rows)
            ready = self._do(interrupted, self._gradient, rows)
        if ready:
            state.count += 1
            self._updater.apply(
                state.present_training, kernel.neg_gradient, n_patterns, state.count
            )
            self._gradient_ready = False
            state.updated = None if order.is_whole else order.rows(state.update)
            state.update, state.position = state.update + 1, 0
        return ready

    def _gradient(self, rows: Integers) -> Work:
        train = self._state.start.train
        if self._drops:
            return self._engines.kernel.gradient(train, rows, self.dropout())
        return self._engines.kernel.gradient(train, rows)

    def measure(self, interrupted: Interrupted) -> bool:
        """Measure the error of the present parameters; False if interrupted."""
        return self._do(interrupted, self._measurement)

    def _measurement(self) -> Work:
        kernel, start = self._engines.kernel, self._state.start
        whole = self._order.is_whole and not self._drops
        train = yield from kernel.measure(start.train, gradient=whole)
        test = (NAN, NAN)
        if start.test is not None:
            test = yield from kernel.measure(start.test)
        self._state.record = EpochRecord(self._state.epoch, *train, *test)
        self._gradient_ready = whole

    def _do(self, interrupted: Interrupted, begin: Callable[..., Work], *patterns: Any) -> bool:
        """Continue the interrupted work, or begin it; False if interrupted before its end."""
        if self._work is None:
            self._work = begin(*patterns)
        for _ in self._work:
            if interrupted():
                return False
        self._work = None
        return True

    # -- many epochs -----------------------------------------------------------------------

    def train_epochs(self, epochs: int, halt: Integers, begin: Checkpoint) -> tuple[Records, bool]:
        """Train so many epochs in one call; fewer if ``halt`` (1,) is set to a nonzero number.

        ``begin`` is the checkpoint of now, between two epochs.
        Returns the records, and whether numbers then stopped being finite: if so, the state is
        that of the epoch after the records and must be restored.
        """
        state, order, whole = self._state, self._order, self._order.is_whole
        values, first = np.full((epochs, 4), NAN), state.epoch + 1
        orders = order.draw(0 if whole else epochs)
        done = self._engines.kernel.train_epochs(
            state.present_training, state.start.train, state.start.test, orders, state.count,
            self._gradient_ready, halt, values, self.dropout() if self._drops else None,
        )  # fmt: skip
        overflowed, trained = done < 0, done if done >= 0 else -1 - done
        if len(orders) > trained:
            order.draw_again(begin, trained)
        self._gradient_ready = whole and not self._drops
        state.count += trained * order.updates
        state.epoch, state.position, state.updated = state.epoch + trained, 0, None
        if trained:
            state.record = EpochRecord(state.epoch, *values[trained - 1].tolist())
        return Records(np.arange(first, first + trained), values[:trained]), overflowed
