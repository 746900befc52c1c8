"""The overlays: what lines and rings of the diagram can show, one row each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.model.network import Network
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.text.number_words import MINUS, plain, scientific, signed
from bpviz.core.values import Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.views.network.labels import short, with_sign

Activations = tuple[Vector, ...]

SHORT_FROM, DECIMALS_FROM = 0.2, 0.02
"""The smallest ends of scales whose numbers have two and three decimals."""

SMALLEST_SHORT = 0.005
"""Numbers below this one are 0 with two decimals."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A number of every weight and bias that the diagram can show.

    button, brief   text of the button, and a shorter one.
    legend     words of the legend.
    bias       prefix of the number of a bias.
    noun       name of the numbers, in notes about the strongest.
    tip        tooltip.
    values     (N,) the number of each parameter in a snapshot, given the activations (units,)
               of each group for the chosen pattern; None if it is not known.
    lacking    why it is not known.
    widest     widest text at the end of its scale.
    """

    key: str
    button: str
    brief: str
    legend: str
    bias: str
    noun: str
    tip: str
    values: Callable[[PreparedExperiment, Snapshot, Activations], Vector | None]
    lacking: Callable[[Snapshot], str] = lambda snapshot: "not computed"
    widest: str = "−5e−05"


def signals(network: Network, parameters: Vector, act: Activations) -> Vector:
    """(N,) the signal along each weight, the activation of its source times the weight.

    The signal of a bias is the bias: it is the weight from a unit that is always 1.
    """
    signal = np.array(parameters)
    for c, link in enumerate(network.connections):
        weights = network.weights(signal, c)
        weights *= act[link.source][:, None]
    return signal


def _why_no_neg_gradient(snapshot: Snapshot) -> str:
    return "not computed yet: so many weights and patterns take long, Pause to see it"


def _why_no_change(snapshot: Snapshot) -> str:
    no_update = snapshot.epoch == 0 and snapshot.update == 0
    return "none: there was no update yet" if no_update else "not computed"


_ROWS = (
    Overlay(
        "weight",
        "weight",
        "w",
        "weight",
        "b",
        "weight",
        "Lines and rings show weights w and biases",
        lambda setup, snapshot, act: snapshot.parameters,
    ),
    Overlay(
        "gradient",
        "gradient",
        f"{MINUS}∂E",
        f"downhill {MINUS}∂E/∂w, all patterns",
        f"{MINUS}∂E/∂b",
        f"gradient {MINUS}∂E/∂w",
        f"Lines and rings show the downhill direction {MINUS}∂E/∂w, summed over all training "
        "patterns (the constant 2 of a squared error is absorbed in the learning rate)",
        lambda setup, snapshot, act: snapshot.neg_gradient,
        _why_no_neg_gradient,
    ),
    Overlay(
        "change",
        "last change",
        "Δw",
        "last change Δw",
        "Δb",
        "last change Δw",
        "Lines and rings show what the last update added to weights and biases",
        lambda setup, snapshot, act: snapshot.change,
        _why_no_change,
    ),
    Overlay(
        "signal",
        "signal",
        "a·w",
        "signal = activation × w",
        "b",
        "signal",
        "Lines show activation × weight: what each unit gets from the units before it for the "
        "chosen pattern; rings show biases, the signal of a unit that is always 1",
        lambda setup, snapshot, act: signals(setup.network, snapshot.parameters, act),
    ),
)

OVERLAYS = {row.key: row for row in _ROWS}
WEIGHT = OVERLAYS["weight"]


def worded(overlay: Overlay, setup: PreparedExperiment) -> Overlay:
    """The overlay in the words of the learning rule, which may not be gradient descent."""
    if overlay.key not in ("gradient", "so far") or setup.experiment.rule == "backpropagation":
        return overlay
    so_far = ", patterns added so far" if overlay.key == "so far" else ""
    return replace(
        overlay,
        legend=f"rule's direction Σ (t − o) × input{so_far}",
        bias="Σ (t − o)",
        noun="the rule's direction",
    )


def neg_gradient_words(setup: PreparedExperiment, of: str) -> str:
    """The name of a number in ``Snapshot.neg_gradient``, of a weight ("w") or a bias ("b")."""
    if setup.experiment.rule == "backpropagation":
        return f"{MINUS}∂E/∂{of}, all patterns"
    return "Σ (t − o) × input" if of == "w" else "Σ (t − o)"


def number(value: float, limit: float) -> str:
    """A number as in the diagram, on a scale that ends at ``limit``: '0.53', '3×10⁻⁴'.

    On a scale of two decimals, smaller numbers get a third one or read '≈ 0', which is not 0.
    """
    if limit >= SHORT_FROM or not np.isfinite(value):
        if 0.0 < abs(value) < SMALLEST_SHORT:
            return signed(f"{value:.3f}") if abs(value) >= SMALLEST_SHORT / 10 else "≈ 0"
        return short(value)
    if abs(value) < 1e-3 * limit:
        return "0"
    if limit >= DECIMALS_FROM:
        return signed(f"{value:.3f}")
    return scientific(value, 1)


def precise(value: float) -> str:
    """A number as in the panel, with sign and four significant figures."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else "infinite"
    plainly = value == 0.0 or 0.1 <= abs(value) < 1e5
    return signed(f"{value + 0.0:+.4f}") if plainly else with_sign(scientific(value, 4))


def ends(limit: float) -> tuple[str, str]:
    """The texts at both ends of a scale."""
    return plain(-limit), plain(limit)
