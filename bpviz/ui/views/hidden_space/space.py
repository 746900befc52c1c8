"""From a hidden group's activations to points on the screen, computed without one.

A ``Space`` is a linear picture of the activations: chosen units, or principal components.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.analysis.decision_boundary import Readout, net_at, readout
from bpviz.core.analysis.pca import Components, principal_components
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.network import Network
from bpviz.core.text.number_words import percent, plain
from bpviz.core.values import Matrix, Vector
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.contours import contour_segments
from bpviz.ui.toolkit.drawing.output_colours import decision_level
from bpviz.ui.toolkit.drawing.plotting import nice_ceiling

SpaceMode = Literal["pair", "3d", "pca", "pca3d"]
Span = tuple[float, float]

GRID = 65
"""Points a side where lines between several classes are looked for; one output needs two."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A picture of activations (P, n) in d dimensions: (acts - origin) @ basis.

    origin, basis   (n,) and (n, d), orthonormal columns.
    labels, spans   of every axis.
    exact           whether nothing is left out: d = n.
    share           of the variance that the axes show, nan where it is not asked.
    """

    origin: Vector
    basis: Matrix
    labels: tuple[str, ...]
    spans: tuple[Span, ...]
    exact: bool
    share: float = float("nan")

    @property
    def dimensions(self) -> int:
        """2 or 3."""
        return int(self.basis.shape[1])

    def points(self, acts: Matrix) -> Matrix:
        """(P, d) of activations (P, n)."""
        return np.asarray((acts - self.origin) @ self.basis)

    def lift(self, points: Matrix) -> Matrix:
        """The activations (P, n) at points (P, d), the directions left out at their mean."""
        return np.asarray(self.origin + points @ self.basis.T)


def unit_label(network: Network, group: int, unit: int) -> str:
    """'h1', or 'h2.1' where there are several hidden groups."""
    prefix = "h" if len(network.hidden) == 1 else f"h{network.hidden.index(group) + 1}."
    return f"{prefix}{unit + 1}"


def modes_for(size: int) -> tuple[SpaceMode, ...]:
    """How a group of so many units (2 or more) can be shown; the first is shown at first."""
    if size == 2:
        return ("pair",)
    return ("3d", "pair") if size == 3 else ("pca", "pca3d", "pair")


def pair_space(network: Network, group: int, units: tuple[int, ...], acts: Matrix,
               every: Matrix) -> Space:  # fmt: skip
    """Two or three units on an axis each; ``every`` are all activations that must fit in."""
    n = network.groups[group].size
    basis = np.eye(n)[:, list(units)]
    origin = acts.mean(axis=0)
    origin[list(units)] = 0.0
    span = activation_span(network.groups[group].activation, every[:, list(units)])
    labels = tuple(unit_label(network, group, unit) for unit in units)
    return Space(origin, basis, labels, (span,) * len(units), exact=n == len(units))


def single_space(network: Network, group: int, output: str, every: Matrix) -> Space:
    """A group of one unit: its activation, and above it an output; ``every`` is (P, 2)."""
    span = activation_span(network.groups[group].activation, every[:, :1])
    answers = activation_span(network.groups[-1].activation, every[:, 1:])
    labels = unit_label(network, group, 0), output
    return Space(np.zeros(2), np.eye(2), labels, (span, answers), exact=True)


def component_space(acts: Matrix, every: Matrix, d: int, like: Matrix | None) -> Space:
    """The first d principal components of the activations."""
    found: Components = principal_components(acts, d, like)
    reach = float(np.abs((every - found.mean) @ found.directions).max())
    reach = nice_ceiling(1.02 * reach) if reach > 0.0 else 1.0
    labels = tuple(
        f"component {k}" + (f" ({percent(share, 0)})" if np.isfinite(share) else "")
        for k, share in enumerate(found.shares, 1)
    )
    share = float(found.shares.sum())
    exact = acts.shape[1] == d
    return Space(found.mean, found.directions, labels, ((-reach, reach),) * d, exact, share)


def activation_span(activation: str, values: Matrix) -> Span:
    """From the lowest to the highest activation: the bounds if there are, or round numbers."""
    row = ACTIVATIONS[activation]
    if np.isfinite(row.low) and np.isfinite(row.high):
        return row.low, row.high
    largest = float(np.abs(values).max()) if values.size else 0.0
    reach = nice_ceiling(1.02 * largest) if 0.0 < largest < 1e300 else 1.0
    return (row.low if np.isfinite(row.low) else -reach), reach


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """Where the answer changes: segments (m, 2, 2) in two dimensions, in three a plane.

    normal, offset  of the plane: normal @ point + offset = 0.
    note            a sentence about what is drawn, or why nothing is; '' if there is no more
                    to say.
    short           the same in few words, where the sentence is long.
    """

    segments: Matrix | None = None
    normal: Vector | None = None
    offset: float = 0.0
    note: str = ""
    short: str = ""

    @property
    def is_drawn(self) -> bool:
        """Whether there is a line or a plane."""
        return self.segments is not None or self.normal is not None


def decision(frame: Frame, group: int, space: Space, acts: Matrix, unit: int | None) -> Decision:
    """The decision of an output unit (None: the winning class) in the space of a group.

    Drawn where it is true: exactly if the space leaves nothing out, and otherwise only if
    every shown pattern (its activations are ``acts``) lies on the side that its answer says.
    """
    setup, parameters = frame.setup, frame.snapshot.parameters
    level = None if unit is None else decision_level(setup, unit)
    if level is not None and setup.network.groups[group].size == 1:
        low, high = space.spans[0]  # the output is an axis of its own
        return Decision(segments=np.array([[[low, level], [high, level]]]))
    if unit is not None and level is None:
        return Decision()  # the targets are numbers: nothing is decided
    reads = readout(setup.network, parameters, group)
    if reads is None:
        return Decision(note=_why_not_read(setup.network, group))
    threshold = 0.0
    if unit is not None and level is not None:
        net = net_at(setup.network.groups[-1].activation, level)
        if net is None:
            return Decision(note=f"No decision line: no net input gives exactly {plain(level, 6)}.")
        threshold = net
    wrong = _misplaced(reads, space, acts, unit, threshold)
    if wrong:
        counted = f"{wrong:,} of {len(acts):,} patterns"
        return Decision(
            note=f"No decision line: this picture leaves directions out, and {counted} would lie "
            "on the wrong side.",
            short=f"no line: {wrong:,} of {len(acts):,} would lie wrong",
        )
    note = "" if space.exact else "Decision line: where this picture cuts the true one."
    if space.dimensions == 2:
        segments = _segments(reads, space, unit, threshold)
        return Decision(segments=segments, note=note, short=note and "line: a cut of the true one")
    if unit is None:
        return Decision(note="Planes between classes are drawn for one output at a time.")
    weights = reads.weights[:, unit]
    offset = float(space.origin @ weights + reads.biases[unit] - threshold)
    return Decision(normal=np.asarray(weights @ space.basis), offset=offset, note=note)


def _why_not_read(network: Network, group: int) -> str:
    sources = [network.connections[c].source for c in network.incoming(network.output)]
    if group not in sources:
        names = " and ".join(network.groups[g].name for g in sources)
        return f"No decision line here: the outputs read {names}."
    others = " and ".join(network.groups[g].name for g in sources if g != group)
    return f"No decision line: the outputs read {others} as well."


def _misplaced(
    reads: Readout, space: Space, acts: Matrix, unit: int | None, threshold: float
) -> int:
    """How many patterns the picture would show on the wrong side of the line."""
    if space.exact:
        return 0
    seen = space.lift(space.points(acts))
    true, shown = (reads.lead(a, unit, threshold) for a in (acts, seen))
    if unit is None:
        return int(np.count_nonzero(true.argmax(axis=1) != shown.argmax(axis=1)))
    return int(np.count_nonzero((true > 0.0) != (shown > 0.0)))


def _segments(reads: Readout, space: Space, unit: int | None, threshold: float) -> Matrix:
    side = 2 if unit is not None else GRID
    x, y = (np.linspace(low, high, side) for low, high in space.spans)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    acts = space.lift(grid)[:, : len(reads.weights)]  # of a single unit, without the output
    lead = reads.lead(acts, unit, threshold)
    parts = [contour_segments(field.reshape(side, side), 0.0) for field in lead.T]
    ends = np.concatenate([np.empty((0, 2, 2)), *parts])
    low = np.array([span[0] for span in space.spans])
    step = np.array([span[1] - span[0] for span in space.spans]) / (side - 1)
    return np.asarray(low + ends * step)
