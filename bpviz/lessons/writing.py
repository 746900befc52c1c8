"""Writes steps of lessons: the present experiment and state as TOML that the loader reads."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bpviz.core.model.network import Network
from bpviz.core.run.cursor import Grain
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.mapping import to_table

MOST_NUMBERS = 400
"""Most weights and biases that a step lists."""

HEAD = """title = {title}
summary = "One sentence about this lesson."
minutes = 10
"""

STEP = '''
[[step]]
title = {title}
text = """
What this step shows, as Markdown; formulas are TeX between $ signs, with \\\\\\\\ for a backslash.
"""
try = "Something to do."
question = "A question?"
answer = "Its answer, hidden at first."
'''


def lesson_text(title: str, step: str) -> str:
    """A lesson with one step (see ``step_text``)."""
    return HEAD.format(title=_value(title)) + step


def step_text(title: str, experiment: Experiment, state: Mapping[str, Any]) -> str:
    """A step that sets up this experiment and this state, with texts to be replaced."""
    parts = [STEP.format(title=_value(title))]
    for name, table in (("experiment", to_table(experiment)), ("state", state)):
        if table:
            lines = (f"{_key(key)} = {_value(value)}\n" for key, value in table.items())
            parts.append(f"\n[step.{name}]\n{''.join(lines)}")
    return "".join(parts)


def state_table(
    network: Network,
    parameters: Vector,
    *,
    epoch: int,
    by_hand: bool,
    pattern: int,
    grain: Grain,
    speed: float | None,
    show: tuple[str, ...],
) -> dict[str, Any]:
    """The [step.state] of an instant.

    Weights and biases are listed if some were set ``by_hand`` and they are few; otherwise the
    step trains for ``epoch`` epochs. ``pattern`` is a row, from 0; ``show`` the views in front.
    """
    found: dict[str, Any] = {}
    if by_hand and network.n_parameters <= MOST_NUMBERS:
        found |= _numbers(network, parameters)
    elif epoch:
        found["epochs"] = epoch
    found["pattern"] = pattern + 1
    if grain != "epoch":
        found["grain"] = grain
    if speed is not None:
        found["speed"] = speed
    if show:
        found["show"] = list(show)
    return found


def _numbers(network: Network, parameters: Vector) -> dict[str, Any]:
    names = [group.name for group in network.groups]
    weights = {
        f"{names[link.source]} > {names[link.target]}": network.weights(parameters, c).tolist()
        for c, link in enumerate(network.connections)
    }
    computed = (g for g, group in enumerate(network.groups) if group.role != "input")
    biases = {names[g]: network.biases(parameters, g).tolist() for g in computed}
    return {"weights": weights, "biases": biases}


# -- TOML ------------------------------------------------------------------------------------


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _value(name)


def _value(value: Any) -> str:
    """A value in one line of TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the control character DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(key)} = {_value(value)}" for key, value in table.items())
