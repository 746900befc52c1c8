"""Learning rules: how the weights change with the error, one row each.

Sources: the perceptron learning rule as Rosenblatt 1962 (Principles of Neurodynamics, ch. 5);
the delta rule as Widrow & Hoff 1960 (Adaptive switching circuits); backpropagation, which is the
generalized delta rule, as Rumelhart, Hinton & Williams 1986, eqs. 13 and 14.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network


@dataclass(frozen=True, slots=True)
class Rule:
    """One learning rule.

    slope       whether an output unit's delta is (t - o) f'(net); otherwise it is t - o.
    backward    whether errors go back through the weights to hidden units. If not, hidden
                units have delta 0, and only weights into the output group learn.
    outputs     the output activations that the rule is for; empty: any with a slope.
    suits       settings of Training that suit the rule.
    """

    name: str
    label: str
    tex: str
    about: str
    slope: bool
    backward: bool
    outputs: tuple[str, ...] = ()
    suits: Mapping[str, Any] = field(default_factory=dict)

    def why_not(self, network: Network) -> str:
        """Why the rule cannot train this network, or ''."""
        output = network.groups[-1].activation
        if self.outputs and output not in self.outputs:
            units = " or ".join(self.outputs)
            return f"the {self.label} trains {units} output units only (the output is {output})"
        if self.backward:
            blocked = without_slope(network)
            return f"{network.groups[blocked[0]].name} needs {SLOPE}" if blocked else ""
        for link in network.connections:
            source, target = network.groups[link.source], network.groups[link.target]
            if target.role == "hidden" and not link.fixed:
                return (
                    f"the {self.label} trains weights into the output units only; take the hidden "
                    f"groups away, or fix the weights from {source.name} to {target.name}"
                )
        return ""


SLOPE = "an activation with a slope"
NO_SLOPE = "the derivative of a step is 0 everywhere, so backpropagation cannot train through it"


def without_slope(network: Network) -> list[int]:
    """The groups without a slope on the way of errors to trained weights.

    A hidden group needs no slope if no trained weight lies before it.
    """
    trained = [False] * len(network.groups)  # whether anything trained lies at or before a group
    blocked = []
    for g, group in enumerate(network.groups):
        links = [network.connections[c] for c in network.incoming(g)]
        trained[g] = any(not link.fixed or trained[link.source] for link in links)
        needs = trained[g] or g == network.output
        if group.role != "input" and needs and not ACTIVATIONS[group.activation].differentiable:
            blocked.append(g)
    return blocked


RULES: dict[str, Rule] = {
    row.name: row
    for row in (
        Rule(
            "backpropagation", "backpropagation",
            r"\Delta w_{ij}=\epsilon\sum_p\left[\sum_k(t_k-o_k)f'(net_k)w_{jk}\right]"
            r"f'(net_j)\,i_i",
            "any network of units with a slope, whatever its depth",
            slope=True, backward=True,
        ),
        Rule(
            "perceptron", "perceptron learning rule",
            r"\Delta w_{jk}=\epsilon\,(t_k-o_k)\,i_j,\quad o_k=[net_k>0]",
            "one trained layer of step units, changed only where an answer is wrong",
            slope=False, backward=False, outputs=("step",),
            suits={"optimizer": "descent", "rate": 0.1, "batch": 1},
        ),
        Rule(
            "delta", "delta rule",
            r"\Delta w_{jk}=\epsilon\,(t_k-o_k)\,i_j,\quad o_k=net_k",
            "one trained layer of linear units (Widrow & Hoff)",
            slope=False, backward=False, outputs=("linear",),
            suits={"optimizer": "descent", "rate": 0.01, "batch": 1},
        ),
    )
}  # fmt: skip
"""Every learning rule by name; a new one is one row, and the tests walk the rows."""

BACKPROPAGATION = RULES["backpropagation"]
