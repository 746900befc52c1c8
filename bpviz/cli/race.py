"""`bpviz race`: trains many networks at once, without a window."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from bpviz import __version__
from bpviz.cli.ctrl_c import CtrlC
from bpviz.cli.options import csv_marks
from bpviz.cli.output import write_message, write_result
from bpviz.cli.race_options import order_from, workers_from
from bpviz.cli.race_results import RaceResults
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.experiment.race_order import RaceOrder, setups_of
from bpviz.session.race.report import HEADINGS, VariantRow, cells, figures, rows_of
from bpviz.session.race.runner import Pool, RaceProgress, Standings, WorkersFailed, run_race
from bpviz.session.race.shards import Shard, shards_of
from bpviz.session.race.standing import published_runs_of, published_words

if TYPE_CHECKING:
    from bpviz.cli.progress import RaceBar

BAR_DELAY = 0.5
"""Seconds after which a progress bar appears, on a terminal."""


def race(args: Namespace) -> int:
    """Run the race of the arguments, report it, and return the exit code: 0 done, 1 failed.

    After an interruption (Ctrl+C) the results so far are reported, and the exit code is 1.
    Raises BadValue, NoCluster, WriteFailed and QtMissing before training begins.
    """
    order, patterns = order_from(args)
    workers = workers_from(args)
    setups = setups_of(order, patterns)
    for remark in dict.fromkeys(remark for setup in setups for remark in setup.remarks):
        write_message(f"Note: {remark}")
    shards = shards_of(order, setups)
    failures: list[str] = []
    marks = csv_marks(args)
    with RaceResults(args.export, replace=args.force, marks=marks) as results:
        with executor_for(args.scheduler, workers, shards) as executor, CtrlC() as ctrl_c:
            begin = perf_counter()
            standings = _run(order, shards, executor, ctrl_c, failures)
            seconds = perf_counter() - begin
        rows = rows_of(standings)
        failures += results.finish(standings, setups)
    _report(
        args,
        order,
        setups[0],
        rows,
        seconds,
        results.written,
        published_words(standings, published_runs_of(order)),
    )
    if results.remark:
        write_message(f"Note: {results.remark}")
    for failure in failures:
        write_message(f"bpviz: {failure}")
    return 1 if failures else 0


# -- racing --------------------------------------------------------------------------------


def _run(
    order: RaceOrder,
    shards: list[Shard],
    executor: Executor | Pool | None,
    ctrl_c: CtrlC,
    failures: list[str],
) -> Standings:
    standings = Standings(order)
    with RaceProgressLine(order) as bar:
        try:
            run_race(shards, standings, executor, lambda: ctrl_c.pressed, bar.show)
        except WorkersFailed as error:
            failures.append(str(error))
    if ctrl_c.pressed:
        failures.append("The race was interrupted; what is shown is what had come in.")
    return standings


@contextmanager
def executor_for(
    scheduler: str | None, workers: int | None, shards: list[Shard]
) -> Iterator[Executor | Pool | None]:
    """The executor: a cluster, a pool of processes, or None (this process) for a single shard."""
    if scheduler is not None:
        from bpviz.session.race.cluster import cluster

        with cluster(scheduler) as executor:
            yield executor
    elif workers == 1 or len(shards) == 1:
        yield None
    else:
        with Pool(workers) as pool:
            yield pool


class RaceProgressLine:
    """A progress bar on stderr, shown only on a terminal and after BAR_DELAY."""

    def __init__(self, order: RaceOrder) -> None:
        self._order = order
        self._begin = perf_counter()
        self._bar: RaceBar | None = None
        self._shown = 0.0

    def __enter__(self) -> Self:
        return self

    def show(self, progress: RaceProgress) -> None:
        """Show the progress of the race."""
        now = perf_counter()
        if now - max(self._begin + BAR_DELAY, self._shown + 0.1) < 0 or not sys.stderr.isatty():
            return
        if self._bar is None:
            from bpviz.cli.progress import RaceBar

            self._bar = RaceBar()
        self._shown = now
        self._bar.show(progress.done, progress.total, now - self._begin)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


# -- reporting -----------------------------------------------------------------------------


def _report(
    args: Namespace,
    order: RaceOrder,
    setup: PreparedExperiment,
    rows: list[VariantRow],
    seconds: float,
    written: list[Path],
    published: list[str],
) -> None:
    # Networks that ended early trained fewer epochs than planned.
    epochs = sum(row.network_epochs for row in rows)
    speed = epochs / seconds if epochs and seconds > 0.0 else None
    if args.json:
        write_result(json.dumps(_json(order, rows, seconds, speed)) + "\n")
        return
    last = order.first_seed + order.seeds - 1
    lines = [
        f"{setup.patterns.name}: seeds {order.first_seed} to {last}, "
        f"{'until solved, at most ' if order.until_solved else ''}{order.epochs:,} epochs",
        *_table(rows),
        *(f"  {words}" for words in published),
    ]
    if speed is not None:
        lines.append(f"  {speed:,.0f} network-epochs/s")
    if written:
        names = ", ".join(path.name for path in written)
        lines.append(f"  written: {names} in {written[0].parent}")
    write_result("\n".join(lines) + "\n")


def _table(rows: list[VariantRow]) -> list[str]:
    table = [HEADINGS, *(cells(row) for row in rows)]
    widths = [max(len(line[c]) for line in table) for c in range(len(HEADINGS))]
    return [
        "  " + "  ".join([line[0].ljust(widths[0]), *(map(str.rjust, line[1:], widths[1:]))])
        for line in table
    ]


def _json(
    order: RaceOrder, rows: list[VariantRow], seconds: float, speed: float | None
) -> dict[str, Any]:
    return {
        "problem": order.variants[0].experiment.problem,
        "first_seed": order.first_seed,
        "seeds": order.seeds,
        "epochs": order.epochs,
        "until_solved": order.until_solved,
        "variants": [figures(row) for row in rows],
        "seconds": seconds,
        "network_epochs_per_second": speed,
        "version": __version__,
    }
