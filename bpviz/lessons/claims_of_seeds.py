"""Claims about many seeds: how many of them solve a problem, and how soon."""

from dataclasses import replace

import numpy as np

from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.run import Run
from bpviz.core.text.number_words import percent, plain
from bpviz.core.values import BadValue, Vector, check_choice
from bpviz.experiment.experiment import Experiment, Stop
from bpviz.experiment.prepare import PreparedExperiment, prepare, start_of
from bpviz.lessons.claim_kind import (
    NUMBER,
    PAIR,
    RANGE,
    REQUIRED,
    SEEDS,
    WHOLE,
    ClaimKind,
    Verdict,
    is_within,
    trained,
)
from bpviz.lessons.model import Claim

VARIANTS = ("a", "b")
"""Fields of claims that compare two experiments: each holds changes of the step's."""


def epochs_to_solve(experiment: Experiment, seeds: int, epochs: int, first: int = 0) -> Vector:
    """For seeds ``first``, ... the epoch after which all patterns were first right; inf if none."""
    plain = replace(experiment, stop=Stop())
    patterns = prepare(plain).patterns
    starts = [
        start_of(prepare(replace(plain, seed=seed), patterns=patterns))
        for seed in range(first, first + seeds)
    ]
    outcomes = run_starts(starts, RacePlan(epochs, until_solved=True))
    return np.where(outcomes.solved, outcomes.solved_at, np.inf)


def _solved(claim: Claim) -> Verdict:
    values = claim.values
    epochs = epochs_to_solve(claim.experiment, values["seeds"], values["epochs"])
    share = float(np.isfinite(epochs).mean())
    return Verdict(
        is_within(share, claim),
        f"{percent(share)} of {values['seeds']} seeds solved within {values['epochs']:,} epochs",
    )


def _solved_gap(claim: Claim) -> Verdict:
    values = claim.values
    shares = [
        float(np.isfinite(epochs_to_solve(values[v], values["seeds"], values["epochs"])).mean())
        for v in VARIANTS
    ]
    gap = 100 * (shares[0] - shares[1])
    return Verdict(
        gap >= values["points"],
        f"a solved {percent(shares[0])}, b {percent(shares[1])} of the seeds",
    )


def _faster(claim: Claim) -> Verdict:
    values = claim.values
    medians = [
        float(np.median(epochs_to_solve(values[v], values["seeds"], values["epochs"])))
        for v in VARIANTS
    ]
    return Verdict(
        medians[0] * values["times"] <= medians[1],
        f"median epochs to solve: a {medians[0]:g}, b {medians[1]:g}",
    )


def _check_race(claim: Claim) -> None:
    """Refuse a claim about a race that its step does not offer."""
    if claim.race is None:
        why = "the step has no [step.race]"
        raise BadValue("kind", claim.kind, "one of a claim without a race", why)
    labels = [variant.label for variant in claim.race.order.variants]
    for name in ("shares", "medians"):
        for label, bounds in claim.values[name].items():
            check_choice(name, label, labels)
            pair = isinstance(bounds, list) and len(bounds) == 2
            if not (pair and all(type(bound) in NUMBER for bound in bounds)):
                raise BadValue(name, bounds, "two numbers for each network, from and to")


def _race(claim: Claim) -> Verdict:
    """Run the step's race itself, to the epoch at which each network is solved."""
    assert claim.race is not None
    order, found, holds = claim.race.order, [], True
    for variant in order.variants:
        epochs = epochs_to_solve(variant.experiment, order.seeds, order.epochs, order.first_seed)
        solved = epochs[np.isfinite(epochs)]
        share, median = len(solved) / len(epochs), float(np.median(solved)) if len(solved) else -1
        found.append(f"{variant.label}: {percent(share)}, median {median:g}")
        for figure, name in ((share, "shares"), (median, "medians")):
            low, high = claim.values[name].get(variant.label, (-np.inf, np.inf))
            holds = holds and low <= figure <= high
    return Verdict(holds, "; ".join(found))


def _figure(run: Run, setup: PreparedExperiment, name: str) -> float:
    record, patterns = run.record, setup.patterns
    return {
        "error": record.train_error / len(patterns.train),
        "test error": record.test_error / len(patterns.test or patterns.train),
        "right": record.train_right,
        "test right": record.test_right,
    }[name]


def _reaches(claim: Claim) -> Verdict:
    values = claim.values
    found = []
    for seed in range(values["first"], values["first"] + values["seeds"]):
        setup, run = trained(claim.experiment, seed, values["epochs"])
        found.append(_figure(run, setup, values["figure"]))
    return Verdict(
        all(is_within(value, claim) for value in found),
        f"{values['figure']} from {plain(min(found))} to {plain(max(found))} over the seeds",
    )


SEED_CLAIMS = (
    ClaimKind("solved", "share of seeds that solve it within so many epochs",
              {**SEEDS, **RANGE}, _solved),
    ClaimKind("solved-gap", "a is solved by so many percentage points more seeds than b",
              {**SEEDS, **PAIR, "points": (NUMBER, REQUIRED)}, _solved_gap),
    ClaimKind("faster", "a's median epochs to solve are b's divided by at least this",
              {**SEEDS, **PAIR, "times": (NUMBER, 1.0)}, _faster),
    ClaimKind("race", "in the step's race these shares of the networks solve it, and these are "
              "their median epochs: from and to, by the labels of the variants",
              {"shares": ((dict,), REQUIRED), "medians": ((dict,), {})}, _race, _check_race),
    ClaimKind("reaches", "a figure after so many epochs lies in a range, for every seed",
              {**SEEDS, **RANGE, "figure": ((str,), "error"), "first": (WHOLE, 0)}, _reaches),
)  # fmt: skip
