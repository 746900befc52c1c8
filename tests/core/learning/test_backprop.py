"""The backward pass against central differences and against the lecture's formulas."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpviz.core.kernels.numpy_kernel import NumpyKernel
from bpviz.core.learning.backprop import (
    answered,
    backpropagate,
    error_basis,
    forward,
    outputs,
)
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES, Loss
from bpviz.core.model.network import Network, layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.run import Run

from ..strategies import (
    PAIRS,
    SMOOTH,
    distance_to_kinks,
    free_directions,
    networks,
    one_update,
    random_parameters,
    random_patterns,
    seeds,
    start_of,
)

N_PATTERNS = 5
RATE = 1e-9
"""So small that a run stays where it is, far from the kinks of ReLU units."""


# -- central differences -------------------------------------------------------------------


def errors_at(network: Network, loss: Loss, points: np.ndarray, patterns: Patterns) -> np.ndarray:
    """E (S,) at the parameter vectors points (S, N): all of them in one pass."""
    places = np.arange(float(network.n_parameters))
    acts: list[np.ndarray] = []
    for g, group in enumerate(network.groups):
        if group.role == "input":
            columns = patterns.inputs[:, network.input_columns(g)]
            acts.append(np.broadcast_to(columns, (len(points), *columns.shape)))
            continue
        net = points[:, network.biases(places, g).astype(int)][:, None, :]
        for c in network.incoming(g):
            weights = points[:, network.weights(places, c).astype(int)]
            net = net + acts[network.connections[c].source] @ weights
        net = np.broadcast_to(net, (len(points), len(patterns), group.size))
        act = np.empty((len(points) * len(patterns), group.size))
        ACTIVATIONS[group.activation].function(net.reshape(act.shape), act)
        acts.append(act.reshape(net.shape))
    scratch = np.empty_like(patterns.targets)
    bases = [error_basis(network, loss, *both) for both in zip(net, acts[-1], strict=True)]
    return np.array([loss.total(patterns.targets, basis, scratch) for basis in bases])


def neg_gradient_by_differences(
    network: Network, loss: Loss, parameters: np.ndarray, patterns: Patterns
) -> np.ndarray:
    """Minus dE/dw / loss.scale (N,), tied numbers moved together, others left where they are.

    Richardson's extrapolation of two central differences: (4 D(h/2) - D(h)) / 3, whose error
    is of the order h^4.
    """
    h = 2e-4
    directions = free_directions(network)
    moves = np.zeros((len(directions), network.n_parameters))
    for move, members in zip(moves, directions, strict=True):
        move[members] = 1.0
    points = [parameters + step * moves for step in (h, -h, h / 2, -h / 2)]
    error = errors_at(network, loss, np.concatenate(points), patterns).reshape(4, -1)
    wide, narrow = (error[0] - error[1]) / (2 * h), (error[2] - error[3]) / h
    neg_gradient = np.zeros(network.n_parameters)
    for members, slope in zip(directions, (4 * narrow - wide) / 3, strict=True):
        neg_gradient[members] = -slope / loss.scale
    return neg_gradient


def assert_close(found: np.ndarray, expected: np.ndarray, error: float) -> None:
    """To 1e-6 of each component; the absolute part is what rounding E of this size leaves."""
    norm = float(np.linalg.norm(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8 * norm + 1e-10 * error)


@pytest.mark.parametrize(("error", "output"), PAIRS)
@pytest.mark.parametrize("hidden", SMOOTH)
@settings(max_examples=20)
@given(
    data=st.data(),
    seed=st.integers(0, 2**31),
    mean=st.booleans(),
    batch=st.sampled_from(["all", 2, 1]),
)
def test_every_change_of_a_run_is_the_slope_of_the_error(
    hidden: str, error: str, output: str, batch: object, data: st.DataObject, seed: int, mean: bool
) -> None:
    """Each update of an epoch, by plain descent, over random networks."""
    loss = LOSSES[error]
    network = data.draw(networks(output, hidden))
    patterns = random_patterns(network, loss, N_PATTERNS, np.random.default_rng(seed))
    run = run_far_from_kinks(
        network, patterns, seed, error=error, batch=batch, reduction="mean" if mean else "sum"
    )
    size = run.training.batch_size(N_PATTERNS)
    for first in range(0, N_PATTERNS, size):
        rows = slice(first, first + size)
        part = Patterns(patterns.inputs[rows], patterns.targets[rows])
        before = run.parameters.copy()
        expected = neg_gradient_by_differences(network, loss, before, part)
        total = answered(network, loss, before, part.inputs, part.targets)[1].sum()
        one_update(run)
        assert_close(run.change / RATE * (len(part) if mean else 1), expected, total)
        assert not run.change[~network.trainable].any()
    assert run.epoch == 1


def run_far_from_kinks(network: Network, patterns: Patterns, seed: int, **settings: object) -> Run:
    """A run at a point where differences are exact.

    The net input of every ReLU unit lies away from 0, and no probability so near 0 or 1 that
    the rounding of 1 - o shows in its logarithm.
    """
    for attempt in range(50):
        start = start_of(
            network, patterns, initializer="normal", spread=1.0, seed=seed + attempt,
            optimizer="descent", rate=RATE, order="fixed", **settings,
        )  # fmt: skip
        run = Run(start)
        answers = outputs(network, run.parameters, patterns.inputs)
        certain = LOSSES[start.error].only_canonical and (
            min(answers.min(), 1 - answers.max()) < 1e-4
        )
        margin = abs(abs(patterns.targets - answers) - 0.2).min()
        at_margin = start.error == "squared-beyond" and margin < 0.01
        if (
            not certain
            and not at_margin
            and distance_to_kinks(network, run.parameters, patterns.inputs) > 0.01
        ):
            return run
    assume(False)
    raise AssertionError


@pytest.mark.parametrize(("error", "output"), PAIRS)
@given(data=st.data(), seed=seeds)
def test_the_trace_is_consistent(error: str, output: str, data: st.DataObject, seed: int) -> None:
    """Any mixture of activations: what the trace holds fits together, shape by shape."""
    rng = np.random.default_rng(seed)
    loss, network = LOSSES[error], data.draw(networks(output))
    parameters = random_parameters(network, rng)
    patterns = random_patterns(network, loss, N_PATTERNS, rng)
    trace = backpropagate(network, loss, parameters, patterns.inputs, patterns.targets)
    nets, acts = forward(network, parameters, patterns.inputs)
    for g, group in enumerate(network.groups):
        np.testing.assert_array_equal(trace.act[g], acts[g])
        np.testing.assert_array_equal(trace.net[g], nets[g])
        n_delta = 0 if group.role == "input" else N_PATTERNS
        assert trace.delta[g].shape == trace.net[g].shape == (n_delta, group.size)
        assert trace.act[g].shape == (N_PATTERNS, group.size)
    answers, errors = answered(network, loss, parameters, patterns.inputs, patterns.targets)
    np.testing.assert_array_equal(answers, acts[-1])
    assert trace.error == pytest.approx(errors.sum(), rel=1e-13)
    for members in free_directions(network):
        assert len(np.unique(trace.neg_gradient[members])) == 1
    assert not trace.neg_gradient[~network.trainable].any()


def test_a_saturated_unit_is_no_overflow() -> None:
    network = layered((1, 2), ("logistic",))
    _, acts = forward(network, np.array([0.0, 0.0, 1e5, -1e5]), np.ones((1, 1)))
    np.testing.assert_array_equal(acts[1], [[1.0, 0.0]])


def test_a_hidden_group_that_leads_nowhere_has_no_delta() -> None:
    network = layered((2, 3, 2, 1), ("tanh", "tanh", "linear"), shortcuts=True)
    kept = tuple(link for link in network.connections if link.source != 2)
    lonely = Network(network.groups, kept)
    rng = np.random.default_rng(0)
    patterns = random_patterns(lonely, LOSSES["squared"], 4, rng)
    parameters = random_parameters(lonely, rng)
    trace = backpropagate(lonely, LOSSES["squared"], parameters, patterns.inputs, patterns.targets)
    assert not trace.delta[2].any()
    kernel = NumpyKernel(lonely, LOSSES["squared"], Criterion(), parameters)
    for _ in range(2):
        list(kernel.gradient(patterns, np.arange(4)))
        np.testing.assert_allclose(kernel.neg_gradient, trace.neg_gradient, rtol=1e-12, atol=1e-14)


# -- the lecture's formulas ----------------------------------------------------------------


@dataclass
class Lecture:
    """A network i-h-o in the lecture's notation: w_ij, w_jk, biases b_j, b_k; P patterns."""

    w_ij: list[list[float]]
    w_jk: list[list[float]]
    b_j: list[float]
    b_k: list[float]
    i: list[list[float]]
    t: list[list[float]]
    h: list[list[float]]
    o: list[list[float]]

    def steps(self, slope_o: object, slope_h: object) -> dict[str, list[list[float]]]:
        """dw / epsilon: sum_p (t_k - o_k) f'(o_k) h_j, and so on, term by term."""
        n_p, n_i, n_j, n_k = len(self.i), len(self.w_ij), len(self.w_jk), len(self.b_k)
        dw_jk = [[0.0] * n_k for _ in range(n_j)]
        dw_ij = [[0.0] * n_j for _ in range(n_i)]
        db_j, db_k = [[0.0] * n_j], [[0.0] * n_k]
        for p in range(n_p):
            for j in range(n_j):
                back = 0.0
                for k in range(n_k):
                    delta_k = (self.t[p][k] - self.o[p][k]) * slope_o(self.o[p][k])
                    dw_jk[j][k] += delta_k * self.h[p][j]
                    back += delta_k * self.w_jk[j][k]
                    if j == 0:
                        db_k[0][k] += delta_k
                for i in range(n_i):
                    dw_ij[i][j] += back * slope_h(self.h[p][j]) * self.i[p][i]
                db_j[0][j] += back * slope_h(self.h[p][j])
        return {"w_ij": dw_ij, "w_jk": dw_jk, "b_j": db_j, "b_k": db_k}


SLOPES = {
    "logistic": lambda o: o * (1 - o),
    "tanh": lambda o: 1 - o**2,
    "linear": lambda o: 1.0,
}


@pytest.mark.parametrize(
    ("hidden", "output"),
    [("logistic", "logistic"), ("tanh", "linear")],
    ids=["L6, the generalized delta rule", "L8, tanh and linear"],
)
@given(
    sizes=st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 4)),
    n_patterns=st.integers(1, 9),
    seed=seeds,
)
def test_reference_and_kernel_are_the_lectures_formulas(
    hidden: str, output: str, sizes: tuple[int, int, int], n_patterns: int, seed: int
) -> None:
    rng, loss = np.random.default_rng(seed), LOSSES["squared"]
    network = layered(sizes, (hidden, output))
    parameters = random_parameters(network, rng)
    patterns = random_patterns(network, loss, n_patterns, rng)
    trace = backpropagate(network, loss, parameters, patterns.inputs, patterns.targets)
    lecture = Lecture(
        network.weights(parameters, 0).tolist(),
        network.weights(parameters, 1).tolist(),
        network.biases(parameters, 1).tolist(),
        network.biases(parameters, 2).tolist(),
        patterns.inputs.tolist(),
        patterns.targets.tolist(),
        trace.act[1].tolist(),
        trace.act[2].tolist(),
    )
    kernel = NumpyKernel(network, loss, Criterion(), parameters)
    list(kernel.gradient(patterns, np.arange(n_patterns)))
    steps = lecture.steps(SLOPES[output], SLOPES[hidden])
    for neg_gradient in (trace.neg_gradient, kernel.neg_gradient):
        scale = 1e-12 * np.abs(neg_gradient).max()
        for found, name in (
            (network.weights(neg_gradient, 0), "w_ij"),
            (network.weights(neg_gradient, 1), "w_jk"),
            (network.biases(neg_gradient, 1)[None], "b_j"),
            (network.biases(neg_gradient, 2)[None], "b_k"),
        ):
            np.testing.assert_allclose(found, steps[name], rtol=1e-12, atol=scale)
