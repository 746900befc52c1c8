"""Claims about a network with the weights that it has, or gets after some epochs."""

import ast

import numpy as np

from bpviz.core.analysis.collapse import collapse, why_not
from bpviz.core.analysis.separability import Separable, separation
from bpviz.core.learning.backprop import outputs
from bpviz.core.model.patterns import class_of
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.text.number_words import number_text, percent
from bpviz.lessons.claim_kind import (
    REQUIRED,
    WHOLE,
    WITHIN,
    ClaimKind,
    Verdict,
    all_activations,
    group_index,
    prepared,
)
from bpviz.lessons.model import Claim
from bpviz.lessons.weights_by_hand import set_by_hand
from bpviz.sharing.keras_script import keras_script


def _answers(claim: Claim) -> Verdict:
    setup, run = prepared(claim)
    train = setup.patterns.train
    given = outputs(setup.network, run.parameters, train.inputs)
    far = float(np.abs(given - train.targets).max())
    return Verdict(
        far <= claim.values["within"], f"the farthest output misses by {number_text(far)}"
    )


def _solvable(claim: Claim) -> Verdict:
    """Not solved with the weights of the step, but with those of the claim."""
    setup, run = prepared(claim)
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
    setup, run = prepared(claim)
    run.advance(claim.values["epochs"])
    given = all_activations(setup, run)[group_index(setup, claim.values["group"])]
    wanted = np.array(claim.values["table"], dtype=np.float64)
    holds = given.shape == wanted.shape and bool(
        np.abs(given - wanted).max() <= claim.values["within"]
    )
    return Verdict(holds, f"activations {given.tolist()}")


def _collapses(claim: Claim) -> Verdict:
    """The outputs of the equivalent single layer, after some training, on random inputs."""
    setup, run = prepared(claim)
    run.advance(claim.values["epochs"])
    if reason := why_not(setup.network):
        return Verdict(False, reason)
    inputs = np.random.default_rng(0).normal(size=(100, setup.network.n_inputs))
    layer = collapse(setup.network, run.parameters)
    far = float(
        np.abs(layer.outputs(inputs) - outputs(setup.network, run.parameters, inputs)).max()
    )
    return Verdict(far <= claim.values["within"], f"the outputs differ by {number_text(far)}")


def _separable(claim: Claim) -> Verdict:
    """Whether a line parts the classes, in the input space or in a hidden group's."""
    setup, run = prepared(claim)
    run.advance(claim.values["epochs"])
    train = setup.patterns.train
    points, group = train.inputs, claim.values["group"]
    if group:
        points = all_activations(setup, run)[group_index(setup, group)]
    found = separation(points, class_of(train.targets))
    names = [f"x{n + 1}" for n in range(points.shape[1])]
    sentence = "cannot be told" if found is None else found.sentence(names)
    return Verdict(isinstance(found, Separable), sentence)


def _keras(claim: Claim) -> Verdict:
    """Whether the script is valid Python that contains every weight and bias to the bit."""
    setup, run = prepared(claim)
    held: set[float] = set()
    for node in ast.walk(ast.parse(keras_script(setup, run.parameters))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            held |= {float(node.value), -float(node.value)}
    missing = [value for value in run.parameters.tolist() if value not in held]
    return Verdict(not missing, f"{len(missing)} of {len(run.parameters)} numbers are missing")


NETWORK_CLAIMS = (
    ClaimKind("answers", "with the weights as they are set, every output is its target",
              WITHIN, _answers),
    ClaimKind("solvable", "not solved as it is set up, but with these weights and biases",
              {"weights": ((dict,), REQUIRED), "biases": ((dict,), REQUIRED)}, _solvable),
    ClaimKind("activations", "a group's activations for all patterns are this table",
              {**WITHIN, "epochs": (WHOLE, 0), "group": ((str,), REQUIRED),
               "table": ((list,), REQUIRED)}, _activations),
    ClaimKind("collapses", "a single layer gives the same outputs",
              {**WITHIN, "epochs": (WHOLE, 0)}, _collapses),
    ClaimKind("keras", "the Keras script holds every weight and bias", {}, _keras),
    ClaimKind("separable", "a line parts the two classes, among inputs or hidden activations",
              {"group": ((str,), ""), "epochs": (WHOLE, 0)}, _separable),
)  # fmt: skip
