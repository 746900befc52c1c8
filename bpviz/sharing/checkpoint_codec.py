"""Shared instants as plain values and bytes, for link texts."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpviz.core.kernels.engines import ENGINES, NUMPY
from bpviz.core.learning.settings import Training
from bpviz.core.model.clamps import Clamps
from bpviz.core.model.pattern_change import PatternChange, PatternRows
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.model.references import UnitRef
from bpviz.core.run.checkpoint import Checkpoint, When
from bpviz.core.run.edits import (
    ChangeTrain,
    Edit,
    SetClamps,
    SetCriterion,
    SetParameters,
    SetTrain,
    SetTraining,
)
from bpviz.core.run.records import EpochRecord
from bpviz.core.values import BadValue, Unquoted, check_choice, check_whole
from bpviz.experiment.experiment import MAX_EPOCHS, Experiment
from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe, SharedExperiment

MOST_EDITS = 10_000
REPLAY, NUMBERS = "replay", "numbers"


def to_plain(shared: SharedExperiment) -> tuple[dict[str, Any], list[bytes]]:
    """``shared.at`` as plain values, and the bytes of the arrays that they refer to."""
    out, at = _Out(), shared.at
    assert at is not None
    plain = _replay_to(at, out) if isinstance(at, ReplayRecipe) else _numbers_to(at, out)
    return plain, out.parts


def from_plain(experiment: Experiment, plain: Mapping[str, Any], arrays: bytes) -> SharedExperiment:
    """The inverse. Raises BadValue, or KeyError, TypeError or ValueError for other mappings."""
    check_choice("kind of the link text", plain["kind"], (REPLAY, NUMBERS))
    into = _In(arrays)
    at: ExactCheckpoint | ReplayRecipe
    if plain["kind"] == REPLAY:
        at = _replay_from(plain, into)
    else:
        at = _numbers_from(experiment, plain, into)
    into.end()
    return SharedExperiment(experiment, at)


class _Out:
    """Collects arrays; in the plain values, their shapes stand for them."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def put(self, array: NDArray[Any]) -> list[int]:
        self.parts.append(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return list(array.shape)


class _In:
    """Returns the arrays in the order in which they were put."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, shape: list[int]) -> NDArray[np.float64]:
        for length in shape:
            check_whole("length of an array in the link text", length, 0, len(self._data))
        size = 8 * int(np.prod(shape, dtype=object))
        if size > len(self._data) - self._at:
            raise ValueError("cut off")
        part = self._data[self._at : self._at + size]
        self._at += size
        return np.frombuffer(part, dtype="<f8").astype(np.float64).reshape(shape)

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("too long")


# -- the numbers of an instant ---------------------------------------------------------------


def _numbers_to(numbers: ExactCheckpoint, out: _Out) -> dict[str, Any]:
    state = numbers.state
    plain: dict[str, Any] = {
        "kind": NUMBERS,
        "at": [state.epoch, state.update],
        "count": state.count,
        "batch": state.batch,
        "whole": state.whole,
        "rng": state.rng,
        "engine": state.engine,
        "record": out.put(np.array(state.record[1:])),
        "vectors": out.put(state.vectors),
        "clamps": _clamps_to(state.clamps),
    }
    if state.update and not state.whole:
        plain["order"] = state.order.tolist()
    if numbers.train is not None:
        plain["train"] = _patterns_to(numbers.train, out)
    if numbers.way is not None:
        plain["way"] = _replay_to(numbers.way, out)
    return plain


def _numbers_from(experiment: Experiment, plain: Mapping[str, Any], data: _In) -> ExactCheckpoint:
    epoch, update = _when(plain["at"])
    check_whole("updates in the link text", plain["count"], 0, 2**62)
    check_whole("batch in the link text", plain["batch"], 1, 2**40)
    check_choice("engine", plain["engine"], ENGINES)
    rng = np.random.default_rng(0)
    rng.bit_generator.state = plain["rng"]  # raises for anything else
    record = EpochRecord(epoch, *data.take(plain["record"]).tolist())
    vectors = data.take(plain["vectors"])
    if not np.isfinite(vectors).all():
        raise BadValue("weights in the link text", Unquoted("inf or nan"), "finite numbers")
    train = _patterns_from(plain["train"], data) if "train" in plain else None
    order = np.array(plain.get("order", ()), dtype=np.int64)
    state = Checkpoint(
        epoch, update, plain["count"], order, plain["batch"], bool(plain["whole"]), record,
        rng.bit_generator.state, vectors, experiment.training, train or _NO_PATTERNS,
        Criterion("within", experiment.tolerance), _clamps_from(plain["clamps"]), plain["engine"],
    )  # fmt: skip
    way = _replay_from(plain["way"], data) if "way" in plain else None
    return ExactCheckpoint(state, train, way)


_NO_PATTERNS = Patterns(np.zeros((1, 1)), np.zeros((1, 1)))
"""Placeholder for unchanged patterns, which are loaded from the problem."""


# -- the recipe of an instant ----------------------------------------------------------------


def _replay_to(replay: ReplayRecipe, out: _Out) -> dict[str, Any]:
    return {
        "kind": REPLAY,
        "at": list(replay.until),
        "edits": [[*when, _edit_to(edit, out)] for when, edit in replay.edits],
        "engines": [list(span) for span in replay.engines if span != (0, NUMPY)],
        "check": replay.check,
    }


def _replay_from(plain: Mapping[str, Any], data: _In) -> ReplayRecipe:
    check_whole("changes by hand in the link text", len(plain["edits"]), 0, MOST_EDITS)
    edits = tuple((_when(e[:2]), _edit_from(e[2], data)) for e in plain["edits"])
    engines = tuple((_when([epoch, 0])[0], str(name)) for epoch, name in plain["engines"])
    for _, name in engines:
        check_choice("engine", name, ENGINES)
    return ReplayRecipe(_when(plain["at"]), edits, engines, int(plain["check"]))


def _edit_to(edit: Edit, out: _Out) -> dict[str, Any]:
    if isinstance(edit, SetParameters):
        return {"places": edit.indices.tolist(), "values": out.put(edit.values)}
    if isinstance(edit, SetTrain):
        return {"train": _patterns_to(edit.patterns, out)}
    if isinstance(edit, ChangeTrain):
        rows = {"out": edit.change.out, "into": edit.change.into}
        return {name: _rows_to(part, out) for name, part in rows.items()}
    if isinstance(edit, SetClamps):
        return {"clamps": _clamps_to(edit.clamps)}
    if isinstance(edit, SetTraining):
        plain = Training()
        values = {f.name: getattr(edit.training, f.name) for f in fields(Training)}
        return {"training": {n: v for n, v in values.items() if v != getattr(plain, n)}}
    return {"criterion": [edit.criterion.kind, edit.criterion.tolerance]}


def _edit_from(plain: Mapping[str, Any], data: _In) -> Edit:
    if "places" in plain:
        places = np.array(plain["places"], dtype=np.int64)
        return SetParameters(places, data.take(plain["values"]))
    if "train" in plain:
        return SetTrain(_patterns_from(plain["train"], data))
    if "into" in plain:
        out, into = (_rows_from(plain[name], data) for name in ("out", "into"))
        return ChangeTrain(PatternChange(out, into))
    if "clamps" in plain:
        return SetClamps(_clamps_from(plain["clamps"]))
    if "training" in plain:
        return SetTraining(Training(**plain["training"]))
    kind, tolerance = plain["criterion"]
    check_choice("criterion", kind, ("within", "argmax"))
    return SetCriterion(Criterion(kind, float(tolerance)))


# -- parts -----------------------------------------------------------------------------------


def _when(plain: Any) -> When:
    epoch, update = plain
    check_whole("epoch in the link text", epoch, 0, MAX_EPOCHS)
    check_whole("update in the link text", update, 0, 2**40)
    return epoch, update


def _rows_to(rows: PatternRows, out: _Out) -> list[list[int]]:
    return [rows.at.tolist(), out.put(rows.inputs), out.put(rows.targets)]


def _rows_from(plain: Any, data: _In) -> PatternRows:
    at, inputs, targets = plain
    places = np.array(at, dtype=np.int64)
    rows = PatternRows(places, data.take(inputs), data.take(targets))
    rises = len(places) == 0 or (places[0] >= 0 and bool((np.diff(places) > 0).all()))
    if not rises or not len(rows) == len(rows.inputs) == len(rows.targets):
        raise BadValue(
            "rows in the link text", Unquoted("out of order"), "at increasing places, one at each"
        )
    return rows


def _patterns_to(patterns: Patterns, out: _Out) -> list[list[int]]:
    return [out.put(patterns.inputs), out.put(patterns.targets)]


def _patterns_from(plain: Any, data: _In) -> Patterns:
    inputs, targets = plain
    return Patterns(data.take(inputs), data.take(targets))


def _clamps_to(clamps: Clamps) -> list[list[float]]:
    return [[ref.group, ref.unit, value] for ref, value in sorted(clamps.items())]


def _clamps_from(plain: Any) -> Clamps:
    return {UnitRef(int(group), int(unit)): float(value) for group, unit, value in plain}
