"""Claims about what hidden units have found: their codes, and the form of their weights."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bpviz.core.learning.backprop import forward
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.values import BadValue, Matrix, Vector, check_choice
from bpviz.experiment.experiment import Stop
from bpviz.experiment.prepare import PreparedExperiment, prepare, start_of
from bpviz.lessons.claim_kind import (
    NUMBER,
    RANGE,
    REQUIRED,
    WHOLE,
    ClaimKind,
    Verdict,
    group_index,
    is_within,
)
from bpviz.lessons.model import Claim
from bpviz.lessons.weights_by_hand import links_named

Shows = Callable[[PreparedExperiment, Vector], bool]
"""Whether a network with these parameters shows what is claimed."""

NETWORKS = {
    "epochs": (WHOLE, REQUIRED), "seeds": (WHOLE, 1), "solved": ((bool,), True), **RANGE,
    "at_least": (NUMBER, 1.0),
}  # fmt: skip
"""The networks of a claim; see ``_networks``. The share that shows it lies in the range."""

SIGNS = {"+": 1.0, "-": -1.0}
"""Of a weight; '.' stands for any."""


def _networks(claim: Claim) -> Iterator[tuple[PreparedExperiment, Vector]]:
    """Networks of so many seeds from the experiment's own, and their parameters.

    With ``solved`` those that solve it within so many epochs, as they are when they do; without
    it all, after so many epochs.
    """
    values, own = claim.values, replace(claim.experiment, stop=Stop())
    patterns = prepare(own).patterns
    setups = [
        prepare(replace(own, seed=seed), patterns=patterns)
        for seed in range(own.seed, own.seed + values["seeds"])
    ]
    outcomes = run_starts(
        [start_of(setup) for setup in setups], RacePlan(values["epochs"], values["solved"])
    )
    for setup, solved, parameters in zip(setups, outcomes.solved, outcomes.parameters, strict=True):
        if solved or not values["solved"]:
            yield setup, parameters


def _share(claim: Claim, shows: Shows) -> Verdict:
    """The share of the networks that show it, against the range of the claim."""
    found = [shows(setup, parameters) for setup, parameters in _networks(claim)]
    share = float(np.mean(found)) if found else -1.0
    return Verdict(is_within(share, claim), f"{sum(found)} of {len(found)} networks show it")


def _codes(claim: Claim) -> Verdict:
    """Whether the activations of a group, rounded, tell all training patterns apart."""

    def shows(setup: PreparedExperiment, parameters: Vector) -> bool:
        train, group = setup.patterns.train, group_index(setup, claim.values["group"])
        activations = forward(setup.network, parameters, train.inputs)[1][group]
        return len(np.unique(activations.round(), axis=0)) == len(train)

    return _share(claim, shows)


def _mirrored(claim: Claim) -> Verdict:
    """Whether each unit's weights are opposite about the middle, their sizes in this ratio."""
    ratio, within = np.array(claim.values["ratio"]), claim.values["within"]

    def shows(setup: PreparedExperiment, parameters: Vector) -> bool:
        units = _weights(claim, setup, parameters)[0].T
        units = units / np.abs(units).max(axis=1, keepdims=True)
        far = np.abs(units + units[:, ::-1]).max()
        if len(ratio):
            half = np.sort(np.abs(units[:, : units.shape[1] // 2]), axis=1)
            far = max(far, np.abs(half - ratio / ratio.max()).max())
        return bool(far <= within)

    return _share(claim, shows)


def _signs(claim: Claim) -> Verdict:
    """Whether the weights into a unit, those that exist, have these signs."""
    marks, column = "".join(map(str, claim.values["signs"])), claim.values["unit"] - 1
    wanted = np.array([SIGNS.get(mark, 0.0) for mark in marks])

    def shows(setup: PreparedExperiment, parameters: Vector) -> bool:
        weights, exist = _weights(claim, setup, parameters)
        into = weights[exist[:, column], column]
        if into.shape != wanted.shape:
            raise BadValue("signs", marks, f"as many of + - . as the unit has weights, {len(into)}")
        return bool((np.sign(into) == wanted)[wanted != 0.0].all())

    return _share(claim, shows)


def _weights(
    claim: Claim, setup: PreparedExperiment, parameters: Vector
) -> tuple[Matrix, NDArray[np.bool_]]:
    """The weights of the claim's connection (source, target units), and which of them exist."""
    name, links = claim.values["weights"], links_named(setup.network)
    check_choice("weights", name, links)
    weights = setup.network.weights(parameters, links[name])
    mask = setup.network.connections[links[name]].mask
    return weights, np.full(weights.shape, True) if mask is None else mask


CODE_CLAIMS = (
    ClaimKind("codes", "the share of networks in which the activations of a group, rounded to 0 "
              "and 1, tell all patterns apart",
              {**NETWORKS, "group": ((str,), REQUIRED)}, _codes),
    ClaimKind("mirrored", "the share of networks in which the weights into every unit are equal "
              "and opposite about the middle, and in this ratio if one is given",
              {**NETWORKS, "weights": ((str,), REQUIRED), "ratio": ((list,), []),
               "within": (NUMBER, 0.1)}, _mirrored),
    ClaimKind("signs", "the share of networks in which the weights into a unit have these signs",
              {**NETWORKS, "weights": ((str,), REQUIRED), "unit": (WHOLE, 1),
               "signs": ((list,), REQUIRED)}, _signs),
)  # fmt: skip
