"""Numbers of a run that are recorded: weights, biases, activations and deltas."""

import numpy as np
import pytest

from bpviz.core.learning.backprop import backpropagate
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.model.references import BiasRef, UnitRef, WeightRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps, SetParameters
from bpviz.core.run.quantities import Quantity, UnitValue, can_follow, measure
from bpviz.core.run.run import Run

from ..strategies import some_start

HIDDEN, OUT = UnitRef(1, 2), UnitRef(2, 0)

QUANTITIES: list[Quantity] = [
    WeightRef(0, 1, 2),
    BiasRef(2, 0),
    UnitValue(HIDDEN, "activation", 3),
    UnitValue(HIDDEN, "delta", 3),
    UnitValue(OUT, "activation", 4),
    UnitValue(OUT, "delta", 11),
]


def test_the_quantities_are_those_of_the_reference() -> None:
    run = Run(some_start())
    run.advance(5)
    start, network = run.start, run.start.network
    inputs, targets = start.train.inputs, start.train.targets
    trace = backpropagate(network, LOSSES[start.error], run.parameters, inputs, targets)
    np.testing.assert_allclose(
        measure(run, QUANTITIES),
        [
            network.weights(run.parameters, 0)[1, 2],
            network.biases(run.parameters, 2)[0],
            trace.act[1][3, 2],
            trace.delta[1][3, 2],
            trace.act[2][4, 0],
            trace.delta[2][11, 0],
        ],
        rtol=1e-12,
    )


def test_a_clamped_unit_has_its_value_and_no_delta() -> None:
    run = Run(some_start())
    apply_edit(run, SetClamps({UnitRef(1, 2): 0.25}))
    assert measure(run, QUANTITIES[2:4]).tolist() == [0.25, 0.0]


@pytest.mark.parametrize("kind", ["activation", "delta"])
def test_there_is_no_number_for_a_pattern_that_does_not_exist(kind: str) -> None:
    run = Run(some_start())
    values = measure(run, [UnitValue(HIDDEN, kind, 12), QUANTITIES[0]])  # type: ignore[arg-type]
    assert np.isnan(values).tolist() == [True, False]


def test_weights_that_overflow_cause_no_warning() -> None:
    run = Run(some_start())
    apply_edit(run, SetParameters(np.arange(13), np.full(13, 1e100)))
    assert len(measure(run, QUANTITIES)) == len(QUANTITIES)


def test_only_what_changes_can_be_followed() -> None:
    network = Network(
        (Group("x", 2, "input"), Group("h", 2, "hidden", "tanh"), Group("o", 1, "output")),
        (Connection(0, 1, mask=np.array([[True, False], [True, True]])), Connection(1, 2)),
    )
    followed: list[Quantity] = [
        WeightRef(0, 0, 0), BiasRef(1, 1), UnitValue(UnitRef(2, 0), "delta", 0),
    ]  # fmt: skip
    refused: list[Quantity] = [
        WeightRef(0, 0, 1),  # absent
        WeightRef(2, 0, 0),
        BiasRef(0, 0),
        UnitValue(UnitRef(0, 1), "activation", 0),  # an input
        UnitValue(UnitRef(1, 2), "activation", 0),
    ]
    assert all(can_follow(network, quantity) for quantity in followed)
    assert not any(can_follow(network, quantity) for quantity in refused)
