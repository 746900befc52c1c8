"""The response of each hidden unit over the plane of two inputs, for all views that draw it."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, activation_scale
from bpviz.ui.toolkit.drawing.contours import straight_or_contour
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

MOST_UNITS = 200
"""The most hidden units whose responses are drawn: more would take longer than a frame."""

MOST_NUMBERS = 30_000
"""The most activations computed for one picture: with many units the maps are coarser."""

COARSEST, FINEST = 12, 64


@dataclass(frozen=True, slots=True, eq=False)
class ResponseMaps:
    """The maps of one hidden group's units, (units, side, side), lowest second input first.

    scale   the colours of the group.
    lines   for each unit the line where its net input is 0: segments (m, 2, 2) of (column, row).
    """

    group: int
    maps: Matrix
    scale: ColourScale
    lines: tuple[Matrix, ...]

    @property
    def side(self) -> int:
        """The number of points along each side of a map."""
        return int(self.maps.shape[1])


def why_not(setup: PreparedExperiment) -> str:
    """Why a network's responses cannot be drawn; '' if they can."""
    if setup.probe is None or setup.probe_shape[0] < 2:
        return "Responses are drawn over the plane of two inputs; this problem has another number."
    units = hidden_units(setup.network)
    if not units:
        return "This network has no hidden units: its inputs go straight to its outputs."
    if units > MOST_UNITS:
        return (
            f"Responses are drawn for up to {MOST_UNITS} hidden units; this network has {units:,}."
        )
    return ""


def hidden_units(network: Network) -> int:
    """The hidden units of all groups together."""
    return sum(network.groups[g].size for g in network.hidden)


_last: tuple[Snapshot, tuple[ResponseMaps, ...]] | None = None


def response_maps(setup: PreparedExperiment, snapshot: Snapshot) -> tuple[ResponseMaps, ...]:
    """The responses of all hidden groups in a snapshot; ``why_not(setup)`` must be ''.

    The result for the last snapshot is cached, since several views draw it.
    """
    global _last
    if _last is None or _last[0] is not snapshot:
        _last = snapshot, _responses(setup, snapshot)
    return _last[1]


def _responses(setup: PreparedExperiment, snapshot: Snapshot) -> tuple[ResponseMaps, ...]:
    network = setup.network
    side = _side(hidden_units(network))
    grid = _grid(setup, side)
    with np.errstate(all="ignore"):
        nets, acts = forward(network, snapshot.parameters, grid, snapshot.clamps)
    return tuple(
        _response(network, g, _as_maps(acts[g], side), _as_maps(nets[g], side))
        for g in network.hidden
    )


def _side(units: int) -> int:
    return int(np.clip(np.sqrt(MOST_NUMBERS / units), COARSEST, FINEST))


def _grid(setup: PreparedExperiment, side: int) -> Matrix:
    """The inputs of evenly spaced points of the plane, (side * side, inputs)."""
    plane = setup.patterns.in_plane
    assert plane is not None
    x, y = (np.linspace(low, high, side) for low, high in plane.domain)
    return plane.expand(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))


def _as_maps(values: Matrix, side: int) -> Matrix:
    return np.ascontiguousarray(values.T).reshape(-1, side, side)


def _response(network: Network, group: int, maps: Matrix, nets: Matrix) -> ResponseMaps:
    activation = ACTIVATIONS[network.groups[group].activation]
    largest = float(np.nanmax(np.abs(maps))) if np.isfinite(maps).any() else 0.0
    reach = nice_ceiling(largest) if 0.0 < largest < 1e300 else 1.0
    return ResponseMaps(group, maps, activation_scale(activation, reach), _zero_lines(nets))


def _zero_lines(nets: Matrix) -> tuple[Matrix, ...]:
    """The zero line of each of the maps (units, side, side)."""
    with np.errstate(all="ignore"):  # a diverged run is shown as it is
        return tuple(straight_or_contour(net, 0.0) for net in np.nan_to_num(nets))
