"""A reading of the microscope with names, without a screen."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.microscope.microscope import (
    MicroscopeReading,
    NextUpdate,
    ParameterChange,
    UnitTerms,
)
from bpviz.core.model.references import NetworkRef
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.pattern_names import short_name
from bpviz.ui.toolkit.drawing.unit_names import ref_name


@dataclass(frozen=True, slots=True, eq=False)
class NamedReading:
    """A frame's reading of the microscope, with the names of its unit, weight and patterns.

    ``made``: the update was made, and the frame is the instant after it.
    """

    frame: Frame
    values: MicroscopeReading
    made: bool = False

    def is_of_same_update(self, other: "NamedReading") -> bool:
        """Whether the other reading is of the same run, weight or unit, and update."""
        return self._key == other._key

    def is_followed_by(self, other: "NamedReading") -> bool:
        """Whether the other reading is of the update after this one."""
        *of, count = self._key
        return other._key == (*of, count + 1)

    @property
    def _key(self) -> tuple[int, NetworkRef, int]:
        return self.frame.setup.run_id, self.ref, self.update.count

    def after_update(self, frame: Frame) -> "NamedReading":
        """The same reading in the frame after its update."""
        return NamedReading(frame, self.values, made=True)

    @property
    def update(self) -> NextUpdate:
        """The update that the terms belong to."""
        return self.values.update

    @property
    def ref(self) -> NetworkRef:
        """The weight, bias or unit that is shown."""
        return self.values.ref

    @property
    def unit(self) -> UnitTerms:
        """The terms of the unit (see ``references.unit_of``)."""
        return self.values.unit

    @property
    def change(self) -> ParameterChange | None:
        """The change of the weight or bias; None for a unit."""
        return self.values.change

    @property
    def is_input(self) -> bool:
        """Whether the unit is an input."""
        return self.update.network.groups[self.unit.group].role == "input"

    @property
    def title(self) -> str:
        """'weight x1 → h2', 'bias of h2' or 'unit h2'."""
        return ref_name(self.frame.setup, self.ref)

    def name_of(self, p: int) -> str:
        """The name of pattern p of the update."""
        return short_name(self.frame.setup.patterns, int(self.update.rows[p]))

    def position_of(self, row: int) -> int:
        """The position of a training pattern in the update, or -1."""
        found = np.flatnonzero(self.update.rows == row)
        return int(found[0]) if len(found) else -1

    @property
    def names(self) -> list[str]:
        """The patterns' names, in the order of the update."""
        return [self.name_of(p) for p in range(len(self.update.rows))]
