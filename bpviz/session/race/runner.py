"""Runs a race on an executor; outcomes come in any order."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, get_context, parent_process
from time import monotonic
from typing import Any, Self

from bpviz.core.interruption import Interrupted
from bpviz.core.race.block import Stopped
from bpviz.core.race.plan import Outcomes, joined, without_curves
from bpviz.experiment.race_order import RaceOrder
from bpviz.session.race.shards import Shard, run_shard

LOOK = 0.02
"""Seconds between two checks of a worker whether its race was cancelled."""

ShardOutcomes = tuple[Shard, Outcomes]


class WorkersFailed(Exception):
    """A race could not be finished because its workers failed."""


class Pool:
    """Worker processes of this machine, one per core by default; used by one race at a time.

    Processes, not threads: NumPy's calls on blocks of this size are too short for threads to
    share the interpreter well, and the window needs it. They are spawned, not forked, because
    forking a process that has threads can deadlock.
    """

    def __init__(self, workers: int | None = None) -> None:
        context = get_context("spawn")
        # The number of the present race: a worker that trains another one stops.
        self._race, self._done = context.Value("q", 0), context.Value("q", 0)
        self.workers = workers or os.cpu_count() or 1
        self._context = context
        self.executor = self._new_executor()

    def _new_executor(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.workers, self._context, _join_pool, (self._race, self._done)
        )

    def renew(self) -> None:
        """Start new processes; an executor that has lost one accepts no more work."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._new_executor()

    def begin(self) -> int:
        """Begin a new race; returns its number."""
        self.stop()
        self._done.value = 0
        return int(self._race.value)

    def stop(self) -> None:
        """Let the workers stop the present race."""
        with self._race.get_lock():
            self._race.value += 1

    @property
    def network_epochs(self) -> int:
        """Epochs trained since ``begin``, summed over networks."""
        return int(self._done.value)

    def close(self) -> None:
        """End the processes."""
        self.stop()
        with _signals_ignored():
            self.executor.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@contextmanager
def _signals_ignored() -> Iterator[None]:
    """Ignore SIGINT, SIGTERM and SIGHUP while the parent waits for its workers to end.

    If the parent ended earlier, a worker that is just starting would not find the objects it
    shares with it, and print a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    before = {n: signal.signal(n, signal.SIG_IGN) for n in numbers if n is not None}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Block SIGINT in processes started here, from their first instruction on.

    Ctrl+C reaches all processes of a terminal, but only the parent handles it. Windows has no
    signal mask: there a worker ignores it once it has started.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_pool: list[Any] = []
"""In a worker process of a Pool: set the number of the present race and the counter."""


def _join_pool(race: Any, done: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
    _pool[:] = race, done


def _end_with_parent() -> None:
    """End this worker when its parent process has ended, for whatever reason.

    The sentinel is a pipe that the system closes with the parent, even after SIGKILL. An
    orphaned worker would go on training and keep the parent's standard output open.
    """
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _run_in_pool(shard: Shard, race: int) -> Outcomes:
    current, done = _pool
    looked = 0.0

    def interrupted() -> bool:
        nonlocal looked
        if (now := monotonic()) - looked < LOOK:
            return False
        looked = now
        return bool(current.value != race)

    def count(epochs: int) -> None:
        with done.get_lock():
            if current.value == race:
                done.value += epochs

    return run_shard(shard, interrupted, count)


@dataclass(frozen=True, slots=True)
class RaceProgress:
    """Epochs summed over networks: trained so far, and of the whole race if none ends early."""

    done: int
    total: int


class Race:
    """The shards of a race on an executor; it may be a cluster's.

    ``take`` returns the outcomes that have come in since the last call, and never waits. A Pool
    reports progress during shards; another executor reports whole shards only, and after
    ``cancel`` its running shards finish, but their outcomes are dropped.
    """

    def __init__(self, shards: Sequence[Shard], executor: Executor | Pool) -> None:
        self._pool = executor if isinstance(executor, Pool) else None
        self.shards = list(shards)
        self._done = 0
        self._futures: dict[Future[Outcomes], Shard] = {}
        if isinstance(executor, Pool):
            work = partial(_run_in_pool, race=executor.begin())
            try:
                self._submit(work, executor.executor)
            except BrokenExecutor:  # a process was killed since the last race
                self._futures.clear()
                executor.renew()
                self._submit(work, executor.executor)
        else:
            self._submit(run_shard, executor)

    def _submit(self, work: Callable[[Shard], Outcomes], executor: Executor) -> None:
        with _sigint_blocked():
            for shard in self.shards:
                self._futures[executor.submit(work, shard)] = shard

    @property
    def is_over(self) -> bool:
        """Whether every outcome was taken, or the race cancelled."""
        return not self._futures

    @property
    def progress(self) -> RaceProgress:
        """The progress of the race."""
        total = sum(_size(shard) for shard in self.shards)
        done = self._done
        if self._pool is not None:
            done = max(done, self._pool.network_epochs)
        return RaceProgress(min(done, total), total)

    def wait(self, seconds: float) -> None:
        """Wait for an outcome, at most this long."""
        wait(self._futures, seconds, FIRST_COMPLETED)

    def take(self) -> list[ShardOutcomes]:
        """The outcomes that have come in since the last call. Raises WorkersFailed."""
        parts = []
        for future in [future for future in self._futures if future.done()]:
            shard = self._futures.pop(future)
            try:
                parts.append((shard, future.result()))
                self._done += _size(shard)
            except (Stopped, CancelledError):
                continue
            except Exception as error:
                raise WorkersFailed(_why(error)) from error
        return parts

    def cancel(self) -> None:
        """Cancel the race; outcomes that have not come in are dropped."""
        if self._pool is not None:
            self._pool.stop()
        for future in self._futures:
            future.cancel()
        self._futures.clear()  # running shards finish, and their outcomes are dropped


def _size(shard: Shard) -> int:
    return len(shard.seeds) * shard.plan.epochs


class Standings:
    """The outcomes of every variant so far, in the order of their seeds."""

    def __init__(self, order: RaceOrder) -> None:
        self.order = order
        self._parts: list[dict[int, Outcomes]] = [{} for _ in order.variants]
        self._together: dict[int, Outcomes] = {}
        self._ends: dict[int, Outcomes] = {}

    @property
    def networks(self) -> int:
        """The number of networks so far."""
        return sum(len(part) for parts in self._parts for part in parts.values())

    def add(self, parts: Sequence[ShardOutcomes]) -> None:
        """Add outcomes."""
        for shard, outcomes in parts:
            self._parts[shard.variant][shard.seeds.start] = outcomes
            self._together.pop(shard.variant, None)
            self._ends.pop(shard.variant, None)

    def as_now(self) -> "Standings":
        """A copy that later outcomes do not change."""
        now = Standings(self.order)
        now._parts = [dict(parts) for parts in self._parts]
        return now

    def parts(self, variant: int) -> list[Outcomes]:
        """The outcomes of a variant so far, shard by shard."""
        parts = self._parts[variant]
        return [parts[seed] for seed in sorted(parts)]

    def of(self, variant: int) -> Outcomes | None:
        """The outcomes of a variant so far; None while there are none."""
        if variant not in self._together and (parts := self.parts(variant)):
            self._together[variant] = joined(parts)
        return self._together.get(variant)

    def ends(self, variant: int) -> Outcomes | None:
        """The same without the curves, which are most of the data."""
        if variant not in self._ends and (parts := self.parts(variant)):
            self._ends[variant] = joined([without_curves(part) for part in parts])
        return self._ends.get(variant)


def run_race(
    shards: Sequence[Shard],
    standings: Standings,
    executor: Executor | Pool | None,
    interrupted: Interrupted,
    show: Callable[[RaceProgress], None],
) -> None:
    """Run a race to its end, or until interrupted; outcomes are added to ``standings``.

    ``show`` is called with the progress. Without an executor it runs in this process. Raises
    WorkersFailed.
    """
    if executor is None:
        _run_here(shards, standings, interrupted, show)
        return
    race = Race(shards, executor)
    while not race.is_over:
        race.wait(0.1)
        standings.add(race.take())
        show(race.progress)
        if interrupted():
            race.cancel()


def _run_here(
    shards: Sequence[Shard],
    standings: Standings,
    interrupted: Interrupted,
    show: Callable[[RaceProgress], None],
) -> None:
    done, total = 0, sum(_size(shard) for shard in shards)

    def count(epochs: int) -> None:
        nonlocal done
        done += epochs
        show(RaceProgress(done, total))

    for shard in shards:
        try:
            standings.add([(shard, run_shard(shard, interrupted, count))])
        except Stopped:
            return


def _why(error: Exception) -> str:
    if isinstance(error, BrokenExecutor):
        return (
            "The race was given up: one of its worker processes ended unexpectedly, perhaps for "
            "want of memory"
        )
    return f"The race was given up: a worker failed with {type(error).__name__}: {error}"
