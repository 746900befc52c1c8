"""From a frame to what the microscope looks at. No screen."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.losses import LOSSES
from bpviz.core.microscope import Change, Place, Scene, UnitTerms, look_at_change, look_at_unit
from bpviz.core.rules import RULES
from bpviz.session.frame import Frame
from bpviz.ui.pattern_names import short_name
from bpviz.ui.unit_names import unit_name, weight_name

MOST_WORK = 3_000_000
"""Patterns times parameters that may be looked at while frames follow each other (some ms)."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One place of one frame under the microscope: ``change`` of a weight or bias, or a unit."""

    frame: Frame
    scene: Scene
    place: Place
    unit: UnitTerms
    change: Change | None

    @property
    def title(self) -> str:
        """'weight x1 → h2', 'bias of h2' or 'unit h2'."""
        return title_of(self.frame, self.place)

    def name_of(self, p: int) -> str:
        """What the pattern at place p of the update is called."""
        return short_name(self.frame.setup.patterns, int(self.scene.rows[p]))

    @property
    def names(self) -> list[str]:
        """The patterns' names, in the order of the update."""
        return [self.name_of(p) for p in range(len(self.scene.rows))]


def title_of(frame: Frame, place: Place) -> str:
    """What a place is called."""
    if place.kind == "weight":
        return f"weight {weight_name(frame.setup, place.connection, place.source, place.unit)}"
    name = unit_name(frame.setup, place.group, place.unit)
    return f"bias of {name}" if place.kind == "bias" else f"unit {name}"


def fits(frame: Frame, place: Place) -> bool:
    """Whether the frame's network has such a place."""
    network = frame.setup.network
    if place.group >= len(network.groups) or place.unit >= network.groups[place.group].size:
        return False
    if place.kind != "weight":
        return True
    if place.connection >= len(network.connections):
        return False
    link = network.connections[place.connection]
    return link.target == place.group and place.source < network.groups[link.source].size


def is_heavy(frame: Frame) -> bool:
    """Whether looking takes too long while the network trains."""
    patterns = min(len(frame.setup.patterns.train), 10**9)
    return patterns * frame.setup.network.n_parameters > MOST_WORK


def look(frame: Frame, place: Place) -> Subject | None:
    """The place at the frame's instant; None if the frame does not hold what that takes."""
    upcoming, setup, snapshot = frame.snapshot.upcoming, frame.setup, frame.snapshot
    if upcoming is None or not len(upcoming.rows):
        return None
    scene = Scene(
        setup.network,
        LOSSES[setup.experiment.error],
        RULES[setup.experiment.rule],
        snapshot.parameters,
        setup.patterns.train.inputs,
        setup.patterns.train.targets,
        upcoming.rows,
        snapshot.clamps,
        setup.experiment.training,
        upcoming.memory,
        upcoming.count,
    )
    with np.errstate(all="ignore"):  # a diverged run is shown as it is
        trace = scene.trace()
        unit = look_at_unit(scene, trace, place.group, place.unit)
        change = None if place.kind == "unit" else look_at_change(scene, trace, place)
    return Subject(frame, scene, place, unit, change)
