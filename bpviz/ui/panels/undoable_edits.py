"""Changes by hand in a run, with undo.

An undo restores only what was edited: the old value of a weight, the old rows, the old clamp. It
applies at the present instant; training in between is not undone.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from bpviz.core.model.clamps import NO_CLAMPS, Clamps
from bpviz.core.model.pattern_change import Changing, PatternChange, all_rows
from bpviz.core.model.patterns import Patterns
from bpviz.core.model.references import BiasRef, ParameterRef, UnitRef, exists, index_of
from bpviz.core.run.edits import LARGEST, ChangeTrain, SetClamps, SetParameters
from bpviz.core.text.number_words import counted
from bpviz.core.values import BadValue, check_number
from bpviz.experiment.prepare import PreparedExperiment, check_change
from bpviz.session.commands import ApplyEdit
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.status import TRAINING
from bpviz.ui.toolkit.drawing.unit_names import ref_name, unit_name
from bpviz.ui.toolkit.guard import guard_overrides

UNDO_STEPS = 200
"""Changes that can be undone; older ones are dropped."""


class Editor(QObject):
    """Sends changes by hand to the session as edits, and keeps the undo stack.

    The training thread applies an edit later, so the last requested value counts as the present
    one until a frame shows it.
    """

    refused = Signal(str)
    """A sentence: why a change is not allowed. Nothing was changed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(UNDO_STEPS)
        self._session = session
        self._frame: Frame | None = None
        self._parameters: dict[int, float] = {}
        self._waiting: list[tuple[int, PatternChange]] = []
        self._clamps: Clamps | None = None
        session.refused.connect(self._forget_asked)

    def show_frame(self, frame: Frame) -> None:
        """Take over this frame; a new run clears the undo stack."""
        if self._frame is None or frame.setup.run_id != self._frame.setup.run_id:
            self.clear()
        self._frame = frame
        moving = self._session.status.state in TRAINING
        now = frame.snapshot.parameters
        self._parameters = {
            index: value
            for index, value in self._parameters.items()
            if not moving and now[index] != value
        }
        self._waiting = [asked for asked in self._waiting if asked[0] > frame.last_edit_applied]
        if self._clamps == frame.snapshot.clamps:
            self._clamps = None

    def clear(self) -> None:
        """Clear the undo stack and all requested values: the run begins again."""
        self.stack.clear()
        self._forget_asked()

    def _forget_asked(self) -> None:
        self._parameters.clear()
        self._waiting.clear()
        self._clamps = None

    # -- the present -----------------------------------------------------------------------

    @property
    def setup(self) -> PreparedExperiment | None:
        """The prepared experiment on screen."""
        return None if self._frame is None else self._frame.setup

    def value(self, ref: ParameterRef) -> float:
        """The weight or bias as it is now."""
        assert self._frame is not None
        return self.value_at(index_of(self._frame.setup.network, ref))

    def value_at(self, index: int) -> float:
        """The number at an index of the flat vector as it is now."""
        assert self._frame is not None
        return self._parameters.get(index, float(self._frame.snapshot.parameters[index]))

    @property
    def train(self) -> Patterns:
        """The training patterns as they are now."""
        return self._changing.worked_out()

    @property
    def _changing(self) -> Changing:
        """The patterns on screen, with the changes that were requested since."""
        assert self._frame is not None
        changes = tuple(change for _, change in self._waiting)
        return Changing(self._frame.setup.patterns.train, changes)

    @property
    def clamps(self) -> Clamps:
        """The clamped units as they are now."""
        if self._clamps is not None:
            return self._clamps
        return NO_CLAMPS if self._frame is None else self._frame.snapshot.clamps

    # -- changes ---------------------------------------------------------------------------

    def set_parameter(self, ref: ParameterRef, value: float, *, gently: bool = False) -> None:
        """Set a weight or bias.

        With ``gently``, successive changes of one number at one instant are undone together.
        """
        frame = self._frame
        if frame is None or not exists(frame.setup.network, ref):
            return
        name = parameter_name(frame.setup, ref)
        if self._refuses(lambda: check_number(name, value, -LARGEST, LARGEST)):
            return
        index = index_of(frame.setup.network, ref)
        before = self.value_at(index)
        if value != before:
            instant = (frame.snapshot.epoch, frame.snapshot.update) if gently else None
            self.stack.push(_ParameterCommand(self, index, (before, value), name, instant))

    def change_patterns(self, change: PatternChange, text: str) -> None:
        """Change the training patterns; ``text`` names the change in the Undo action."""
        frame = self._frame
        if frame is None:
            return

        def check() -> None:
            check_change(frame.setup, change, change.check(self._changing))

        if self._refuses(check):
            return
        self.stack.push(_PatternCommand(self, change, text))

    def restore_patterns(self) -> None:
        """Restore the patterns that the problem had before they were edited."""
        frame = self._frame
        original = None if frame is None else frame.setup.patterns.original
        if original is not None:
            change = PatternChange(all_rows(self.train), all_rows(original.train))
            self.change_patterns(change, "restoring the patterns")

    def clamp(self, group: int, unit: int, value: float | None) -> None:
        """Hold a unit at a value; None releases it."""
        frame = self._frame
        if frame is None:
            return
        name = f"clamp of {unit_name(frame.setup, group, unit)}"
        if value is not None and self._refuses(
            lambda: check_number(name, value, -LARGEST, LARGEST)
        ):
            return
        ref = UnitRef(group, unit)
        before = self.clamps.get(ref)
        if before != value:
            self.stack.push(_ClampCommand(self, ref, (before, value), name))

    def lesion(self, group: int, units: Sequence[int]) -> None:
        """Hold these units of a group at 0; they are let go together."""
        if self._frame is None or all(self.clamps.get(UnitRef(group, u)) == 0.0 for u in units):
            return
        named = self._frame.setup.network.groups[group].name
        self.stack.beginMacro(f"lesion of {counted(len(units), 'unit')} of {named}")
        for unit in units:
            self.clamp(group, unit, 0.0)
        self.stack.endMacro()

    def _refuses(self, check: Callable[[], Any]) -> bool:
        try:
            check()
        except BadValue as error:
            self.refused.emit(str(error))
            return True
        return False

    # -- requests to the session -----------------------------------------------------------

    def put_parameter(self, index: int, value: float) -> None:
        """Request a new number at an index, and at all indices tied to it."""
        self._parameters[index] = value
        self._session.send(ApplyEdit(SetParameters(np.array([index]), np.array([value]))))

    def put_patterns(self, change: PatternChange) -> None:
        """Request a change of the training patterns, if it still fits them."""
        if not self._refuses(lambda: change.check(self._changing)):
            self._session.send(ApplyEdit(ChangeTrain(change)))
            self._waiting.append((self._session.edits_sent, change))

    def put_clamp(self, unit: UnitRef, value: float | None) -> None:
        """Request that a unit is clamped, or released with None."""
        clamps = {ref: held for ref, held in self.clamps.items() if ref != unit}
        if value is not None:
            clamps[unit] = value
        self._clamps = clamps
        self._session.send(ApplyEdit(SetClamps(clamps)))


def parameter_name(setup: PreparedExperiment, ref: ParameterRef) -> str:
    """The name of a weight or bias: 'weight x → h1', 'bias of h1', 'threshold of y'."""
    if isinstance(ref, BiasRef) and has_threshold(setup, ref):
        return f"threshold of {unit_name(setup, ref.group, ref.unit)}"
    return ref_name(setup, ref)


def has_threshold(setup: PreparedExperiment, ref: ParameterRef) -> bool:
    """Whether this is the bias of a step unit, which is shown as a threshold: its negative."""
    return isinstance(ref, BiasRef) and setup.network.groups[ref.group].activation == "step"


@guard_overrides
class _ParameterCommand(QUndoCommand):
    """Sets one weight or bias."""

    ID = 1

    def __init__(
        self,
        editor: Editor,
        index: int,
        values: tuple[float, float],
        name: str,
        instant: tuple[int, int] | None,
    ) -> None:
        super().__init__(f"change of {name}")
        self._editor, self.index, self.instant = editor, index, instant
        self.before, self.after = values

    def id(self) -> int:
        """The same for all gentle changes, which may be merged; −1 for others."""
        return -1 if self.instant is None else self.ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merge with a later change of the same number at the same instant."""
        assert isinstance(other, _ParameterCommand)
        if (self.index, self.instant) != (other.index, other.instant):
            return False
        self.after = other.after
        self.setObsolete(self.after == self.before)
        return True

    def redo(self) -> None:
        """Set the new value."""
        self._editor.put_parameter(self.index, self.after)

    def undo(self) -> None:
        """Set the old value."""
        self._editor.put_parameter(self.index, self.before)


@guard_overrides
class _PatternCommand(QUndoCommand):
    """Replaces training patterns."""

    def __init__(self, editor: Editor, change: PatternChange, text: str) -> None:
        super().__init__(text)
        self._editor, self._change = editor, change

    def redo(self) -> None:
        """Apply the change."""
        self._editor.put_patterns(self._change)

    def undo(self) -> None:
        """Apply the inverse change."""
        self._editor.put_patterns(self._change.inverse)


@guard_overrides
class _ClampCommand(QUndoCommand):
    """Clamps or releases one unit."""

    def __init__(
        self,
        editor: Editor,
        unit: UnitRef,
        values: tuple[float | None, float | None],
        name: str,
    ) -> None:
        super().__init__(name)
        self._editor, self._unit = editor, unit
        self._before, self._after = values

    def redo(self) -> None:
        """Set the new clamp, or none."""
        self._editor.put_clamp(self._unit, self._after)

    def undo(self) -> None:
        """Set the old clamp, or none."""
        self._editor.put_clamp(self._unit, self._before)
