"""The paths along which the error of the outputs is propagated back to a unit, for one pattern.

The delta of a hidden unit is its slope times the sum over k of delta_k w_jk, and each delta_k is
such a sum again (Rumelhart, Hinton & Williams 1986, eq. 14). Expanded, it is a sum over all paths
from the unit to the outputs. The term of a path is the product of its weights, the slopes of the
units that it passes, and the delta of the output unit at its end. There may be very many paths, so
they are computed one level at a time, on demand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Literal, NamedTuple

import numpy as np

from bpviz.core.microscope.microscope import NextUpdate, error_coming_back, slopes_of
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import clamped_in
from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.values import Integers, Vector


class PathFactor(NamedTuple):
    """One number of a product.

    kind    "weight"; "slope" of a unit that is passed, or "share", the activation of a softmax
            unit; "beside", a step to another unit of a softmax group: minus its activation.
    group, unit   the unit that the weight leads to, or whose slope or activation it is.
    """

    kind: Literal["weight", "slope", "share", "beside"]
    value: float
    group: int
    unit: int


@dataclass(frozen=True, slots=True)
class Path:
    """A path from a unit forward to ``unit`` of ``group``, along which an error comes back.

    factors   the weights and slopes of the path; the last one leads to the unit.
    weights   the weights of the path.
    end       the delta of the unit at its end; if ``sideways``, the error that reaches it.
    sideways  whether the last step stays within a softmax group. Its units share one
              denominator, so the error of each also counts, times minus its activation.
    """

    group: int
    unit: int
    factors: tuple[PathFactor, ...]
    weights: tuple[WeightRef, ...]
    end: float
    sideways: bool = False

    @property
    def gain(self) -> float:
        """The product of the factors: how strongly the error at the end comes back."""
        return prod(factor.value for factor in self.factors)

    @property
    def product(self) -> float:
        """The contribution to the error that reaches the unit at its start."""
        return self.gain * self.end


class PathTree:
    """The paths of pattern ``p`` of an update, level by level."""

    def __init__(self, update: NextUpdate, p: int) -> None:
        self._update = update.some(slice(p, p + 1))
        with np.errstate(all="ignore"):  # a diverged run is shown as it is
            self._trace = self._update.trace()
        self._errors: dict[int, Vector] = {}
        """Group -> the error that reaches each of its units, computed on demand."""

    def of(self, group: int, unit: int) -> tuple[Path, ...]:
        """The first steps from a unit; their products sum to the signal that scales its slope."""
        return self._steps(group, unit, (), ()) if self._goes_on(group, unit) else ()

    def beyond(self, path: Path) -> tuple[Path, ...]:
        """The paths that are one step longer; their products sum to that of ``path``."""
        if path.sideways:
            return self._fan(path.group, path.unit, path.factors, path.weights)
        if not self._goes_on(path.group, path.unit):
            return ()
        kind, value = self._slope(path.group, path.unit)
        passed = PathFactor(kind, value, path.group, path.unit)
        return self._steps(path.group, path.unit, (*path.factors, passed), path.weights)

    def opens(self, path: Path) -> bool:
        """Whether ``beyond`` has paths."""
        if not path.sideways:
            if not self._goes_on(path.group, path.unit):
                return False
            if not self._is_elementwise(path.group):
                return True
        return any(self._targets(c, path.unit).size for c in self._outgoing(path.group))

    def complete(self, group: int, unit: int) -> Iterator[Path]:
        """All complete paths from a unit, depth first."""
        for path in self.of(group, unit):
            yield from self._ends(path)

    def _ends(self, path: Path) -> Iterator[Path]:
        further = self.beyond(path)
        if not further:
            yield path
        for longer in further:
            yield from self._ends(longer)

    def unit(self, group: int, unit: int) -> dict[str, float]:
        """Net input, activation, derivative and slope of a hidden or output unit."""
        f = float(slopes_of(self._update, self._trace, group)[0, unit])
        net = float(self._trace.net[group][0, unit])
        o = float(self._trace.act[group][0, unit])
        return {"net": net, "act": o, "derivative": f, "slope": f}

    # -- one level ---------------------------------------------------------------------------

    def _is_elementwise(self, group: int) -> bool:
        return ACTIVATIONS[self._update.network.groups[group].activation].elementwise

    def _outgoing(self, group: int) -> Iterator[int]:
        return self._update.network.outgoing(group)

    def _goes_on(self, group: int, unit: int) -> bool:
        """Whether the delta of a unit is computed from the deltas of other units."""
        update = self._update
        hidden = update.network.groups[group].role == "hidden"
        return hidden and update.rule.backward and UnitRef(group, unit) not in update.clamps

    def _targets(self, connection: int, unit: int) -> Integers:
        """The units to which a unit has a weight."""
        link = self._update.network.connections[connection]
        if link.mask is None:
            return np.arange(self._update.network.groups[link.target].size)
        return np.flatnonzero(link.mask[unit])

    def _steps(
        self, group: int, unit: int, factors: tuple[PathFactor, ...], along: tuple[WeightRef, ...]
    ) -> tuple[Path, ...]:
        steps = self._fan(group, unit, factors, along)
        if not self._is_elementwise(group):
            steps += self._beside(group, factors, along)
        return steps

    def _fan(
        self, group: int, unit: int, factors: tuple[PathFactor, ...], along: tuple[WeightRef, ...]
    ) -> tuple[Path, ...]:
        """One step along every weight from a unit."""
        update, paths = self._update, []
        for c in self._outgoing(group):
            target = update.network.connections[c].target
            weights = update.network.weights(update.parameters, c)[unit].tolist()
            deltas = self._trace.delta[target][0].tolist()
            for k in self._targets(c, unit).tolist():
                factor = PathFactor("weight", weights[k], target, k)
                path = (*along, WeightRef(c, unit, k))
                paths.append(Path(target, k, (*factors, factor), path, deltas[k]))
        return tuple(paths)

    def _beside(
        self, group: int, factors: tuple[PathFactor, ...], along: tuple[WeightRef, ...]
    ) -> tuple[Path, ...]:
        """One step to every unit of a softmax group."""
        errors, act = self._error(group).tolist(), self._trace.act[group][0].tolist()
        held, _ = clamped_in(self._update.clamps, group)
        return tuple(
            Path(
                group,
                k,
                (*factors, PathFactor("beside", -act[k], group, k)),
                along,
                errors[k],
                True,
            )
            for k in range(len(act))
            if k not in held
        )

    def _error(self, group: int) -> Vector:
        if group not in self._errors:
            self._errors[group] = error_coming_back(self._update, self._trace, group)[0]
        return self._errors[group]

    def _slope(self, group: int, unit: int) -> tuple[Literal["slope", "share"], float]:
        """The factor of the error that reaches a hidden unit."""
        if not self._is_elementwise(group):
            return "share", float(self._trace.act[group][0, unit])
        return "slope", float(slopes_of(self._update, self._trace, group)[0, unit])


def has_paths(update: NextUpdate, group: int, unit: int) -> bool:
    """Whether the delta of a unit is computed from errors that come back to it."""
    network = update.network
    row = network.groups[group]
    if row.role != "hidden" or not update.rule.backward or UnitRef(group, unit) in update.clamps:
        return False
    masks = [network.connections[c].mask for c in network.outgoing(group)]
    beside = not ACTIVATIONS[row.activation].elementwise
    return beside or any(mask is None or bool(mask[unit].any()) for mask in masks)


def count_paths(update: NextUpdate, group: int, unit: int) -> float:
    """The number of complete paths from a unit, as a float: it may be very large."""
    network, ways = update.network, dict[int, Vector]()
    for g in reversed(range(len(network.groups))):
        size, row = network.groups[g].size, network.groups[g]
        ways[g] = np.ones(size)
        if row.role != "hidden" or not update.rule.backward:
            continue
        held, _ = clamped_in(update.clamps, g)
        found = np.zeros(size)
        for c in network.outgoing(g):
            link = network.connections[c]
            mask = np.ones((size, network.groups[link.target].size))
            found += (mask if link.mask is None else link.mask) @ ways[link.target]
        if not ACTIVATIONS[row.activation].elementwise:
            open_ = np.delete(found, held)
            found = found + np.maximum(open_, 1.0).sum()
        ways[g] = np.maximum(found, 1.0)  # a dead end is an end
        ways[g][held] = 1.0
        if g == group:
            return 0.0 if unit in held else float(found[unit])
    return 0.0
