"""Initial weights, one row each. Biases are drawn as weights are, unless a row says otherwise.

Sources: fan-in scaling as Glorot & Bengio 2010 (eq. 16, uniform) and He et al. 2015 (eq. 10,
normal).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.values import Matrix, Vector

DrawWeights = Callable[[np.random.Generator, tuple[int, ...], float, float, float], Matrix]
"""draw(generator, shape, spread, fan_in, fan_out) -> array of that shape."""


@dataclass(frozen=True, slots=True)
class Initializer:
    """One way to draw initial weights.

    ``uses_spread`` says whether the setting r (or sigma) matters; ``draws_biases`` whether
    biases are drawn too (with the same spread) or start at 0.
    """

    name: str
    label: str
    tex: str
    uses_spread: bool
    draws_biases: bool
    draw: DrawWeights


def _uniform(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    return rng.uniform(-spread, spread, shape)


def _normal(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    return rng.normal(0.0, spread, shape)


def _xavier(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    r = np.sqrt(6.0 / max(fan_in + fan_out, 1.0))
    return rng.uniform(-r, r, shape)


def _he(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    return rng.normal(0.0, np.sqrt(2.0 / max(fan_in, 1.0)), shape)


def _fan_in(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    r = 1.0 / np.sqrt(max(fan_in, 1.0))
    return rng.uniform(-r, r, shape)


def _zeros(
    rng: np.random.Generator, shape: tuple[int, ...], spread: float, fan_in: float, fan_out: float
) -> Matrix:
    return np.zeros(shape)


INITIALIZERS: dict[str, Initializer] = {
    row.name: row
    for row in (
        Initializer("uniform", "uniform ±r", r"w\sim U(-r,r)", True, True, _uniform),
        Initializer("normal", "normal, sd r", r"w\sim N(0,r^2)", True, True, _normal),
        Initializer(
            "fan_in", "fan-in uniform", r"w\sim U(\pm 1/\sqrt{n_{in}})", False, True, _fan_in
        ),
        Initializer(
            "xavier", "Xavier (Glorot) uniform", r"w\sim U(\pm\sqrt{6/(n_{in}+n_{out})})",
            False, False, _xavier,
        ),
        Initializer("he", "He normal", r"w\sim N(0,2/n_{in})", False, False, _he),
        Initializer("zeros", "zeros", r"w=0", False, False, _zeros),
    )
}  # fmt: skip
"""Every initialiser by name; a new one is one row, and the tests walk the rows."""


def initial_parameters(
    network: Network, initializer: Initializer, spread: float, rng: np.random.Generator
) -> Vector:
    """A flat vector (N,) of initial weights and biases that respects the network's masks and ties.

    Fan-in counts the weights that exist: it is the mean number of incoming weights over the
    units of the target group, over all connections that end there.
    """
    parameters = np.zeros(network.n_parameters)
    fan_in, fan_out = _fans(network)
    for g in range(len(network.groups)):
        biases = network.biases(parameters, g)
        if initializer.draws_biases and len(biases):
            biases[:] = initializer.draw(rng, biases.shape, spread, fan_in[g], fan_out[g])
    for c, link in enumerate(network.connections):
        weights = network.weights(parameters, c)
        fans = fan_in[link.target], fan_out[link.source]
        weights[:] = initializer.draw(rng, weights.shape, spread, *fans)
    network.constrain(parameters)
    return parameters


def _fans(network: Network) -> tuple[list[float], list[float]]:
    fan_in, fan_out = [0.0] * len(network.groups), [0.0] * len(network.groups)
    for link in network.connections:
        n_source, n_target = network.groups[link.source].size, network.groups[link.target].size
        present = n_source * n_target if link.mask is None else int(link.mask.sum())
        fan_in[link.target] += present / n_target
        fan_out[link.source] += present / n_source
    return fan_in, fan_out
