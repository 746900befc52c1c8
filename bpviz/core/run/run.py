"""A run: a network trained epoch by epoch from one seed, reproducible to the bit."""

from dataclasses import replace
from time import perf_counter
from typing import Literal

import numpy as np

from bpviz.core.interruption import Cancelled, Interrupted, never
from bpviz.core.learning.dropout import Factors, some_rows
from bpviz.core.learning.settings import Training
from bpviz.core.learning.updater import Updater
from bpviz.core.model.clamps import Clamps, checked_clamps, held_still
from bpviz.core.model.initializers import INITIALIZERS, initial_parameters
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.checkpoint import Checkpoint
from bpviz.core.run.divergence import Diverged, DivergenceGuard, is_finite, why_diverged
from bpviz.core.run.engine_switch import EngineSwitch
from bpviz.core.run.epoch_batches import EpochBatches
from bpviz.core.run.epoch_order import EpochOrder
from bpviz.core.run.records import Condition, Done, EpochRecord, Records, first_met, unending
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.run.state import OptimizerState, RunState
from bpviz.core.run.stepper import Stepper
from bpviz.core.values import BadValue, Integers, Vector, read_only

NO_HALT = np.zeros(1, dtype=np.int64)
"""The halt flag that is never set."""

Ending = Literal["", "done", "overflow"]
"""Why training ends after an epoch; empty if it continues."""


class Run:
    """Trains a network epoch by epoch.

    Every number comes from ``start`` and its seed: one Generator draws the initial weights and
    then the order of the patterns of every epoch. ``advance`` may be interrupted between
    updates, and within an update between pieces of its patterns; the next call continues there,
    with the same numbers as without the interruption. Compiled epochs are interruptible only at
    their end, and with a halt flag short NumPy epochs too. Whenever ``advance`` returns or
    raises, the parameters are finite.

    The record of an epoch is measured after its last update, on the parameters that a snapshot
    then shows. ``position`` is where a cursor stands inside the next update (see cursor); it has
    no effect on the numbers.
    """

    def __init__(self, start: RunSpec, cancelled: Interrupted = never) -> None:
        """Draw the initial weights and measure their error. Raises Cancelled; see ``reset``."""
        self._state = RunState(start)
        self._updater = Updater(start.network, self._state.vectors)
        self._engines = EngineSwitch(start, self._state.vectors, self._updater)
        self._batches, self._halt = EpochBatches(), NO_HALT
        self.reset(cancelled)

    def reset(self, cancelled: Interrupted = never) -> None:
        """Go back to epoch 0 and the same initial weights; settings stay as they now are.

        Raises Cancelled if ``cancelled`` says so before their error is measured, which takes
        long for many patterns and weights: the run must then be reset again before it is used.
        """
        state, start = self._state, self.start
        rng = np.random.default_rng(start.seed)
        initializer = INITIALIZERS[start.initializer]
        state.reset(initial_parameters(start.network, initializer, start.spread, rng))
        self._engines.restart()
        self._order = EpochOrder(rng, len(start.train), state.training)
        self._stepper = Stepper(state, self._order, self._engines, self._updater)
        self._guard = DivergenceGuard()
        with np.errstate(all="ignore"):
            if not self._stepper.measure(cancelled):
                raise Cancelled

    # -- the present instant ---------------------------------------------------------------

    @property
    def start(self) -> RunSpec:
        """The specification of the run, with the present patterns and criterion."""
        return self._state.start

    @property
    def training(self) -> Training:
        """The present settings."""
        return self._state.training

    @property
    def present_training(self) -> Training:
        """The settings with the rate and momentum of the epoch under way."""
        return self._state.present_training

    @property
    def clamps(self) -> Clamps:
        """The units that are held at a value."""
        return self._state.clamps

    @property
    def parameters(self) -> Vector:
        """The weights and biases (N,), see Network."""
        return self._state.parameters

    @property
    def change(self) -> Vector:
        """What the last update added to the parameters, (N,)."""
        return self._state.change

    @property
    def record(self) -> EpochRecord:
        """The record of the last completed epoch."""
        return self._state.record

    @property
    def epoch(self) -> int:
        """Number of completed epochs."""
        return self._state.epoch

    @property
    def update(self) -> int:
        """Number of completed updates of the epoch under way."""
        return self._state.update

    @property
    def updates(self) -> int:
        """Number of updates in the epoch under way."""
        return self._order.updates

    @property
    def rows(self) -> Integers:
        """The training patterns of the next update, in their order."""
        return self._stepper.rows

    def dropout(self, first: int, last: int) -> Factors:
        """The dropout of patterns ``first`` to ``last`` - 1 of the next update, in their order."""
        drawn = self._stepper.dropout().next(last)
        return some_rows(drawn, slice(first, last))

    @property
    def position(self) -> int:
        """Number of phases of the next update that a cursor has gone through."""
        return self._state.position

    @position.setter
    def position(self, position: int) -> None:
        self._state.position = position

    @property
    def updated(self) -> Integers | None:
        """The rows of the last update; None if it took all patterns, or is not known."""
        return self._state.updated

    def optimizer_state(self) -> OptimizerState:
        """What the next update depends on, besides parameters, patterns and settings."""
        state = self._state
        return OptimizerState(self.rows, read_only(state.memory.copy()), state.count)

    # -- checkpoints -----------------------------------------------------------------------

    def save(self) -> Checkpoint:
        """A checkpoint of this instant; what an interrupted update has begun is left out."""
        state, order = self._state, self._order
        return Checkpoint(
            state.epoch, state.update, state.count, order.order, order.batch, order.is_whole,
            state.record, order.rng_state(state.update), state.vectors.copy(), state.training,
            state.start.train, state.start.criterion, state.clamps, self._engines.engine,
        )  # fmt: skip

    def restore(self, saved: Checkpoint) -> None:
        """Go back to a checkpoint of this run, with its settings, patterns and clamps."""
        self._state.restore(saved)
        self._order.restore(saved)
        self._stepper.forget()
        self._guard.checkpoint = saved
        self._engines.set_criterion(saved.criterion)
        if self._engines.restore(saved.engine, saved.epoch):
            self._forget()
        if saved.clamps is not self.clamps:
            self._clamp(saved.clamps)

    # -- edits, see apply_edit -------------------------------------------------------------

    def set_parameters(self, indices: Integers, values: Vector) -> None:
        """See edits.SetParameters."""
        self.start.network.assign(self.parameters, indices, values)
        self._continue_from_here()

    def set_train(self, patterns: Patterns) -> None:
        """See edits.SetTrain."""
        state, old = self._state, self.start.train
        for name in ("inputs", "targets"):
            before, now = (getattr(p, name).shape[1] for p in (old, patterns))
            if now != before:
                raise BadValue(f"columns of {name}", now, f"{before}, as before")
        state.start = replace(state.start, train=patterns)
        state.position = 0
        if state.update == 0:
            self._withdraw_epoch()
        else:
            self._order.change_patterns(len(patterns), state.update)
        self._engines.forget_patterns()
        self._continue_from_here()

    def set_clamps(self, clamps: Clamps) -> None:
        """See edits.SetClamps."""
        network = self.start.network
        self._clamp(checked_clamps(network, clamps))
        self._state.memory[:, held_still(network, self.clamps)] = 0.0
        self._continue_from_here()

    def set_training(self, training: Training) -> None:
        """See edits.SetTraining."""
        state, old = self._state, self.training
        if training.optimizer != old.optimizer:
            state.forget_optimizer()
        if (training.batch, training.order) != (old.batch, old.order):
            state.position = 0  # the patterns of the next update may be others
        state.training = training
        self._guard.forget()
        if state.update == 0:
            self._withdraw_epoch()

    def set_criterion(self, criterion: Criterion) -> None:
        """See edits.SetCriterion."""
        self._state.start = replace(self.start, criterion=criterion)
        self._engines.set_criterion(criterion)
        self._continue_from_here()

    def _clamp(self, clamps: Clamps) -> None:
        self._state.clamps = clamps
        self._updater.hold_still(held_still(self.start.network, clamps))
        if self._engines.clamp(clamps):
            self._forget()

    def _withdraw_epoch(self) -> None:
        """Plan the epoch anew, as if nothing of it had been begun."""
        self._order.withdraw(len(self.start.train), self.training)
        self._stepper.forget()

    def _continue_from_here(self) -> None:
        """Drop what an edit made invalid, and measure the error anew."""
        self._forget()
        if self.update == 0:
            with np.errstate(all="ignore"):
                self._stepper.measure(never)

    def _forget(self) -> None:
        self._stepper.forget()
        self._guard.forget()

    # -- engines ---------------------------------------------------------------------------

    @property
    def engine(self) -> str:
        """The engine at work: "numpy" or "numba"."""
        return self._engines.kernel.name

    @property
    def next_engine(self) -> str:
        """The engine that was asked for last; it may be used only from the next epoch on."""
        return self._engines.next_engine

    @property
    def engine_is_pending(self) -> bool:
        """Whether the next epoch will use another engine."""
        return self._engines.is_pending

    @property
    def engines(self) -> list[tuple[int, str]]:
        """From which epoch on which engine was to be used; a repetition does the same.

        The engines agree to rounding, each with itself to the bit. Where an engine cannot do
        what is asked, such as clamped units, NumPy takes its place, in a repetition too.
        """
        return self._engines.spans

    def use(self, engine: str) -> None:
        """Train with this engine ("numpy" or "numba") from the next beginning of an epoch on.

        Raises BadValue if there is no such engine here.
        """
        self._engines.request(engine)
        if self.update == 0 and self._engines.switch(self.epoch):
            self._forget()

    # -- training --------------------------------------------------------------------------

    def use_halt_flag(self, halt: Integers) -> None:
        """End a call over many epochs early when this array (1,) holds a nonzero number."""
        self._halt = halt

    def set_call_seconds(self, seconds: float) -> None:
        """Set the duration that a call over many epochs should have from now on."""
        self._batches.call_seconds = seconds

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
        began = self.epoch
        with np.errstate(all="ignore"):  # overflow is detected by checking the results
            records, overflowed = self._advance(epochs, interrupted, done, until)
            if not overflowed:
                return records
            self._go_back(began + len(records))
        raise Diverged(why_diverged(self._state, self.updates), records)

    def _advance(
        self, epochs: int, interrupted: Interrupted, done: Done, until: int | None
    ) -> tuple[Records, bool]:
        """The records of the epochs completed, and whether numbers overflowed after them."""
        state, parts = self._state, list[EpochRecord | Records]()
        first, goal = state.epoch + (state.update > 0), state.epoch + epochs
        ending: Ending = ""
        while state.epoch < goal and not ending:
            if until is None and self._can_train_batch(interrupted):
                if interrupted():
                    break
                part, ending = self._train_batch(goal - state.epoch, done)
                parts.append(part)
                continue
            if self._guard.is_due(state, first):
                self._guard.checkpoint = self.save()
            completed = self._finish_epoch(interrupted, until)
            if not is_finite(state):
                return Records.of(parts), True
            if not completed:
                break
            parts.append(state.record)
            ending = "done" if done(state.record) else ""
        return Records.of(parts), ending == "overflow"

    def _go_back(self, epoch: int) -> None:
        """Go back to the end of this epoch: to the checkpoint, and on from there."""
        assert self._guard.checkpoint is not None
        self.restore(self._guard.checkpoint)
        while self.epoch < epoch:
            if self._can_train_batch(never):
                self._train_batch(epoch - self.epoch, unending)
            else:
                self._finish_epoch(never)

    # -- one epoch -------------------------------------------------------------------------

    def _finish_epoch(self, interrupted: Interrupted, until: int | None = None) -> bool:
        """Do the rest of the epoch; False if interrupted, or ``until`` came, before its end."""
        completed = self._stepper.finish_epoch(interrupted, until)
        if completed and self._engines.switch(self._state.epoch):
            self._forget()
        return completed

    # -- many epochs in one call -----------------------------------------------------------

    def _can_train_batch(self, interrupted: Interrupted) -> bool:
        """Whether whole epochs can be trained in one call from here on.

        Such a call cannot be interrupted, so NumPy's must be able to be halted.
        """
        state, engines = self._state, self._engines
        if state.update or self._stepper.is_busy:
            return False
        start = state.start
        may_wait = not engines.is_numpy or interrupted is never or self._halt is not NO_HALT
        return may_wait and engines.kernel.can_train_epochs(start.train, start.test, self.updates)

    def _train_batch(self, most: int, done: Done) -> tuple[Records, Ending]:
        """Train at most so many epochs, and say why training ends there, if it does.

        A Condition is asked once about all records: where an epoch before the last one meets it,
        the epochs up to that one are trained again.
        """
        self._order.withdraw(len(self.start.train), self.training)
        begin = self._guard.checkpoint = self.save()
        rows = 0 if self._order.is_whole else len(self.start.train)
        most = self.training.until_change(self.epoch, most)
        size = self._batches.next_size(most if isinstance(done, Condition) else 1, rows)
        records, overflowed = self._call(size, self._halt, begin)
        met = first_met(done, records)
        if met is not None and (overflowed or met + 1 < len(records)):
            self.restore(begin)
            return self._call(met + 1, NO_HALT, begin)[0], "done"
        if overflowed:
            return records, "overflow"
        return records, "" if met is None else "done"

    def _call(self, epochs: int, halt: Integers, begin: Checkpoint) -> tuple[Records, bool]:
        began = perf_counter()
        records, overflowed = self._stepper.train_epochs(epochs, halt, begin)
        self._batches.note(epochs, len(records), perf_counter() - began)
        return records, overflowed
