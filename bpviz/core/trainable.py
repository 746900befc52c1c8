"""Whether a network can be trained, and if not, why: asked when training is to begin."""

from bpviz.core.activations import ACTIVATIONS
from bpviz.core.network import Group, Network
from bpviz.core.training import Training
from bpviz.core.values import BadValue

NEEDS_SLOPE = (
    "an activation with a slope: the derivative of a step is 0 everywhere, so "
    "backpropagation cannot train through it"
)


def obstacle(network: Network, training: Training) -> BadValue | None:
    """What keeps these settings from training this network; None if nothing does.

    Such a network can still be shown, and its weights and thresholds set by hand.
    """
    for group in network.groups:
        if group.role != "input" and not ACTIVATIONS[group.activation].differentiable:
            return BadValue(activation_field(group), group.activation, NEEDS_SLOPE)
    return None


def activation_field(group: Group) -> str:
    """The name of the experiment's field that holds a group's activation."""
    return "output activation" if group.role == "output" else f"activation of {group.name}"
