"""`bpviz train`: trains a network without a window."""

import json
import math
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bpviz import __version__
from bpviz.cli.ctrl_c import CtrlC
from bpviz.cli.options import csv_marks, engine_from, experiment_from, instant_from
from bpviz.cli.output import write_message, write_result
from bpviz.cli.quality import quality_figures, quality_rows, quality_table
from bpviz.cli.results import Results
from bpviz.core.kernels.choice import AUTO, is_installed, microseconds
from bpviz.core.kernels.engines import NUMBA, NUMPY
from bpviz.core.kernels.warm import warm
from bpviz.core.learning.dropout import dropped_groups
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.observe import observe
from bpviz.core.run.records import EpochRecord, Records
from bpviz.core.run.run import Run
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.core.text.number_words import percent, plain
from bpviz.core.values import BadValue
from bpviz.experiment.prepare import PreparedExperiment, prepare
from bpviz.experiment.stopping import Stopping
from bpviz.session.frame import Frame
from bpviz.session.recording.loss_log import LossLog
from bpviz.session.recording.run_history import setup_at
from bpviz.session.recording.share_instant import open_instant
from bpviz.sharing.atomic_files import WriteFailed, write_bytes
from bpviz.sharing.keras_script import keras_script

if TYPE_CHECKING:
    from bpviz.cli.progress import ProgressBar

DEFAULT_EPOCHS = 5_000
"""Epochs if neither the problem nor the user gives a stop condition."""

SLICE = 0.1
"""Seconds of training between two checks of Ctrl+C and updates of the progress bar."""

WORTH_COMPILING = 5.0
"""Seconds that Numba must save to be used."""

Take = Callable[[Records], None]

BAR_DELAY = 0.5
"""Seconds of training after which a progress bar appears."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How training ended.

    ``stopped`` completes 'Stopped: '; ``failure`` is a sentence, or "" if nothing failed.
    ``seconds`` is the time of training alone. ``best_epoch``: the epoch to go back to.
    """

    stopped: str
    failure: str = ""
    seconds: float = 0.0
    epochs: int = 0
    best_epoch: int | None = None

    @property
    def epochs_per_second(self) -> float | None:
        """Epochs per second; None without an epoch."""
        return self.epochs / self.seconds if self.epochs and self.seconds > 0.0 else None


def train(args: Namespace) -> int:
    """Train the network of the arguments, report, and return the exit code: 0 done, 1 failed.

    After an interruption (Ctrl+C) or a divergence the results so far are reported and their
    pictures written, and the exit code is 1. Raises BadValue, WriteFailed and QtMissing before
    training begins.
    """
    experiment, patterns = experiment_from(args)
    if experiment.stop.epochs is None:
        experiment = replace(experiment, stop=replace(experiment.stop, epochs=DEFAULT_EPOCHS))
    setup = prepare(experiment, 1, patterns)
    if (reason := obstacle(setup.network, RULES[experiment.rule])) is not None:
        raise reason
    script = _script_path(setup, args)
    for remark in setup.remarks:
        write_message(f"Note: {remark}")
    marks = csv_marks(args)
    with Results(args.export, setup, replace=args.force, marks=marks) as results:
        (run, setup), log = _opened(setup, args), LossLog()
        _choose_engine(run, engine_from(args), experiment.stop.epochs or DEFAULT_EPOCHS)

        def take(records: Records) -> None:
            log.extend(records.epochs, *records.values.T)
            results.extend(records)

        take(Records.of([run.record]))
        outcome = _train(setup, run, take)
        if outcome.best_epoch is not None:
            run = _replayed(setup, args, run, outcome.best_epoch)
            log.truncate(run.epoch)
        failures = list(filter(None, [outcome.failure]))
        quality = quality_table(setup, run)
        failures += results.finish(lambda: _frame(setup, run, log), quality)
    if script is not None:
        failures += _write_script(script, setup, run, replace=args.force)
    figures = _figures(setup, run.record, outcome, run.engine) | quality_figures(setup, run)
    lines = json.dumps(figures) if args.json else _summary(setup, figures, results.written)
    write_result(lines + "\n")
    if results.remark:
        write_message(f"Note: {results.remark}")
    for failure in failures:
        write_message(f"bpviz: {failure}")
    return 1 if failures else 0


def _script_path(setup: PreparedExperiment, args: Namespace) -> Path | None:
    """Where the Keras script goes, if one is wanted. Raises BadValue and WriteFailed before
    anything is written."""
    if args.export_keras is None:
        return None
    script = Path(args.export_keras)
    keras_script(setup, np.zeros(setup.network.n_parameters))
    if script.exists() and not args.force:
        raise WriteFailed(script, "a file with this name exists already")
    return script


def _opened(setup: PreparedExperiment, args: Namespace) -> tuple[Run, PreparedExperiment]:
    """The run at epoch 0 or at the instant of a link text, and the setup at that instant."""
    history, remark = open_instant(setup, instant_from(args, setup.experiment))
    if remark:
        write_message(f"Note: {remark}")
    return history.run, setup_at(setup, history.run)


def _write_script(path: Path, setup: PreparedExperiment, run: Run, *, replace: bool) -> list[str]:
    """Write the Keras script of the trained network; returns a sentence if that fails."""
    text = keras_script(setup, run.parameters, run.epoch)
    try:
        write_bytes(path, text.encode(), replace=replace)
    except WriteFailed as error:
        return [str(error)]
    write_message(f"Note: {path} builds this network in Keras.")
    return []


# -- training ------------------------------------------------------------------------------


def _choose_engine(run: Run, asked: str, epochs: int) -> None:
    """Use Numba if it is requested, or if it saves more time than it takes to compile.

    This is decided before the first epoch, from the sizes alone: the same command gives the same
    numbers, however busy the machine is. Raises BadValue if Numba is requested but does not work.
    """
    batch = run.training.batch_size(len(run.start.train))
    numpy, numba = microseconds(run.start.network, batch)
    saved = 1e-6 * (numpy - numba) * run.updates * epochs
    if asked == NUMPY or (asked == AUTO and saved < WORTH_COMPILING):
        return
    try:
        run.use(NUMBA)
        warm(bool(dropped_groups(run.start.network)))
    except Exception as error:  # the library may be missing, or broken in many ways
        run.use(NUMPY)
        if asked == NUMBA:
            if isinstance(error, BadValue):
                raise error.typed(NUMBA, "--engine") from None
            raise BadValue("--engine", NUMBA, "numpy", str(error)) from None
        if is_installed():
            write_message(f"Note: Numba does not work here, NumPy trains ({type(error).__name__}).")
        else:
            write_message("Note: training would be faster with Numba (pip install numba).")


def _train(setup: PreparedExperiment, run: Run, take: Take) -> Outcome:
    """Train until a stop condition; the records of all epochs go to ``take``."""
    stop, n_patterns = setup.experiment.stop, len(setup.patterns.train)
    limit = stop.epochs if stop.epochs is not None else DEFAULT_EPOCHS
    seconds, failure, first = 0.0, "", run.epoch

    best = run.record.test_error if math.isfinite(run.record.test_error) else math.inf
    done = Stopping(stop, n_patterns, best=(run.epoch, best))
    with CtrlC() as ctrl_c, _TrainingProgress(limit) as bar:
        while not ctrl_c.pressed and not failure:
            if reasons := done.reasons(run.record):
                back = done.best_epoch if done.goes_back(run.record) else None
                return Outcome(", ".join(reasons), "", seconds, run.epoch - first, back)
            begin = perf_counter()
            try:
                records = run.advance(limit - run.epoch, ctrl_c.within(SLICE), done)
            except Diverged as error:
                records, failure = error.records, str(error)
            seconds += perf_counter() - begin
            take(records)
            bar.show(run.record, seconds)
    if failure:
        return Outcome("diverged", failure, seconds, run.epoch - first)
    sentence = f"Training was interrupted after epoch {run.epoch:,}."
    return Outcome("interrupted", sentence, seconds, run.epoch - first)


def _replayed(setup: PreparedExperiment, args: Namespace, run: Run, epoch: int) -> Run:
    """The run at an earlier epoch, to the bit: trained again from its beginning with the same
    engine."""
    again, _ = _opened(setup, args)
    again.use(run.engine)
    again.advance(epoch - again.epoch)
    return again


class _TrainingProgress:
    """A progress bar on stderr, shown only on a terminal and after BAR_DELAY."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._bar: ProgressBar | None = None
        self._from = 0.0

    def __enter__(self) -> Self:
        self._from = perf_counter()
        return self

    def show(self, record: EpochRecord, seconds: float) -> None:
        """Show the last epoch after this many seconds of training."""
        if self._bar is None:
            # The delay includes writing the curve, which may take longer than training.
            if perf_counter() < self._from + BAR_DELAY or not sys.stderr.isatty():
                return
            from bpviz.cli.progress import ProgressBar

            self._bar = ProgressBar(self._epochs)
        self._bar.show(record, record.epoch / seconds)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _frame(setup: PreparedExperiment, run: Run, log: LossLog) -> Frame:
    snapshot = observe(run, EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=setup.run_id)
    return Frame(setup, snapshot, log.curve())


# -- reporting -----------------------------------------------------------------------------


def _figures(
    setup: PreparedExperiment, record: EpochRecord, outcome: Outcome, engine: str
) -> dict[str, Any]:
    """The values printed by --json; numbers that do not exist are None."""
    figures: dict[str, Any] = {
        "problem": setup.experiment.problem,
        "epochs": record.epoch,
        "error": record.train_error,
        "error_per_pattern": record.train_error / len(setup.patterns.train),
        "accuracy": record.train_right,
        "mistakes": round((1.0 - record.train_right) * len(setup.patterns.train)),
        "solved": record.solved,
        "test_error": record.test_error,
        "test_accuracy": record.test_right,
        "seed": setup.experiment.seed,
        "engine": engine,
        "epochs_per_second": outcome.epochs_per_second,
        "stopped": outcome.stopped,
        "version": __version__,
    }
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }


def _summary(setup: PreparedExperiment, figures: dict[str, Any], written: list[Path]) -> str:
    train, test = setup.patterns.train, setup.patterns.test
    shape = "-".join(str(group.size) for group in setup.network.groups)
    rows = {
        "network": f"{shape}, seed {figures['seed']}",
        "stopped": f"after epoch {figures['epochs']:,}: {figures['stopped']}",
        "error": f"E = {_number(figures['error'])}, "
        f"{_number(figures['error_per_pattern'])} per pattern",
        "right": f"{_share(figures['accuracy'], len(train))}"
        + (": solved" if figures["solved"] else ""),
    }
    if test is not None:
        rows["test"] = (
            f"E = {_number(figures['test_error'])}, {_share(figures['test_accuracy'], len(test))}"
        )
    rows |= quality_rows(figures)
    if figures["epochs_per_second"] is not None:
        rows["speed"] = f"{figures['epochs_per_second']:,.0f} epochs/s ({figures['engine']})"
    if written:
        names = ", ".join(path.name for path in written)
        rows["written"] = f"{names} in {written[0].parent}"
    width = max(9, *(len(name) + 2 for name in rows))
    lines = [setup.patterns.name, *(f"  {name:<{width}}{words}" for name, words in rows.items())]
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "not a finite number" if value is None else plain(value)


def _share(share: float | None, n_patterns: int) -> str:
    right = round((share or 0.0) * n_patterns)
    return f"{right:,} of {n_patterns:,} patterns right ({percent(share or 0.0, unit='%')})"
