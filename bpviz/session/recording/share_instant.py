"""Writes the present instant of a run as a link text, and brings a run to such an instant."""

from dataclasses import replace

import numpy as np

from bpviz.core.interruption import Cancelled, Interrupted, never
from bpviz.core.kernels.engines import NUMPY
from bpviz.core.run.checkpoint import When
from bpviz.core.run.edits import SetClamps, SetTrain
from bpviz.core.run.run import Run
from bpviz.core.run.timeline import SeekGoal
from bpviz.core.values import BadValue, Unquoted
from bpviz.experiment.prepare import PreparedExperiment, new_run
from bpviz.session.recording.run_history import RunHistory
from bpviz.sharing.checkpoint import (
    ExactCheckpoint,
    ReplayRecipe,
    SharedExperiment,
    check_of,
    fitted,
)
from bpviz.sharing.link_text import LARGEST, text_of
from bpviz.sharing.shown import EVERYTHING, Shown

MOST_WORK = 2e9
"""Largest product of epochs, patterns and parameters that opening a text repeats (seconds)."""

MOST_WAY = MOST_WORK / 10
"""The same for the way to an instant whose numbers are in the text (a second)."""

NO_CURVE = (
    "The training before this instant was not repeated to the bit on this computer: weights and "
    "biases are those of the text, but the curve begins here."
)

NOT_EXACT = (
    "This instant was reached by repeating the training, and this computer calculates otherwise "
    "in the last digits: the weights are not those of the text to the bit."
)


def instant_text(history: RunHistory, setup: PreparedExperiment, shown: Shown = EVERYTHING) -> str:
    """The shortest text that opens the present instant, in a window reduced to ``shown``.

    It holds the numbers themselves with the way to them, or the way alone: a recipe (seed, epochs
    and edits) that repeats the training, and with it the curve. The way alone is used where it is
    shorter and needs no compiled engine, or where the numbers are too long; the numbers alone
    where the way takes too long. Raises BadValue if nothing is short enough.
    """
    run = history.run
    if not (run.epoch or run.update or history.timeline.edits_applied) and _is_plain(
        history, setup
    ):
        return text_of(SharedExperiment(setup.experiment, shown=shown))
    replay, numbers = _replay(history, setup), _numbers(run, setup)
    both = _with_way(numbers, replay, run)
    compiled = any(engine != NUMPY for _, engine in run.engines)
    refusal: BadValue | None = None
    for wanted in ((both,) if compiled else (both, replay), (numbers,), (replay,)):
        texts: list[str] = []
        for shared in filter(None, wanted):
            try:
                texts.append(text_of(replace(shared, shown=shown)))
            except BadValue as error:
                refusal = error
        if texts:
            return min(texts, key=len)
    found = f"{run.start.network.n_parameters:,} weights and biases after epoch {run.epoch:,}"
    raise refusal or BadValue("link text", Unquoted(found), "of what fits into one text")


def _with_way(
    numbers: SharedExperiment | None, replay: SharedExperiment | None, run: Run
) -> SharedExperiment | None:
    """The numbers with the way to them, if the way is short and begins with the same settings."""
    if numbers is None or replay is None or run.epoch > most_repeated(run, MOST_WAY):
        return None
    if numbers.experiment != replay.experiment:
        return None
    assert isinstance(numbers.at, ExactCheckpoint)
    assert isinstance(replay.at, ReplayRecipe)
    return replace(numbers, at=replace(numbers.at, way=replay.at))


def _is_plain(history: RunHistory, setup: PreparedExperiment) -> bool:
    """Whether the record begins with the initial weights of the experiment's seed."""
    state = history.timeline.first_checkpoint
    return setup.patterns.original is None and not state.clamps and state.epoch == 0


def _numbers(run: Run, setup: PreparedExperiment) -> SharedExperiment | None:
    """The numbers of the present instant; None if they are certainly too many."""
    edited = setup.patterns.original is not None
    size = 32 * run.start.network.n_parameters
    if edited:
        size += run.start.train.inputs.nbytes + run.start.train.targets.nbytes
    if size > LARGEST:
        return None
    return SharedExperiment(
        setup.experiment, ExactCheckpoint(run.save(), run.start.train if edited else None)
    )


def _replay(history: RunHistory, setup: PreparedExperiment) -> SharedExperiment | None:
    """The recipe for the present instant; None if repeating it takes too long."""
    run, first = history.run, history.timeline.first_checkpoint
    if (first.epoch, first.update) != (0, 0) or run.epoch > most_repeated(run):
        return None
    original = (setup.patterns.original or setup.patterns).train
    edits = list(history.timeline.edits_applied)
    if first.clamps:
        edits.insert(0, ((0, 0), SetClamps(first.clamps)))
    if first.train is not original:
        edits.insert(0, ((0, 0), SetTrain(first.train)))
    experiment = replace(
        setup.experiment, training=first.training, tolerance=first.criterion.tolerance
    )
    until = run.epoch, run.update
    check = check_of(run.parameters)
    return SharedExperiment(
        experiment, ReplayRecipe(until, tuple(edits), tuple(run.engines), check)
    )


def most_repeated(run: Run, work: float = MOST_WORK) -> int:
    """Largest number of epochs that opening a text repeats, for this network and these patterns."""
    return int(work / (len(run.start.train) * run.start.network.n_parameters))


def open_instant(
    setup: PreparedExperiment,
    at: ExactCheckpoint | ReplayRecipe | None,
    cancelled: Interrupted = never,
) -> tuple[RunHistory, str]:
    """A run of a setup at this instant, and a sentence if it does not agree to the bit.

    Raises Cancelled if ``cancelled``, and BadValue for an instant that does not fit the setup.
    """
    run = new_run(setup, cancelled)
    if isinstance(at, ExactCheckpoint):
        if (walked := _walked(run, at, cancelled)) is not None:
            return walked, ""
        run = run if at.way is None else new_run(setup, cancelled)
        _restore(run, setup, at)
    history = RunHistory(run)
    if isinstance(at, ReplayRecipe):
        if at.until[0] > (most := most_repeated(run)):
            raise BadValue("epoch in the link text", at.until[0], f"a whole number up to {most}")
        _repeat(history, at, cancelled)
        if check_of(run.parameters) != at.check:
            return history, NOT_EXACT
    return history, NO_CURVE if isinstance(at, ExactCheckpoint) and at.way is not None else ""


def _walked(run: Run, at: ExactCheckpoint, cancelled: Interrupted) -> RunHistory | None:
    """The history of a run that repeats the way to these numbers; None if it does not end there."""
    way, end = at.way, (at.state.epoch, at.state.update)
    if way is None or way.until != end or way.until[0] > most_repeated(run, MOST_WAY):
        return None
    history = RunHistory(run)
    try:
        _repeat(history, way, cancelled)
    except BadValue:  # an engine that is not installed, or edits of another network
        return None
    return history if np.array_equal(run.save().vectors, at.state.vectors) else None


def _restore(run: Run, setup: PreparedExperiment, numbers: ExactCheckpoint) -> None:
    state = fitted(numbers, setup.patterns.train, setup.criterion, run.start.network.n_parameters)
    if state.engine != NUMPY:
        try:
            run.use(state.engine)
        except BadValue:  # not installed: later epochs agree to rounding
            state = replace(state, engine=NUMPY)
    run.set_clamps(state.clamps)  # refuses units that the network does not have
    run.restore(replace(state, clamps=run.clamps))


def _repeat(history: RunHistory, replay: ReplayRecipe, cancelled: Interrupted) -> None:
    """Train up to the instant, with the recorded edits and engines."""
    run = history.run
    switches = [((epoch, 0), engine) for epoch, engine in replay.engines]
    edits = list(replay.edits)
    for when in sorted({when for when, _ in (*switches, *edits)}):
        _train_to(history, when, cancelled)
        for then, engine in switches:
            if then == when:
                run.use(engine)
        for then, edit in edits:
            if then == when:
                history.edit(edit)
    _train_to(history, replay.until, cancelled)


def _train_to(history: RunHistory, when: When, cancelled: Interrupted) -> None:
    run = history.run
    if (run.epoch, run.update) < when:
        history.begin_seek(SeekGoal(*when))
        while not history.continue_seek(cancelled)[0]:
            if cancelled():
                raise Cancelled
