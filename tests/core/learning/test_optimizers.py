"""Every row of the table of optimizers."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bpviz.core.learning.optimizers import OPTIMIZERS, Optimizer
from bpviz.core.learning.settings import Training
from bpviz.core.run.run import Run

from ..strategies import start_of

STEPS = 60
SETTINGS = Training(rate=0.03, momentum=0.8, beta1=0.85, beta2=0.97, rho=0.92)

rows = pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=OPTIMIZERS)


def descent(t: Training, neg_gradient: list[float]) -> list[float]:
    return [t.rate * d for d in neg_gradient]


def momentum(t: Training, neg_gradient: list[float]) -> list[float]:
    """Rumelhart, Hinton & Williams 1986, eq. 16."""
    changes, last = [], 0.0
    for d in neg_gradient:
        last = t.rate * d + t.momentum * last
        changes.append(last)
    return changes


def nesterov(t: Training, neg_gradient: list[float]) -> list[float]:
    """Sutskever, Martens, Dahl & Hinton 2013, at the parameters that PyTorch and Keras keep."""
    changes, velocity = [], 0.0
    for d in neg_gradient:
        velocity = t.momentum * velocity + t.rate * d
        changes.append(t.momentum * velocity + t.rate * d)
    return changes


def rmsprop(t: Training, neg_gradient: list[float]) -> list[float]:
    changes, v = [], 0.0
    for d in neg_gradient:
        v = t.rho * v + (1 - t.rho) * d * d
        changes.append(t.rate * d / (math.sqrt(v) + 1e-8))
    return changes


def adam(t: Training, neg_gradient: list[float]) -> list[float]:
    """Kingma & Ba 2015, algorithm 1."""
    changes, m, v = [], 0.0, 0.0
    for n, d in enumerate(neg_gradient, 1):
        m = t.beta1 * m + (1 - t.beta1) * d
        v = t.beta2 * v + (1 - t.beta2) * d * d
        m_hat, v_hat = m / (1 - t.beta1**n), v / (1 - t.beta2**n)
        changes.append(t.rate * m_hat / (math.sqrt(v_hat) + 1e-8))
    return changes


FORMULAS: dict[str, Callable[[Training, list[float]], list[float]]] = {
    "descent": descent,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adam": adam,
}


def walk(
    row: Optimizer, training: Training, neg_gradient: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(changes (steps, N), parameters afterwards, memory) for neg_gradient (steps, N)."""
    parameters = np.zeros(neg_gradient.shape[1])
    memory, change = np.zeros((2, neg_gradient.shape[1])), np.zeros(neg_gradient.shape[1])
    changes = []
    for count, direction in enumerate(neg_gradient, 1):
        before = parameters.copy()
        row.step(training, parameters, direction.copy(), memory, change, count)
        np.testing.assert_array_equal(parameters, before + change)
        changes.append(change.copy())
    return np.array(changes), parameters, memory


def directions() -> np.ndarray:
    neg_gradient = np.random.default_rng(6).normal(size=(STEPS, 5))
    neg_gradient[:, 3] = 0.0  # a weight that never gets a gradient
    neg_gradient[:, 4] *= 1e-6
    return neg_gradient


@pytest.mark.parametrize("name", FORMULAS)
def test_every_change_is_the_formula(name: str) -> None:
    row = OPTIMIZERS[name]
    neg_gradient = directions()
    changes, parameters, _ = walk(row, SETTINGS, neg_gradient)
    expected = [FORMULAS[row.name](SETTINGS, column) for column in neg_gradient.T.tolist()]
    np.testing.assert_allclose(changes, np.transpose(expected), rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(parameters, changes.sum(axis=0), rtol=1e-12)


@rows
def test_the_terms_are_those_of_the_step(row: Optimizer) -> None:
    """Those that add up come to the change; the first of them is rate times direction."""
    memory, g = np.zeros(row.slots), 0.75
    for count in range(1, 5):
        terms = row.terms(SETTINGS, g, memory, count)
        change, stepped = np.zeros(1), memory[:, None].copy()
        row.step(SETTINGS, np.zeros(1), np.array([g]), stepped, change, count)
        assert terms
        if all(term.adds for term in terms):
            assert sum(term.value for term in terms) == pytest.approx(change[0], rel=1e-12)
            assert terms[0].value == pytest.approx(SETTINGS.rate * g)
        memory = stepped[:, 0]


def test_nesterov_is_that_of_pytorch() -> None:
    """torch.optim.SGD(lr=0.1, momentum=0.9, nesterov=True) on E = w * w from w = 1.

    Its documentation (torch.optim.SGD, "Algorithm"): b = mu b + g, g = g + mu b, w = w - lr g,
    with b = g in the first step. In exact decimals, with g = 2 w:
        w    b        g + mu b   next w
        1    2        3.8        0.62
        0.62 3.04     3.976      0.2224
        0.2224 3.1808 3.30752    -0.108352
    """
    weights, memory, change = np.array([1.0]), np.zeros((1, 1)), np.zeros(1)
    training = replace(SETTINGS, rate=0.1, momentum=0.9)
    found = []
    for count in range(1, 4):
        OPTIMIZERS["nesterov"].step(training, weights, -2.0 * weights, memory, change, count)
        found.append(weights[0])
    assert found == pytest.approx([0.62, 0.2224, -0.108352], rel=1e-12)


@rows
def test_no_gradient_is_no_change(row: Optimizer) -> None:
    changes, parameters, _ = walk(row, SETTINGS, directions())
    assert not changes[:, 3].any()
    assert parameters[3] == 0.0


@rows
@pytest.mark.parametrize("setting", ["rate", "momentum", "beta1", "beta2", "rho"])
def test_uses_names_the_settings_that_matter(row: Optimizer, setting: str) -> None:
    other = replace(SETTINGS, **{setting: getattr(SETTINGS, setting) * 0.9})
    same = np.array_equal(walk(row, SETTINGS, directions())[0], walk(row, other, directions())[0])
    assert same != (setting in row.uses)


@rows
def test_slots_says_how_much_is_remembered(row: Optimizer) -> None:
    _, _, memory = walk(row, SETTINGS, directions())
    assert memory[: row.slots].any(axis=1).all()
    assert not memory[row.slots :].any()


@rows
def test_it_trains_xor(row: Optimizer) -> None:
    rate = {"descent": 3.0, "momentum": 0.5, "nesterov": 0.5}.get(row.name, 0.05)
    run = Run(start_of(seed=1, optimizer=row.name, rate=rate))
    first = run.record.train_error
    records = run.advance(2000)
    assert records[-1].train_error < 0.2 * first
    assert records[-1].solved


@rows
def test_a_row_is_found_by_its_name_and_says_what_it_is(row: Optimizer) -> None:
    assert OPTIMIZERS[row.name] is row
    assert row.label
    assert row.tex
    assert set(row.uses) <= set(Training.__dataclass_fields__)
