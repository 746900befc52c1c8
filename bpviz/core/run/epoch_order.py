"""The order of the training patterns in an epoch, and the Generator that draws it."""

from typing import Any

import numpy as np

from bpviz.core.learning.settings import Training
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.values import Integers


class EpochOrder:
    """The order of the patterns of the epoch under way, cut into updates.

    An epoch is planned when the one before it ends. Its order is drawn when its first update
    begins, and can be withdrawn until that update is done: the Generator then stands as if
    nothing had been drawn. Where one update takes all patterns (``is_whole``), their order has
    no effect and none is drawn.
    """

    def __init__(self, rng: np.random.Generator, n_patterns: int, training: Training) -> None:
        self._rng = rng
        self._before: Any  # the Generator's state before the present order was drawn, if it is
        self.order: Integers = np.empty(0, dtype=np.int64)
        self.plan(n_patterns, training)

    def plan(self, n_patterns: int, training: Training) -> None:
        """Plan the next epoch with these settings; the one before it, if any, is complete."""
        self._before = None
        self._n_patterns, self._permuted = n_patterns, training.order == "permuted"
        self.batch = training.batch_size(n_patterns)
        self.is_whole = self.batch == n_patterns
        if not self.is_whole or len(self.order) != n_patterns:
            self.order = np.arange(n_patterns)

    @property
    def updates(self) -> int:
        """Number of updates in the epoch."""
        return 1 if self.is_whole else -(-len(self.order) // self.batch)

    def rows(self, update: int) -> Integers:
        """The patterns of an update (from 0) of the epoch, in their order."""
        if self.is_whole:
            return np.arange(self._n_patterns)
        return self.order[update * self.batch : (update + 1) * self.batch]

    # -- from epoch to epoch ---------------------------------------------------------------

    def begin(self) -> None:
        """Draw the order of the epoch, unless it is drawn already."""
        if self._before is None and not self.is_whole:
            self._before = self._rng.bit_generator.state
            self.order = self.draw(1)[0]

    def withdraw(self, n_patterns: int, training: Training) -> None:
        """Undo the drawing of the epoch's order, and plan the epoch anew."""
        if self._before is not None:
            self._rng.bit_generator.state = self._before
        self.plan(n_patterns, training)

    def change_patterns(self, n_patterns: int, update: int) -> None:
        """Continue the epoch, before this update, with another number of patterns.

        Rows that are gone are left out; new ones come last.
        """
        if not self.is_whole:
            done, left = np.split(self.order, [update * self.batch])
            added = np.arange(self._n_patterns, n_patterns)
            self.order = np.concatenate([done, left[left < n_patterns], added])
        self._n_patterns = n_patterns

    # -- many epochs ahead -----------------------------------------------------------------

    def draw(self, epochs: int) -> Integers:
        """The orders (epochs, P) of the next epochs, drawn in one call.

        A call of the Generator releases the interpreter, which a window may then hold for a
        while: with a call per epoch, small networks would train several times more slowly.
        """
        orders = np.tile(np.arange(self._n_patterns), (epochs, 1))
        if self._permuted and epochs:
            self._rng.permuted(orders, axis=1, out=orders)
        return orders

    def draw_again(self, saved: Checkpoint, epochs: int) -> None:
        """Draw for so many epochs from this checkpoint on, and forget what was drawn since."""
        self._rng.bit_generator.state = saved.rng
        self.draw(epochs)

    # -- checkpoints -----------------------------------------------------------------------

    def rng_state(self, update: int) -> Any:
        """The Generator's state for a checkpoint; before the first update, that before drawing."""
        drawn_early = self._before if update == 0 else None
        return drawn_early or self._rng.bit_generator.state

    def restore(self, saved: Checkpoint) -> None:
        """Go back to a checkpoint."""
        self.order, self.batch, self.is_whole = saved.order, saved.batch, saved.whole
        self._n_patterns = len(saved.train)
        self._permuted = saved.training.order == "permuted"
        self._rng.bit_generator.state = saved.rng
        self._before = None
