"""Whether a network can be trained, and if not, why."""

from bpviz.core.learning.rules import NO_SLOPE, SLOPE, Rule, without_slope
from bpviz.core.model.network import Group, Network
from bpviz.core.values import BadValue


def obstacle(network: Network, rule: Rule) -> BadValue | None:
    """Why this rule cannot train this network, as a refusal; None if it can.

    A network that cannot be trained can still be shown, and its weights set by hand.
    """
    if rule.backward:
        for g in without_slope(network):
            group = network.groups[g]
            return BadValue(activation_field(group), group.activation, SLOPE, NO_SLOPE)
    reason = rule.why_not(network)
    return (
        BadValue("rule", rule.name, "one that can train this network", reason) if reason else None
    )


def activation_field(group: Group) -> str:
    """The name of the experiment's field for a group's activation."""
    return "output activation" if group.role == "output" else f"activation of {group.name}"
