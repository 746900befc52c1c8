"""What the microscope looks at, in one frame. No screen."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.microscope.microscope import (
    MicroscopeInput,
    MicroscopeReading,
    ParameterChange,
    Place,
    UnitTerms,
)
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.pattern_names import short_name
from bpviz.ui.toolkit.drawing.unit_names import unit_name, weight_name


@dataclass(frozen=True, slots=True, eq=False)
class NamedReading:
    """The look that a frame holds, and what its parts are called there."""

    frame: Frame
    look: MicroscopeReading

    @property
    def scene(self) -> MicroscopeInput:
        """The instant that is looked at."""
        return self.look.scene

    @property
    def place(self) -> Place:
        """What is looked at."""
        return self.look.place

    @property
    def unit(self) -> UnitTerms:
        """The terms of the unit that the place is, or leads to."""
        return self.look.unit

    @property
    def change(self) -> ParameterChange | None:
        """The change of a weight or bias."""
        return self.look.change

    @property
    def is_input(self) -> bool:
        """Whether the unit only holds a number of the pattern."""
        return self.scene.network.groups[self.unit.group].role == "input"

    @property
    def title(self) -> str:
        """'weight x1 → h2', 'bias of h2' or 'unit h2'."""
        return title_of(self.frame, self.place)

    def name_of(self, p: int) -> str:
        """What the pattern at place p of the update is called."""
        return short_name(self.frame.setup.patterns, int(self.scene.rows[p]))

    def place_of(self, row: int) -> int:
        """Where in the update a training pattern comes, or -1."""
        found = np.flatnonzero(self.scene.rows == row)
        return int(found[0]) if len(found) else -1

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
