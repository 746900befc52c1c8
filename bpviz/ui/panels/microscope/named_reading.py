"""What the microscope looks at, in one frame. No screen."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.microscope.microscope import (
    MicroscopeInput,
    MicroscopeReading,
    ParameterChange,
    UnitTerms,
)
from bpviz.core.model.references import NetworkRef
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.pattern_names import short_name
from bpviz.ui.toolkit.drawing.unit_names import ref_name


@dataclass(frozen=True, slots=True, eq=False)
class NamedReading:
    """A frame's reading of the microscope, with the names of its unit, weight and patterns."""

    frame: Frame
    reading: MicroscopeReading

    @property
    def scene(self) -> MicroscopeInput:
        """The instant that is looked at."""
        return self.reading.scene

    @property
    def ref(self) -> NetworkRef:
        """The weight, bias or unit that is shown."""
        return self.reading.ref

    @property
    def unit(self) -> UnitTerms:
        """The terms of the unit, or of the one that the weight or bias leads to."""
        return self.reading.unit

    @property
    def change(self) -> ParameterChange | None:
        """The change of a weight or bias."""
        return self.reading.change

    @property
    def is_input(self) -> bool:
        """Whether the unit only holds a number of the pattern."""
        return self.scene.network.groups[self.unit.group].role == "input"

    @property
    def title(self) -> str:
        """'weight x1 → h2', 'bias of h2' or 'unit h2'."""
        return ref_name(self.frame.setup, self.ref)

    def name_of(self, p: int) -> str:
        """The name of pattern p of the update."""
        return short_name(self.frame.setup.patterns, int(self.scene.rows[p]))

    def position_of(self, row: int) -> int:
        """The position of a training pattern in the update, or -1."""
        found = np.flatnonzero(self.scene.rows == row)
        return int(found[0]) if len(found) else -1

    @property
    def names(self) -> list[str]:
        """The patterns' names, in the order of the update."""
        return [self.name_of(p) for p in range(len(self.scene.rows))]
