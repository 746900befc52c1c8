"""Claims about one run: what it reaches, and when."""

from dataclasses import replace

import numpy as np

from bpviz.core.analysis.dead_units import dead_units
from bpviz.core.analysis.plateau import plateaus
from bpviz.core.learning.backprop import backpropagate, outputs
from bpviz.core.model.losses import LOSSES
from bpviz.core.text.number_words import number_text
from bpviz.experiment.experiment import Stop
from bpviz.experiment.prepare import new_run, prepare
from bpviz.experiment.stopping import Stopping
from bpviz.lessons.claim_kind import (
    NUMBER,
    RANGE,
    REQUIRED,
    WHOLE,
    WITHIN,
    ClaimKind,
    Verdict,
    all_activations,
    prepared,
    trained,
)
from bpviz.lessons.model import Claim
from bpviz.lessons.weights_by_hand import set_by_hand


def _published(claim: Claim) -> Verdict:
    """The error, outputs and weights that are printed elsewhere, after some epochs."""
    setup, run = prepared(claim)
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
    return Verdict(
        far <= wanted["within"], f"the farthest of {len(pairs)} misses by {number_text(far)}"
    )


def _stops_best(claim: Claim) -> Verdict:
    """Where the step's own patience ends the run, and the test error there."""
    setup, run = prepared(claim)
    done = Stopping(setup.experiment.stop, len(setup.patterns.train))
    seen = [r.test_error for r in run.advance(claim.values["epochs"], done=done)]
    best = done.best_epoch
    holds = done.goes_back(run.record) and seen[best - 1] == min(seen)
    inside = claim.values["at_least"] <= best <= claim.values["at_most"]
    return Verdict(holds and inside, f"the best of {len(seen):,} epochs is {best:,}")


def _terms(claim: Claim) -> Verdict:
    """The sum of the patterns' contributions, one by one, against the change of an update."""
    setup, run = prepared(claim)
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
    return Verdict(
        far <= claim.values["within"], f"the sum misses the change by {number_text(far)}"
    )


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
    setup, run = trained(claim.experiment, claim.experiment.seed, values["epochs"])
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
        f"mean deviation {number_text(wrong[0])} inside of {low:g} to {high:g}, "
        f"{number_text(wrong[1])} outside",
    )


def _dead_units(claim: Claim) -> Verdict:
    values = claim.values
    setup, run = trained(claim.experiment, claim.experiment.seed, values["epochs"])
    dead = sum(
        int(units.sum())
        for units in dead_units(setup.network, all_activations(setup, run)).values()
    )
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


RUN_CLAIMS = (
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
)  # fmt: skip
