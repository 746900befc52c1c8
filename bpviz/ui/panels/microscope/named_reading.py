"""A reading of the microscope with names, without a screen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpviz.core.microscope.columns import TermColumnKind
from bpviz.core.microscope.microscope import (
    MicroscopeReading,
    NextUpdate,
    ParameterChange,
    UnitTerms,
)
from bpviz.core.model.references import NetworkRef, WeightRef
from bpviz.core.run.cursor import Cursor
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

    # -- what is computed at this instant ----------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether every term is computed: inside an update that is so at its last phase."""
        return self.has(len(self.update.rows) - 1)

    def has(self, p: int) -> bool:
        """Whether every term of pattern p of the update is computed."""
        return self.knows(p, "delta" if self.change is None else "contribution")

    def knows(self, p: int, kind: TermColumnKind | Literal["weight"]) -> bool:
        """Whether a term of pattern p is computed, at the phase that the diagram shows."""
        cursor = self.frame.snapshot.cursor
        if cursor is None or self.made:
            return True
        if p != cursor.pattern or cursor.position == 0:
            return cursor.position > 0 and p < cursor.pattern
        return kind in _known(cursor, self.unit.group, self._source)

    @property
    def _source(self) -> int:
        """The group at the beginning of the weight; the unit's own for a bias or a unit."""
        if isinstance(self.ref, WeightRef):
            return self.update.network.connections[self.ref.connection].source
        return self.unit.group

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


def _known(cursor: Cursor, group: int, source: int) -> frozenset[str]:
    """The kinds of the terms of a unit's group that are computed for the cursor's pattern."""
    done = {
        ("net", "act"): cursor.act[group] is not None,
        ("deviation",): cursor.deviation is not None,
        ("derivative", "error", "back", "slope", "delta", "weight"): cursor.delta[group]
        is not None,
        ("source",): cursor.act[source] is not None,
        ("own", "contribution"): cursor.own is not None,
    }
    return frozenset(kind for kinds, known in done.items() if known for kind in kinds)
