"""What the tests of the core draw and start from: random networks, patterns and runs."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bpviz.core.learning.backprop import backpropagate, forward
from bpviz.core.learning.settings import Training
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES, Loss
from bpviz.core.model.network import Connection, Group, Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.core.values import Matrix, Vector

SMOOTH = [name for name, row in ACTIVATIONS.items() if row.differentiable]

PAIRS = [
    (error, output)
    for error, loss in LOSSES.items()
    for output in SMOOTH
    if not loss.only_canonical or output == loss.canonical
]
"""Every legal pair of an error and an output activation."""

XOR = Patterns(
    np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float),
    np.array([[0], [1], [1], [0]], dtype=float),
)

seeds = st.integers(0, 2**32 - 1)


@st.composite
def networks(draw: Any, output: str = "logistic", hidden: str | None = None) -> Network:
    """Networks with several input groups, shortcuts, masks, ties and fixed weights.

    ``hidden`` names the activation of all hidden groups; None: any, each its own.
    """
    n_inputs, n_hidden = draw(st.integers(1, 2)), draw(st.integers(0, 3))
    sizes = st.integers(1, 3)
    activations = st.sampled_from(SMOOTH) if hidden is None else st.just(hidden)
    groups = (
        *(Group(f"input {g}", draw(sizes), "input") for g in range(n_inputs)),
        *(Group(f"hidden {g}", draw(sizes), "hidden", draw(activations)) for g in range(n_hidden)),
        Group("output", draw(st.integers(2 if output == "softmax" else 1, 3)), "output", output),
    )
    rng = np.random.default_rng(draw(seeds))
    links = []
    for target in range(n_inputs, len(groups)):
        sources = draw(st.sets(st.integers(0, target - 1), min_size=1))
        links += [_connection(draw, rng, groups, source, target) for source in sorted(sources)]
    bias_ties = tuple(
        rng.integers(-1, 2, 0 if group.role == "input" else group.size)
        if draw(st.booleans())
        else None
        for group in groups
    )
    return Network(groups, tuple(links), bias_ties)


def _connection(
    draw: Any, rng: np.random.Generator, groups: tuple[Group, ...], source: int, target: int
) -> Connection:
    shape = groups[source].size, groups[target].size
    return Connection(
        source,
        target,
        rng.random(shape) < 0.7 if draw(st.booleans()) else None,
        rng.integers(-1, 2, shape) if draw(st.booleans()) else None,
        draw(st.integers(0, 3)) == 3,
    )


def random_parameters(network: Network, rng: np.random.Generator) -> Vector:
    """A flat vector that respects the network's masks and ties."""
    parameters = rng.normal(0.0, 1.0, network.n_parameters)
    network.constrain(parameters)
    return parameters


def random_patterns(
    network: Network, loss: Loss, n_patterns: int, rng: np.random.Generator
) -> Patterns:
    """Patterns whose targets are legal for the error."""
    inputs = rng.normal(0.0, 1.0, (n_patterns, network.n_inputs))
    shape = n_patterns, network.n_outputs
    if loss.name == "binary":
        return Patterns(inputs, rng.random(shape))
    if loss.name == "categorical":
        return Patterns(inputs, rng.dirichlet(np.ones(shape[1]), n_patterns))
    return Patterns(inputs, rng.normal(0.0, 1.0, shape))


def has_kink(activation: str) -> bool:
    """Whether the slope of an activation, or the slope's slope, jumps at a net input of 0."""
    h = 1e-4
    net = np.array([[-h], [0.0], [h]])
    slope = np.empty_like(net)
    row = ACTIVATIONS[activation]
    act = np.empty_like(net)
    row.function(net, act)
    row.derivative(act, slope)
    return row.elementwise and bool(abs(slope[0] - 2.0 * slope[1] + slope[2]) > 0.1 * h)


def distance_to_kinks(network: Network, parameters: Vector, inputs: Matrix) -> float:
    """The smallest |net| of a unit with a kink over these patterns; infinite if there is none."""
    nets, _ = forward(network, parameters, inputs)
    return min(
        (
            float(np.abs(net).min())
            for net, group in zip(nets, network.groups, strict=True)
            if group.role != "input" and has_kink(group.activation)
        ),
        default=np.inf,
    )


def free_directions(network: Network) -> list[Matrix]:
    """For every number that training can change, the places in the flat vector that hold it.

    Found unit by unit from masks, ties and the fixed flag alone.
    """
    places = np.arange(float(network.n_parameters))
    classes: dict[tuple[Any, ...], list[int]] = {}
    for g, group in enumerate(network.groups):
        ties = network.bias_ties[g] if g < len(network.bias_ties) else None
        for j in range(0 if group.role == "input" else group.size):
            tied = ties is not None and ties[j] >= 0
            key = ("bias", g, int(ties[j])) if tied else ("bias", g, j, "alone")
            classes.setdefault(key, []).append(int(network.biases(places, g)[j]))
    for c, link in enumerate(network.connections):
        for (i, j), place in np.ndenumerate(network.weights(places, c)):
            if link.fixed or (link.mask is not None and not link.mask[i, j]):
                continue
            tied = link.ties is not None and link.ties[i, j] >= 0
            key = ("weight", c, int(link.ties[i, j])) if tied else ("weight", c, i, j, "alone")
            classes.setdefault(key, []).append(int(place))
    return [np.array(members) for members in classes.values()]


def start_of(
    network: Network | None = None,
    patterns: Patterns = XOR,
    *,
    test: Patterns | None = None,
    error: str = "squared",
    criterion: Criterion | None = None,
    initializer: str = "uniform",
    spread: float = 0.5,
    seed: int = 0,
    **training: Any,
) -> RunSpec:
    """A start, by default of 2-3-1 logistic units on XOR; ``training`` as Training's fields."""
    return RunSpec(
        network or layered((2, 3, 1), ("logistic", "logistic")),
        patterns,
        test,
        error,
        criterion or Criterion(),
        initializer,
        spread,
        Training(**training),
        seed,
    )


def after(calls: int) -> Callable[[], bool]:
    """An interruption that comes when it was asked for more than so many times."""
    left = repeat(False, calls)
    return lambda: next(left, True)


def one_update(run: Run) -> None:
    """Do the next update; the last one of an epoch completes the epoch."""
    run.advance(1, after(1))


def same_bits(one: Matrix, other: Matrix) -> bool:
    """Whether two arrays hold the same numbers to the bit (so 0 and -0 differ)."""
    return one.tobytes() == other.tobytes()


def noisy(n_patterns: int = 12, seed: int = 0) -> Patterns:
    """Two random inputs and a random target from 0 to 1."""
    rng = np.random.default_rng(seed)
    return Patterns(rng.normal(size=(n_patterns, 2)), rng.random((n_patterns, 1)))


def some_start(**changes: Any) -> RunSpec:
    """A start with 12 noisy patterns, 5 others for the test, and a low rate."""
    fields = {"patterns": noisy(), "test": noisy(5, seed=1), "rate": 0.02, **changes}
    return start_of(**fields)


def neg_gradient(start: RunSpec, parameters: Vector, rows: Any) -> Vector:
    """The reference's negative gradient (N,) for these rows of the training patterns."""
    inputs, targets = start.train.inputs[rows], start.train.targets[rows]
    loss = LOSSES[start.error]
    return backpropagate(start.network, loss, parameters, inputs, targets).neg_gradient


def assert_same_state(one: Run, other: Run) -> None:
    """Both runs stand at the same instant, to the bit."""
    assert (one.epoch, one.update) == (other.epoch, other.update)
    assert same_bits(one.parameters, other.parameters)
    assert same_bits(one.change, other.change)
    np.testing.assert_array_equal(one.record, other.record)
