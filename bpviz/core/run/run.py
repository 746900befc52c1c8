"""A run: a network on its way through the epochs, from one seed, the same every time."""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from bpviz.core.kernels.engines import NUMPY, Kernel, numba_kernel
from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import Training
from bpviz.core.learning.updater import Updater
from bpviz.core.model.clamps import NO_CLAMPS, Clamps, checked_clamps, held_still
from bpviz.core.model.initializers import INITIALIZERS, initial_parameters
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.edits import Edit
from bpviz.core.run.epoch_batches import EpochBatches
from bpviz.core.run.interruption import (
    Cancelled,
    Diverged,
    Done,
    Interrupted,
    Work,
    never,
    why_diverged,
)
from bpviz.core.run.observe import observe
from bpviz.core.run.records import Records, unending
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.run.snapshot import NAN, EpochRecord, OptimizerState, Snapshot, SnapshotRequest
from bpviz.core.values import BadValue, Integers, Matrix, Vector, read_only

NO_WANTS = SnapshotRequest()
REPLAYED = 256
"""Epochs that going back after a divergence repeats at most."""


class Run:
    """Trains a network epoch by epoch.

    Every number comes from ``start`` and its seed: one Generator draws the initial weights and
    then the order of the patterns of every epoch. ``advance`` may be interrupted between
    updates, and within one between pieces of its patterns (compiled epochs, and short ones of a
    run that was told whom to ``obey``, only at their end), and goes on later as if nothing had
    happened. Whenever it returns or raises, the parameters are finite.

    The record of an epoch is measured after its last update, on the parameters that a snapshot
    then shows. With one update per epoch that measurement and the gradient of the next update
    come from the same passes, so it costs nothing. ``position`` is where a cursor stands inside
    the present update (see cursor); nothing is changed on the way there.
    """

    def __init__(self, start: RunSpec, cancelled: Interrupted = never) -> None:
        """Draw the initial weights and measure their error; Cancelled if that was cancelled."""
        self.start = start
        self.training = start.training
        network = start.network
        self._vectors = np.zeros((4, network.n_parameters))
        self.parameters, self.change = self._vectors[:2]
        self._memory = self._vectors[2:]
        self.clamps = NO_CLAMPS
        self._updater = Updater(network, self._vectors)
        self._numpy = NumpyKernel(
            network, LOSSES[start.error], start.criterion, self.parameters, RULES[start.rule],
            self._updater,
        )  # fmt: skip
        self._numba: Kernel | None = None
        self.kernel: Kernel = self._numpy
        self._engine = self._next_engine = NUMPY
        self._chunks = EpochBatches()
        self.reset(cancelled)

    def reset(self, cancelled: Interrupted = never) -> None:
        """Go back to epoch 0 and the same initial weights; settings stay as they now are.

        Raises Cancelled if ``cancelled`` says so before their error is measured, which takes
        long for many patterns and weights: the run cannot be used then before another reset.
        """
        self._rng = np.random.default_rng(self.start.seed)
        initializer = INITIALIZERS[self.start.initializer]
        self.parameters[:] = initial_parameters(
            self.start.network, initializer, self.start.spread, self._rng
        )
        self.change.fill(0.0)
        self._memory.fill(0.0)
        self.epoch = self.update = self.position = self._count = 0
        self._order: Integers = np.empty(0, dtype=np.int64)
        self._before_order: Any = None
        self._work: Work | None = None
        self._plan_epoch()
        self._gradient_ready = False
        self._saved: Checkpoint | None = None
        self.engines = [(0, self._next_engine)]
        self._settle_engine(self._next_engine)
        self.record = EpochRecord(0, NAN, NAN)
        with np.errstate(all="ignore"):
            if not self._measure(cancelled):
                raise Cancelled

    # -- going forward ---------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Updates in the epoch under way."""
        return 1 if self._whole else -(-len(self._order) // self._batch)

    @property
    def rows(self) -> Integers:
        """The training patterns of the present update, in their order."""
        self._begin_epoch()
        if self._whole:
            return np.arange(len(self.start.train))
        first = self.update * self._batch
        return self._order[first : first + self._batch]

    def edit(self, edit: Edit) -> None:
        """Change something by hand, here between two updates; see edits for what can be.

        Raises BadValue, and nothing is changed, if the edit does not fit this run.
        """
        edit.apply(self)

    def set_parameters(self, indices: Integers, values: Vector) -> None:
        """See edits.SetParameters."""
        self.start.network.assign(self.parameters, indices, values)
        self._go_on_from_here()

    def set_train(self, patterns: Patterns) -> None:
        """See edits.SetTrain."""
        old = self.start.train
        for name in ("inputs", "targets"):
            before, now = (getattr(p, name).shape[1] for p in (old, patterns))
            if now != before:
                raise BadValue(f"columns of {name}", now, f"{before}, as before")
        self.start = replace(self.start, train=patterns)
        self.position = 0
        if self.update == 0:
            self._withdraw_epoch()
        elif not self._whole:
            kept = self._order[self.update * self._batch :]
            self._order = np.concatenate(
                [
                    self._order[: self.update * self._batch],
                    kept[kept < len(patterns)],
                    np.arange(len(old), len(patterns)),
                ]
            )
        self._numpy.forget()
        self._go_on_from_here()

    def set_clamps(self, clamps: Clamps) -> None:
        """See edits.SetClamps."""
        self._clamp(checked_clamps(self.start.network, clamps))
        self._memory[:, held_still(self.start.network, self.clamps)] = 0.0
        self._go_on_from_here()

    def _clamp(self, clamps: Clamps) -> None:
        network = self.start.network
        self.clamps = clamps
        self._numpy.clamp(clamps)
        self._settle_engine(self._engine)
        free = ~held_still(network, clamps)
        self._updater.decays = network.decays & network.trainable & free

    def _go_on_from_here(self) -> None:
        """Forget what the present change by hand made void; measure the error anew."""
        self._work = self._saved = None
        self._gradient_ready = False
        if self.update == 0:
            with np.errstate(all="ignore"):
                self._measure(never)

    def configure(self, training: Training) -> None:
        """Train with other settings from the next update on (batch and order: next epoch)."""
        if training.optimizer != self.training.optimizer:
            self._memory.fill(0.0)
            self._count = 0
        if (training.batch, training.order) != (self.training.batch, self.training.order):
            self.position = 0  # the patterns of the present update may be others
        self.training = training
        self._saved = None  # going back must not cross a change of settings
        if self.update == 0:
            self._withdraw_epoch()

    def judge(self, criterion: Criterion) -> None:
        """Count answers as right by another criterion, from the present epoch on."""
        self.start = replace(self.start, criterion=criterion)
        self.kernel.criterion = criterion
        self._go_on_from_here()

    def advance(
        self,
        epochs: int,
        interrupted: Interrupted = never,
        done: Done = unending,
        until: int | None = None,
    ) -> Records:
        """Train until so many more epochs are complete, ``done`` says so, or interrupted.

        ``done`` is asked about the record of every completed epoch (see Condition). ``until``
        stops in the present epoch, before this update of it.
        Returns the record of every epoch completed. Raises Diverged when numbers stop being
        finite, after going back to the last epoch whose numbers are.
        """
        # Overflow on the way to a divergence is found by looking at the numbers instead.
        with np.errstate(all="ignore"):
            records, last_finite = self._advance(epochs, interrupted, done, until)
            if last_finite is None:
                return records
            self._go_back(last_finite)
        raise Diverged(why_diverged(self.epoch, self.snapshot().instant, self.training), records)

    # -- engines ---------------------------------------------------------------------------

    @property
    def engine(self) -> str:
        """The engine at work: "numpy" or "numba"."""
        return self.kernel.name

    @property
    def next_engine(self) -> str:
        """The engine that was asked for last, which may have to wait for the next epoch."""
        return self._next_engine

    def use(self, engine: str) -> None:
        """Train with this engine ("numpy" or "numba") from the next beginning of an epoch on.

        The engines agree to rounding, each with itself to the bit. ``engines`` lists from which
        epoch on which engine was to be used: who repeats a run does the same at the same
        epochs. (Where an engine cannot do what is asked, such as clamped units, NumPy does it
        meanwhile, also when it is repeated.) Raises BadValue if there is no such engine here.
        """
        if engine != NUMPY and self._numba is None:
            start = self.start
            self._numba = numba_kernel(
                engine, start.network, LOSSES[start.error], start.criterion, self._vectors,
                RULES[start.rule],
            )  # fmt: skip
        self._next_engine = engine
        if self.update == 0:
            self._turn_to_next_engine()

    @property
    def is_turning(self) -> bool:
        """Whether the next epoch will be another engine's."""
        return self._next_engine != self._engine

    def _turn_to_next_engine(self) -> None:
        """At the beginning of an epoch."""
        if self._next_engine != self._engine:
            self.engines = [span for span in self.engines if span[0] < self.epoch]
            self.engines.append((self.epoch, self._next_engine))
            self._settle_engine(self._next_engine)

    def _settle_engine(self, engine: str) -> None:
        """Let this engine, or NumPy in its place, do all that follows."""
        self._engine = engine
        able = not self.clamps
        kernel = self._numba if engine != NUMPY and able and self._numba else self._numpy
        if kernel is not self.kernel:
            kernel.criterion = self.start.criterion
            self.kernel = kernel
            self._work = self._saved = None
            self._gradient_ready = False

    # -- epochs ----------------------------------------------------------------------------

    def _advance(
        self, epochs: int, interrupted: Interrupted, done: Done, until: int | None
    ) -> tuple[Records, int | None]:
        """The records of the epochs completed; if numbers overflowed, the last epoch before."""
        parts: list[EpochRecord | Records] = []
        first, goal = self.epoch + (self.update > 0), self.epoch + epochs
        while self.epoch < goal:
            if until is None and self._can_leap(interrupted):
                if interrupted():
                    break
                records, ended = self._chunks.leap(self, goal - self.epoch, done)
                parts.append(records)
                if ended == "overflow":
                    return Records.of(parts), self.epoch
                if ended == "done":
                    break
                continue
            self._keep(first)
            before = self.epoch
            completed = self._finish_epoch(interrupted, until)
            if not self._is_finite():
                return Records.of(parts), before
            if not completed:
                break
            parts.append(self.record)
            if done(self.record):
                break
        return Records.of(parts), None

    def aim(self, seconds: float) -> None:
        """Let a call over many epochs last about so long from now on."""
        self._chunks.aim = seconds

    def obey(self, halt: Integers) -> None:
        """End a call over many epochs early when this array (1,) holds another number than 0.

        Whoever can do that is content with interruptions between epochs, where these are short.
        """
        self._chunks.halt = halt

    def leap(self, values: Matrix, halt: Integers) -> tuple[int, bool]:
        """For EpochBatches: train as many epochs as ``values`` (epochs, 4) has rows, and fill it.

        The run was saved for it, or restored to what was saved.
        Returns how many were trained, fewer if ``halt`` was set, and whether numbers then
        stopped being finite.
        """
        orders = self._next_orders(0 if self._whole else len(values))
        done = self.kernel.leap(
            self.training, self.start.train, self.start.test, orders, self._count,
            self._gradient_ready, halt, values,
        )  # fmt: skip
        overflows, epochs = done < 0, done if done >= 0 else -1 - done
        if len(orders) > epochs:  # draw those again that were taken, and no more
            assert self._saved is not None
            self._rng.bit_generator.state = self._saved.rng
            self._next_orders(epochs)
        self._gradient_ready = self._whole
        self._count += epochs * self.updates
        self.position = 0
        self.epoch += epochs
        if epochs:
            self.record = EpochRecord(self.epoch, *values[epochs - 1].tolist())
        return epochs, overflows

    def save_for_leap(self) -> Checkpoint:
        """For EpochBatches: save the run between two epochs, with nothing of the next one begun."""
        if self._before_order is not None:
            self._withdraw_epoch()
        self._plan_epoch()
        self._saved = self.save()
        return self._saved

    def _can_leap(self, interrupted: Interrupted) -> bool:
        """Whether whole epochs can be done at once from here on, and nobody minds."""
        begun = self.update or self._work is not None
        whole = self.kernel is not self._numpy or interrupted is never or self._chunks.is_obedient
        return (
            whole
            and not begun
            and self.kernel.can_leap(self.start.train, self.start.test, self.updates)
        )

    def _finish_epoch(self, interrupted: Interrupted, until: int | None = None) -> bool:
        """Do the rest of the epoch; False if interrupted, or ``until`` came, before its end."""
        self._begin_epoch()
        while self.update < self.updates:
            if self.update == until or interrupted() or not self._update(interrupted):
                return False
        if not self._measure(interrupted):
            return False
        self.epoch, self.update = self.epoch + 1, 0
        self.record = self.record._replace(epoch=self.epoch)
        self._before_order = None
        self._plan_epoch()
        self._turn_to_next_engine()
        return True

    def _begin_epoch(self) -> None:
        """Draw the order of the epoch, if that was not done yet."""
        if self.update == 0 and self._before_order is None:
            self._draw_order()

    def _plan_epoch(self) -> None:
        n = len(self.start.train)
        self._batch = self.training.batch_size(n)
        self._whole = self._batch == n
        if not self._whole or len(self._order) != n:
            self._order = np.arange(n)

    def _draw_order(self) -> None:
        if self._whole:
            return  # one update with all patterns: the order means nothing
        self._before_order = self._rng.bit_generator.state
        self._order = self._next_orders(1)[0]

    def _next_orders(self, epochs: int) -> Integers:
        """The orders (epochs, P) of the next epochs, drawn in one call.

        Each call of the generator hands the interpreter to the window, which keeps it for a
        while: a call an epoch took longer than the epochs of a small network.
        """
        orders = np.tile(np.arange(len(self.start.train)), (epochs, 1))
        if self.training.order == "permuted" and epochs:
            self._rng.permuted(orders, axis=1, out=orders)
        return orders

    def _withdraw_epoch(self) -> None:
        """Forget how the next epoch was to be done, as if nothing of it had been begun."""
        if self._before_order is not None:
            self._rng.bit_generator.state = self._before_order
            self._before_order = None
        self._work, self._gradient_ready = None, False
        self._plan_epoch()

    def _update(self, interrupted: Interrupted) -> bool:
        """One update; False if interrupted before anything changed."""
        first = self.update * self._batch
        rows = self._order[first : first + self._batch]
        if self._whole:
            if not self._gradient_ready and not self._measure(interrupted):
                return False
        else:
            if not self._do(lambda: self.kernel.gradient(self.start.train, rows), interrupted):
                return False
        self._apply(len(rows))
        self.update, self.position = self.update + 1, 0
        return True

    def _apply(self, n_patterns: int) -> None:
        """Turn the kernel's downhill direction into a change of the parameters."""
        self._count += 1
        self._updater.apply(self.training, self.kernel.downhill, n_patterns, self._count)
        self._gradient_ready = False

    def _measure(self, interrupted: Interrupted) -> bool:
        """Measure the error of the present parameters; False if interrupted."""
        return self._do(self._measurement, interrupted)

    def _measurement(self) -> Work:
        train = yield from self.kernel.measure(self.start.train, gradient=self._whole)
        test = (NAN, NAN)
        if self.start.test is not None:
            test = yield from self.kernel.measure(self.start.test)
        self.record = EpochRecord(self.epoch, *train, *test)
        self._gradient_ready = self._whole

    def _do(self, begin: Callable[[], Work], interrupted: Interrupted) -> bool:
        """Go on with the work under way, or begin it; False if interrupted before its end.

        What is done stays done: if every try began anew, work longer than the time between two
        interruptions would never end.
        """
        if self._work is None:
            self._work = begin()
        for _ in self._work:
            if interrupted():
                return False
        self._work = None
        return True

    # -- divergence ------------------------------------------------------------------------

    def _is_finite(self) -> bool:
        return isfinite(self.record.train_error) and isfinite(self.parameters.dot(self.parameters))

    def _keep(self, first: int) -> None:
        """Save this instant, where a divergence may have to go back to.

        Between two epochs if possible, for the first time at epoch ``first``; in the middle of
        one only if there is nothing saved, since the settings were changed there.
        """
        saved = self._saved
        if saved is None or (
            self.update == 0 and (saved.epoch < first or self.epoch >= saved.epoch + REPLAYED)
        ):
            self._saved = self.save()

    def save(self) -> Checkpoint:
        """This instant, to come back to; what an update under way has begun is left out."""
        drawn_early = self._before_order if self.update == 0 else None
        return Checkpoint(
            self.epoch,
            self.update,
            self._count,
            self._order,
            self._batch,
            self._whole,
            self.record,
            drawn_early or self._rng.bit_generator.state,
            self._vectors.copy(),
            self.training,
            self.start.train,
            self.start.criterion,
            self.clamps,
            self._engine,
        )

    def _go_back(self, epoch: int) -> None:
        """Return to the end of this epoch: to what was saved, and on from there."""
        assert self._saved is not None
        self.restore(self._saved)
        while self.epoch < epoch:
            if self._can_leap(never):
                self._chunks.leap(self, epoch - self.epoch, unending)
            else:
                self._finish_epoch(never)

    def restore(self, saved: Checkpoint) -> None:
        """Go back to an instant of this run, with the settings of then."""
        self.position, self._saved = 0, saved
        self.epoch, self.update, self._count = saved.epoch, saved.update, saved.count
        self._order, self._batch, self._whole = saved.order, saved.batch, saved.whole
        self.record = saved.record
        self._rng.bit_generator.state = saved.rng
        self._vectors[:] = saved.vectors
        self._before_order = self._work = None
        self._gradient_ready = False
        self.training = saved.training
        self.start = replace(self.start, train=saved.train, criterion=saved.criterion)
        self.kernel.criterion = saved.criterion
        now = (self.epoch, saved.engine)
        self.engines = [span for span in self.engines if span[0] < self.epoch or span == now]
        self._next_engine = saved.engine
        self._settle_engine(saved.engine)
        if saved.clamps is not self.clamps:
            self._clamp(saved.clamps)

    # -- looking ---------------------------------------------------------------------------

    def upcoming(self) -> OptimizerState:
        """What the next update depends on, besides parameters, patterns and settings."""
        return OptimizerState(self.rows, read_only(self._memory.copy()), self._count)

    def snapshot(
        self,
        wants: SnapshotRequest = NO_WANTS,
        *,
        shown: Integers | None = None,
        probe: Matrix | None = None,
        run_id: int = 0,
        interrupted: Interrupted = never,
        inside: bool = False,
    ) -> Snapshot:
        """A frozen copy of this instant, with what is wanted (see Snapshot).

        Of all that may be wanted only the downhill direction and the look at a place can take
        long: they are left out if ``interrupted``. ``inside``: also with the cursor, as one
        needs who goes by phases or patterns.
        """
        with np.errstate(all="ignore"):
            return observe(self, wants, shown, probe, run_id, interrupted, inside)
