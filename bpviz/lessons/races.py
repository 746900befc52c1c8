"""Reads the race that a step of a lesson offers."""

from collections.abc import Mapping
from typing import Any

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.values import BadValue, check_choice, check_whole
from bpviz.experiment.experiment import MAX_SEED, Experiment
from bpviz.experiment.race_order import (
    DEFAULT_EPOCHS,
    DEFAULT_SEEDS,
    MAX_RACE_EPOCHS,
    MAX_SEEDS,
    RaceOrder,
    read_shapes,
    variants_of,
)
from bpviz.lessons.model import StepRace

RACE_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "hidden": list, "activation": list, "rate": list, "seeds": int, "first_seed": int,
    "epochs": int, "until_solved": bool,
}  # fmt: skip


def race_of(table: Mapping[str, Any], experiment: Experiment) -> StepRace:
    """The race of a step with this experiment; the defaults are those of the Race window.

    Raises BadValue.
    """
    hidden = ",".join(str(shape) for shape in table.get("hidden", ()))
    rates = tuple(_rate(rate) for rate in table.get("rate", ()))
    activations = tuple(table.get("activation", ()))
    for name in activations:
        check_choice("activation", name, ACTIVATIONS)
    seeds, first = table.get("seeds", DEFAULT_SEEDS), table.get("first_seed", 0)
    epochs = table.get("epochs", experiment.stop.epochs or DEFAULT_EPOCHS)
    check_whole("seeds", seeds, 1, MAX_SEEDS)
    check_whole("first_seed", first, 0, MAX_SEED)
    check_whole("epochs", epochs, 1, MAX_RACE_EPOCHS)
    shapes = read_shapes("hidden", hidden, experiment.hidden)
    variants = variants_of(experiment, shapes, activations, rates)
    until_solved = table.get("until_solved", experiment.stop.solved)
    order = RaceOrder(variants, seeds, epochs, first, until_solved)
    return StepRace(hidden, activations, rates, order)


def _rate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("rate", value, "a number, as in rate = [0.1, 0.5]")
    return float(value)
