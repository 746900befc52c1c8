"""Every sentence with which an experiment is refused."""

from typing import Any

import pytest

from bpviz.core.learning.rules import RULES
from bpviz.core.learning.trainable import obstacle
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import (
    MAX_EPOCHS,
    MAX_SEED,
    Experiment,
    Hidden,
    Link,
    Stop,
    experiment_for,
)
from bpviz.experiment.prepare import new_run

from ..experiments import image_setup, numbers, setup_of

# -- values --------------------------------------------------------------------------------

EXPERIMENT_REFUSALS: list[tuple[dict[str, Any], str, Any, str]] = [
    ({"hidden": (Hidden(2),) * 9}, "number of hidden groups", 9, "a whole number from 0 to 8"),
    ({"hidden": (Hidden(0),)}, "units of hidden 1", 0, "a whole number from 1 to 1,024"),
    (
        {"hidden": (Hidden(2), Hidden(1025))},
        "units of hidden 2", 1025, "a whole number from 1 to 1,024",
    ),
    ({"hidden": (Hidden(2.0),)}, "units of hidden 1", 2.0, "a whole number from 1 to 1,024"),
    (
        {"hidden": (Hidden(2, "sigmoid"),)},
        "activation of hidden 1", "sigmoid",
        "one of " + ", ".join(ACTIVATIONS),
    ),
    (
        {"output": "sigmoid"},
        "output activation", "sigmoid", "one of " + ", ".join(ACTIVATIONS),
    ),
    ({"rule": "hebb"}, "rule", "hebb", "one of " + ", ".join(RULES)),
    ({"error": "hinge"}, "error", "hinge", "one of " + ", ".join(LOSSES)),
    (
        {"initializer": "ones"},
        "initial weights", "ones", "one of uniform, normal, fan_in, xavier, he, zeros",
    ),
    ({"spread": -0.1}, "spread of initial weights", -0.1, "a number from 0 to 1,000"),
    ({"spread": 1e4}, "spread of initial weights", 1e4, "a number from 0 to 1,000"),
    ({"tolerance": 0.0}, "tolerance", 0.0, "a number above 0 and at most 1,000,000,000"),
    ({"seed": -1}, "seed", -1, "a whole number from 0 to 4,294,967,295"),
    ({"seed": MAX_SEED + 1}, "seed", MAX_SEED + 1, "a whole number from 0 to 4,294,967,295"),
    ({"seed": 1.5}, "seed", 1.5, "a whole number from 0 to 4,294,967,295"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "value", "allowed"),
    EXPERIMENT_REFUSALS,
    ids=[f"{case[1]} {case[2]}" for case in EXPERIMENT_REFUSALS],
)
def test_what_an_experiment_refuses(
    changes: dict[str, Any], field: str, value: Any, allowed: str
) -> None:
    with pytest.raises(BadValue) as refusal:
        Experiment(**changes)
    error = refusal.value
    assert (error.field, error.value, error.allowed) == (field, value, allowed)
    with pytest.raises(BadValue):
        experiment_for("xor", **changes)


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"epochs": -1}, "stop at epoch", "a whole number from 0 to 1,000,000,000,000"),
        ({"epochs": MAX_EPOCHS + 1}, "stop at epoch", "a whole number from 0 to 1,000,000,000,000"),
        ({"epochs": 2.5}, "stop at epoch", "a whole number from 0 to 1,000,000,000,000"),
        ({"error": -0.1}, "stop at error", "a number from 0 to 1e+300"),
        ({"error": float("inf")}, "stop at error", "a number from 0 to 1e+300"),
    ],
    ids=str,
)
def test_conditions_that_are_refused(changes: dict[str, Any], field: str, allowed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        Stop(**changes)
    assert (refusal.value.field, refusal.value.allowed) == (field, allowed)


# -- wrong pairs ---------------------------------------------------------------------------

Reason = tuple[str, str]
"""What a field must be, and why."""

TRAINABLE = "one that can train this network"
FITTING = "one for these targets, such as squared"
TWO_SOFTMAX: Reason = (
    "another activation for a single unit", "softmax takes two or more, as one always answers 1"
)  # fmt: skip
PROBABILITIES: Reason = (FITTING, "binary cross-entropy goes with targets from 0 to 1 only")
DISTRIBUTIONS: Reason = (
    FITTING,
    "categorical cross-entropy goes with targets from 0 that sum to 1 in each pattern only "
    "(a class coded as a 1 in its own column)",
)


def only(loss: str, activation: str, output: str) -> Reason:
    allowed = f"one for {output} output units, such as squared"
    return allowed, f"{loss} goes with {activation} output units only"


BINARY, CATEGORICAL = ("logistic", "binary"), ("softmax", "categorical")

PAIR_REFUSALS: dict[str, tuple[dict[str, Any], Any, str, str, Reason]] = {
    "perceptron with logistic outputs": (
        {"rule": "perceptron", "hidden": ()}, [[0], [1]], "rule", "perceptron",
        (TRAINABLE,
         "the perceptron learning rule trains step output units only (the output is logistic)"),
    ),
    "perceptron with a trained hidden group": (
        {"rule": "perceptron", "output": "step", "hidden": (Hidden(2, "step"),)}, [[0], [1]],
        "rule", "perceptron",
        (TRAINABLE,
         "the perceptron learning rule trains weights into the output units only; take the hidden "
         "groups away, or fix the weights from input to hidden 1"),
    ),
    "delta rule with step outputs": (
        {"rule": "delta", "output": "step", "hidden": ()}, [[0], [1]], "rule", "delta",
        (TRAINABLE, "the delta rule trains linear output units only (the output is step)"),
    ),
    "one softmax output": (
        {"output": "softmax"}, [[0], [1]], "output activation", "softmax", TWO_SOFTMAX,
    ),
    "one softmax hidden unit": (
        {"hidden": (Hidden(1, "softmax"),)}, [[0], [1]],
        "activation of hidden 1", "softmax", TWO_SOFTMAX,
    ),
    "binary with tanh": (
        {"output": "tanh", "error": "binary"}, [[0], [1]],
        "error", "binary", only("binary cross-entropy", "logistic", "tanh"),
    ),
    "binary with softmax": (
        {"output": "softmax", "error": "binary"}, [[0, 1], [1, 0]],
        "error", "binary", only("binary cross-entropy", "logistic", "softmax"),
    ),
    "categorical with logistic": (
        {"output": "logistic", "error": "categorical"}, [[0, 1], [1, 0]],
        "error", "categorical", only("categorical cross-entropy", "softmax", "logistic"),
    ),
    "binary above 1": (
        {"output": "logistic", "error": "binary"}, [[0], [1.01]],
        "error", "binary", PROBABILITIES,
    ),
    "binary below 0": (
        {"output": "logistic", "error": "binary"}, [[-1], [1]],
        "error", "binary", PROBABILITIES,
    ),
    "categorical that sums to 2": (
        {"output": "softmax", "error": "categorical"}, [[0, 1], [1, 1]],
        "error", "categorical", DISTRIBUTIONS,
    ),
    "categorical below 0": (
        {"output": "softmax", "error": "categorical"}, [[0, 1], [-1, 2]],
        "error", "categorical", DISTRIBUTIONS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PAIR_REFUSALS)
def test_what_does_not_go_together(case: str) -> None:
    changes, targets, field, value, (allowed, why) = PAIR_REFUSALS[case]
    with pytest.raises(BadValue) as refusal:
        setup_of(numbers(targets), **changes)
    error = refusal.value
    assert (error.field, error.value, error.allowed) == (field, value, allowed)
    assert str(error) == f"{field} must be {allowed}, not {value!r}: {why}."


@pytest.mark.parametrize("pair", [BINARY, CATEGORICAL])
def test_the_targets_of_the_test_set_count_too(pair: tuple[str, str]) -> None:
    output, error = pair
    good, bad = [[0, 1], [1, 0]], [[0.2, 0.8], [1.5, 0]]
    setup_of(numbers(good, test=good), output=output, error=error)
    with pytest.raises(BadValue, match="cross-entropy goes with targets"):
        setup_of(numbers(good, test=bad), output=output, error=error)


@pytest.mark.parametrize("output", ["logistic", "tanh", "relu", "linear", "softmax"])
def test_squared_error_goes_with_any_output(output: str) -> None:
    assert len(new_run(setup_of(numbers([[0, 1], [1, 0]]), output=output)).advance(3)) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"output": "step"}, "output activation"),
        ({"hidden": (Hidden(2), Hidden(2, "step"))}, "activation of hidden 2"),
    ],
)
def test_step_units_are_allowed_but_not_trained(changes: dict[str, Any], field: str) -> None:
    setup = setup_of(numbers([[0], [1]]), **changes)
    assert any("set by hand" in remark for remark in setup.remarks)
    reason = obstacle(setup.network, RULES[setup.experiment.rule])
    assert reason is not None
    assert str(reason) == (
        f"{field} must be an activation with a slope, not 'step': the derivative of a step is 0 "
        "everywhere, so backpropagation cannot train through it."
    )


def test_networks_with_slopes_have_no_obstacle() -> None:
    setup = setup_of(numbers([[0], [1]]), hidden=(Hidden(2, "relu"), Hidden(2, "tanh")))
    assert obstacle(setup.network, RULES[setup.experiment.rule]) is None


# -- connections ---------------------------------------------------------------------------

LINK_REFUSALS: dict[str, tuple[Link, str, Any, str]] = {
    "unknown source": (
        Link("hidden 2", "output"), "connection", "hidden 2", "one of input, hidden 1, output",
    ),
    "unknown target": (
        Link("input", "context"), "connection", "context", "one of input, hidden 1, output",
    ),
    "backward": (
        Link("output", "hidden 1"), "connection output to hidden 1", "backward",
        "from an earlier group to a later one",
    ),
    "to itself": (
        Link("hidden 1", "hidden 1"), "connection hidden 1 to hidden 1", "backward",
        "from an earlier group to a later one",
    ),
    "into the input": (
        Link("hidden 1", "input"), "connection hidden 1 to input", "backward",
        "from an earlier group to a later one",
    ),
    "no way in": (
        Link("input", "hidden 1", present=False), "group hidden 1", "without one",
        "the target of a connection",
    ),
    "density 0": (
        Link("input", "hidden 1", density=0.0), "density of connection input to hidden 1", 0.0,
        "a number above 0 and at most 1",
    ),
    "density above 1": (
        Link("input", "hidden 1", density=1.5), "density of connection input to hidden 1", 1.5,
        "a number above 0 and at most 1",
    ),
    "a field over no image": (
        Link("hidden 1", "output", field=(2, 2)), "connection hidden 1 to output",
        "with a receptive field", "without one",
    ),
    "a field that leaves other places than units": (
        Link("input", "hidden 1", field=(2, 2)), "connection input to hidden 1",
        "a 2 x 2 field for 4 units",
        "a field that fits the 4 x 4 image, and one unit for each of its 9 places",
    ),
    "a field larger than the image": (
        Link("input", "hidden 1", field=(5, 5)), "connection input to hidden 1",
        "a 5 x 5 field for 4 units",
        "a field that fits the 4 x 4 image, and one unit for each of its 0 places",
    ),
    "an empty field": (
        Link("input", "hidden 1", field=(0, 3)), "connection input to hidden 1",
        "a 0 x 3 field for 4 units",
        "a field that fits the 4 x 4 image, and one unit for each of its 10 places",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LINK_REFUSALS)
def test_connections_that_are_refused(case: str) -> None:
    link, field, value, allowed = LINK_REFUSALS[case]
    with pytest.raises(BadValue) as refusal:
        image_setup(link)
    error = refusal.value
    assert (error.field, error.value, error.allowed) == (field, value, allowed)
