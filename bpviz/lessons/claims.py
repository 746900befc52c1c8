"""The kinds of claims that lessons make, one row each, and how they are checked.

A claim is checked by running it: training the seeds that it names, computing the outputs of the
weights that it gives. ``check`` also returns the figures, which explain why a claim fails.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpviz.core.analysis.collapse import collapse, why_not
from bpviz.core.analysis.dead_units import dead_units
from bpviz.core.analysis.plateau import plateaus
from bpviz.core.analysis.separability import Separable, separation
from bpviz.core.learning.backprop import backpropagate, forward, outputs
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import class_of
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.run import Run
from bpviz.core.text.number_words import percent
from bpviz.core.values import BadValue, Matrix, Unquoted, Vector, check_choice, meant, one_of
from bpviz.experiment.experiment import Experiment, Stop
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare, start_of
from bpviz.experiment.stopping import Stopping
from bpviz.lessons.model import Claim
from bpviz.lessons.weights_by_hand import set_by_hand
from bpviz.sharing.keras_script import keras_script

REQUIRED = object()
VARIANTS = ("a", "b")
"""Fields of claims that compare two experiments: each holds changes of the step's."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds, and the figures that were found, in words."""

    holds: bool
    found: str


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """One kind of claim: ``fields`` maps a field to (types, default or REQUIRED)."""

    name: str
    about: str
    fields: Mapping[str, tuple[tuple[type, ...], Any]]
    check: Callable[[Claim], Verdict]
    check_fit: Callable[[Claim], None] = lambda claim: None
    """Raises BadValue for a claim that does not fit its step."""

    def complete(self, given: Values) -> dict[str, Any]:
        """All fields, checked, with the defaults of those not given. Raises BadValue."""
        for name, value in given.items():
            if name not in self.fields:
                found = one_of(self.fields), meant(name, self.fields)
                raise BadValue(f"field of claim {self.name}", name, *found)
            types = self.fields[name][0]
            if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
                kinds = " or ".join(t.__name__ for t in types)
                raise BadValue(name, value, f"a value of the kind {kinds}")
        missing = [n for n, row in self.fields.items() if row[1] is REQUIRED and n not in given]
        if missing:
            raise BadValue(f"{missing[0]} of claim {self.name}", Unquoted("missing"), "given")
        return {name: given.get(name, default) for name, (_, default) in self.fields.items()}


def check(claim: Claim) -> Verdict:
    """Check a claim; ``holds`` of the verdict says whether it is right."""
    verdict = CLAIMS[claim.kind].check(claim)
    return replace(verdict, holds=verdict.holds == claim.holds)


# -- running -------------------------------------------------------------------------------


def _prepared(claim: Claim) -> tuple[PreparedExperiment, Run]:
    """A run at epoch 0 with the weights that the step gives by hand."""
    setup = prepare(claim.experiment)
    run = new_run(setup)
    for edit in claim.state.edits:
        apply_edit(run, edit)
    return setup, run


def _trained(experiment: Experiment, seed: int, epochs: int) -> tuple[PreparedExperiment, Run]:
    setup = prepare(replace(experiment, seed=seed, stop=Stop()))
    run = new_run(setup)
    run.advance(epochs)
    return setup, run


def _acts(setup: PreparedExperiment, run: Run) -> tuple[Matrix, ...]:
    """Activations of every group for all training patterns."""
    return forward(setup.network, run.parameters, setup.patterns.train.inputs)[1]


def _index(setup: PreparedExperiment, name: str) -> int:
    """The index of the group of this name."""
    return [group.name for group in setup.network.groups].index(name)


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


def _within(value: float, claim: Claim) -> bool:
    return bool(claim.values["at_least"] <= value <= claim.values["at_most"])


# -- the kinds -----------------------------------------------------------------------------


def _solved(claim: Claim) -> Verdict:
    values = claim.values
    epochs = epochs_to_solve(claim.experiment, values["seeds"], values["epochs"])
    share = float(np.isfinite(epochs).mean())
    return Verdict(
        _within(share, claim),
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
    for seed in range(values["seeds"]):
        setup, run = _trained(claim.experiment, seed, values["epochs"])
        found.append(_figure(run, setup, values["figure"]))
    return Verdict(
        all(_within(value, claim) for value in found),
        f"{values['figure']} from {min(found):.4g} to {max(found):.4g} over the seeds",
    )


def _answers(claim: Claim) -> Verdict:
    setup, run = _prepared(claim)
    train = setup.patterns.train
    given = outputs(setup.network, run.parameters, train.inputs)
    far = float(np.abs(given - train.targets).max())
    return Verdict(far <= claim.values["within"], f"the farthest output misses by {far:.3g}")


def _solvable(claim: Claim) -> Verdict:
    """Not solved with the weights of the step, but with those of the claim."""
    setup, run = _prepared(claim)
    answer = set_by_hand(setup.network, claim.values["weights"], claim.values["biases"])
    before = run.record.train_right
    apply_edit(run, answer)
    after = run.record.train_right
    return Verdict(
        before < 1.0 and after == 1.0,
        f"{percent(before, 0)} of the rows are right at the start, "
        f"{percent(after, 0)} with the answer",
    )


def _activations(claim: Claim) -> Verdict:
    setup, run = _prepared(claim)
    given = _acts(setup, run)[_index(setup, claim.values["group"])]
    wanted = np.array(claim.values["table"], dtype=np.float64)
    holds = given.shape == wanted.shape and bool(
        np.abs(given - wanted).max() <= claim.values["within"]
    )
    return Verdict(holds, f"activations {given.tolist()}")


def _published(claim: Claim) -> Verdict:
    """The error, outputs and weights that are printed elsewhere, after some epochs."""
    setup, run = _prepared(claim)
    run.advance(claim.values["epochs"])
    network, wanted = setup.network, claim.values
    outs = outputs(network, run.parameters, setup.patterns.train.inputs)
    pairs = (
        [(run.record.train_error, wanted["summed_error"])] if wanted["summed_error"] >= 0.0 else []
    )
    pairs += zip(outs.ravel(), np.ravel(wanted["outputs"]), strict=False)
    if wanted["weights"]:
        edit = set_by_hand(network, wanted["weights"], {})
        pairs += zip(run.parameters[edit.indices], edit.values, strict=True)
    far = max((abs(float(a) - float(b)) for a, b in pairs), default=float("inf"))
    return Verdict(far <= wanted["within"], f"the farthest of {len(pairs)} misses by {far:.3g}")


def _stops_best(claim: Claim) -> Verdict:
    """Where the step's own patience ends the run, and the test error there."""
    setup, run = _prepared(claim)
    done = Stopping(setup.experiment.stop, len(setup.patterns.train))
    seen = [r.test_error for r in run.advance(claim.values["epochs"], done=done)]
    best = done.best_epoch
    holds = done.goes_back(run.record) and seen[best - 1] == min(seen)
    inside = claim.values["at_least"] <= best <= claim.values["at_most"]
    return Verdict(holds and inside, f"the best of {len(seen):,} epochs is {best:,}")


def _terms(claim: Claim) -> Verdict:
    """The sum of the patterns' contributions, one by one, against the change of an update."""
    setup, run = _prepared(claim)
    loss, train = LOSSES[claim.experiment.error], setup.patterns.train
    before = run.parameters.copy()
    summed = sum(
        backpropagate(
            setup.network, loss, before, train.inputs[p : p + 1], train.targets[p : p + 1]
        ).neg_gradient
        for p in range(len(train))
    )
    run.advance(1)
    step = claim.experiment.training.rate * summed
    far = float(np.abs(run.parameters - before - step).max())
    return Verdict(far <= claim.values["within"], f"the sum misses the change by {far:.3g}")


def _parting(claim: Claim) -> Verdict:
    values = claim.values
    setup = prepare(replace(claim.experiment, stop=Stop()))
    run = new_run(setup)
    records = [run.record, *run.advance(values["epochs"])]
    test = np.array([record.test_error for record in records])
    least = int(test.argmin())
    ratio = test[-1] / test[least]
    falls = records[-1].train_error < records[least].train_error
    return Verdict(
        bool(ratio >= values["times"] and falls),
        f"least test error at epoch {least}, {ratio:.2f} times as large at the end; the training "
        f"error went {'down' if falls else 'up'} meanwhile",
    )


def _outside(claim: Claim) -> Verdict:
    """The error outside the range of the training inputs, relative to that inside."""
    values = claim.values
    setup, run = _trained(claim.experiment, claim.experiment.seed, values["epochs"])
    patterns = setup.patterns
    (low, high), *_ = patterns.domain
    inner = patterns.train.inputs.min(), patterns.train.inputs.max()
    width = inner[1] - inner[0]
    wrong = []
    for first, last in (inner, (inner[1] + width / 4, inner[1] + width)):
        x = np.linspace(first, last, 200)[:, None]
        assert patterns.truth is not None
        wrong.append(np.abs(outputs(setup.network, run.parameters, x) - patterns.truth(x)).mean())
    ratio = float(wrong[1] / wrong[0])
    return Verdict(
        ratio >= values["times"],
        f"mean deviation {wrong[0]:.3g} inside of {low:g} to {high:g}, {wrong[1]:.3g} outside",
    )


def _dead_units(claim: Claim) -> Verdict:
    values = claim.values
    setup, run = _trained(claim.experiment, claim.experiment.seed, values["epochs"])
    dead = sum(int(units.sum()) for units in dead_units(setup.network, _acts(setup, run)).values())
    return Verdict(
        dead >= values["at_least"] and not run.record.solved,
        f"{dead} units answer 0 to every pattern; solved: {run.record.solved}",
    )


def _plateau(claim: Claim) -> Verdict:
    """The longest plateau of the experiment's own run, and whether it is solved in the end."""
    setup, values = prepare(replace(claim.experiment, stop=Stop())), claim.values
    run = new_run(setup)
    records = [run.record, *run.advance(values["epochs"], done=lambda record: record.solved)]
    curve = np.array([(r.epoch, r.train_error, r.train_right) for r in records])
    found = plateaus(curve[:, 0].astype(np.int64), curve[:, 1], curve[:, 2])
    longest = max((p.last - p.first for p in found), default=0.0)
    return Verdict(
        longest >= values["at_least"] and run.record.solved == values["solved"],
        f"the longest plateau lasts {longest:.0f} epochs; solved: {run.record.solved}",
    )


def _collapses(claim: Claim) -> Verdict:
    """The outputs of the equivalent single layer, after some training, on random inputs."""
    setup, run = _prepared(claim)
    run.advance(claim.values["epochs"])
    if reason := why_not(setup.network):
        return Verdict(False, reason)
    inputs = np.random.default_rng(0).normal(size=(100, setup.network.n_inputs))
    layer = collapse(setup.network, run.parameters)
    far = float(
        np.abs(layer.outputs(inputs) - outputs(setup.network, run.parameters, inputs)).max()
    )
    return Verdict(far <= claim.values["within"], f"the outputs differ by {far:.3g}")


def _separable(claim: Claim) -> Verdict:
    """Whether a line parts the classes, in the input space or in a hidden group's."""
    setup, run = _prepared(claim)
    run.advance(claim.values["epochs"])
    train = setup.patterns.train
    points, group = train.inputs, claim.values["group"]
    if group:
        points = _acts(setup, run)[_index(setup, group)]
    found = separation(points, class_of(train.targets))
    names = [f"x{n + 1}" for n in range(points.shape[1])]
    sentence = "cannot be told" if found is None else found.sentence(names)
    return Verdict(isinstance(found, Separable), sentence)


def _keras(claim: Claim) -> Verdict:
    """Whether the script is valid Python that contains every weight and bias to the bit."""
    setup, run = _prepared(claim)
    held: set[float] = set()
    for node in ast.walk(ast.parse(keras_script(setup, run.parameters))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            held |= {float(node.value), -float(node.value)}
    missing = [value for value in run.parameters.tolist() if value not in held]
    return Verdict(not missing, f"{len(missing)} of {len(run.parameters)} numbers are missing")


WHOLE, NUMBER = (int,), (int, float)
SEEDS = {"seeds": (WHOLE, 20), "epochs": (WHOLE, REQUIRED)}
RANGE = {"at_least": (NUMBER, float("-inf")), "at_most": (NUMBER, float("inf"))}
PAIR = {"a": ((Experiment,), REQUIRED), "b": ((Experiment,), REQUIRED)}
WITHIN = {"within": (NUMBER, 1e-12)}

CLAIMS: dict[str, ClaimKind] = {
    row.name: row
    for row in (
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
                  {**SEEDS, **RANGE, "figure": ((str,), "error")}, _reaches),
        ClaimKind("answers", "with the weights as they are set, every output is its target",
                  WITHIN, _answers),
        ClaimKind("solvable", "not solved as it is set up, but with these weights and biases",
                  {"weights": ((dict,), REQUIRED), "biases": ((dict,), REQUIRED)}, _solvable),
        ClaimKind("activations", "a group's activations for all patterns are this table",
                  {**WITHIN, "group": ((str,), REQUIRED), "table": ((list,), REQUIRED)},
                  _activations),
        ClaimKind("published", "error, outputs and weights after some epochs are those printed",
                  {**WITHIN, "epochs": (WHOLE, 0), "summed_error": (NUMBER, -1.0),
                   "outputs": ((list,), []), "weights": ((dict,), {})}, _published),
        ClaimKind("stops-best", "patience ends the run, and the best epoch lies in a range",
                  {"epochs": (WHOLE, REQUIRED), **RANGE}, _stops_best),
        ClaimKind("terms", "the change of every weight is the sum of the patterns' terms",
                  WITHIN, _terms),
        ClaimKind("parting", "the test error rises again while the training error falls",
                  {"epochs": (WHOLE, REQUIRED), "times": (NUMBER, 1.1)}, _parting),
        ClaimKind("outside", "outside of the trained range it is so many times as wrong",
                  {"epochs": (WHOLE, REQUIRED), "times": (NUMBER, 3.0)}, _outside),
        ClaimKind("dead-units", "so many hidden units answer 0 to every pattern, and it is stuck",
                  {"epochs": (WHOLE, REQUIRED), "at_least": (WHOLE, 1)}, _dead_units),
        ClaimKind("plateau", "the error stands still for so long, and the run is solved or not",
                  {"epochs": (WHOLE, REQUIRED), "at_least": (WHOLE, REQUIRED),
                   "solved": ((bool,), REQUIRED)}, _plateau),
        ClaimKind("collapses", "a single layer gives the same outputs",
                  {**WITHIN, "epochs": (WHOLE, 0)}, _collapses),
        ClaimKind("keras", "the Keras script holds every weight and bias", {}, _keras),
        ClaimKind("separable", "a line parts the two classes, among inputs or hidden activations",
                  {"group": ((str,), ""), "epochs": (WHOLE, 0)}, _separable),
    )
}  # fmt: skip
"""Every kind of claim by name; a new one is one row."""
