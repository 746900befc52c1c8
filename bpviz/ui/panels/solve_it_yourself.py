"""Solve it yourself: the user sets weights and thresholds until every row of the table is right.

Training is paused meanwhile. Leaving the mode restores the weights from before; entering it again
restores the last attempt at the same problem and network, also after a restart.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from bpviz.core.learning.settings import Training
from bpviz.core.run.edits import Edit, SetParameters
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.text.number_words import counted
from bpviz.core.values import BadValue, Vector
from bpviz.experiment.experiment import Experiment, Stop
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.lessons.solving import check_solvable, free_indices, unsolved_start
from bpviz.session.commands import ApplyEdit, Pause, PublishFrame
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.session.status import TRAINING
from bpviz.sharing.link_text import link_text
from bpviz.ui.panels.undoable_edits import Editor
from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.frame_widget import FrameWidget
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.naming import named

MOST_KEPT = 400
"""Most numbers of an attempt that are stored in the settings."""

HOW = "Double-click a weight or threshold to set it."


class SolveBar(FrameWidget):
    """The bar above the network: the count of right rows, and buttons to start over and leave."""

    key: ClassVar[str] = "solve"
    title: ClassVar[str] = "Solve it yourself"
    about: ClassVar[str] = "How many rows of the table are right with the weights set by hand"

    started_over = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.changes: Callable[[], int] = lambda: 0
        """Returns the number of changes by hand, for the message when the problem is solved."""
        self._solved = False
        self._icon = QLabel()
        self.text = named(QLabel(), "solve_text")
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        over = named(QPushButton("Start over"), "solve_over", "Back to the weights of the start")
        leave = named(
            QPushButton("Leave"), "solve_leave",
            "Back to the weights from before; what you tried is kept for the next time",
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        for widget in (self._icon, self.text, over, leave):
            row.addWidget(widget)
        over.clicked.connect(self.started_over)
        leave.clicked.connect(self.left)
        self.set_theme(theme)
        self.hide()

    def snapshot_request(self) -> SnapshotRequest:
        """The outputs for all rows."""
        return SnapshotRequest(outputs=True)

    def show_frame(self, frame: Frame) -> None:
        """Count the rows."""
        answers, train = frame.snapshot.train_outputs, frame.setup.patterns.train
        if answers is None:
            return
        right, n = frame.setup.criterion.count(train.targets, answers), len(train)
        self._solved = right == n
        if self._solved:
            changes = self.changes()
            words = f", with {counted(changes, 'change')} by hand" if changes else ""
            said = f"<b>Solved: all {n} rows are right</b>{words}."
        else:
            said = f"<b>{right} of {n} rows right.</b> {HOW}"
        self.text.setText(said)
        self._dress()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._dress()

    def _dress(self) -> None:
        theme = self.theme
        colour = theme.test if self._solved else theme.accent
        picture = "check-circle" if self._solved else "pencil"
        self._icon.setPixmap(icons.icon(picture, colour=colour).pixmap(QSize(18, 18)))
        self.setStyleSheet(
            f"#{self.objectName()} {{ background: {theme.surface}; border: none;"
            f" border-left: 4px solid {colour}; border-bottom: 1px solid {theme.border}; }}"
        )


class Solving(QObject):
    """Begins and ends the mode, and keeps the attempts."""

    toggled = Signal(bool)
    """The mode has begun or ended."""

    refused = Signal(str)
    """A sentence: why the mode cannot begin."""

    def __init__(
        self, session: Session, editor: Editor, settings: Settings, bar: SolveBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._editor, self._settings, self._bar = session, editor, settings, bar
        self._frame: Frame | None = None
        self._waits = False
        self._setup: PreparedExperiment | None = None
        self._before = self._start = self._now = np.empty(0)
        self._tried: dict[str, Vector] = {}
        bar.changes = editor.stack.index
        bar.started_over.connect(self._start_over)
        bar.left.connect(self.leave)
        session.status_changed.connect(lambda _: self._begin_at_rest())

    @property
    def is_on(self) -> bool:
        """Whether the mode is on."""
        return self._setup is not None

    def begin(self) -> None:
        """Begin with the problem on screen, paused, and weights that do not solve it."""
        self._waits = True
        self._session.send(Pause())
        # The frame published for this is one of the paused run.
        self._session.send(PublishFrame(self._bar.snapshot_request()))

    def begin_from(self, edits: Iterable[Edit]) -> None:
        """Begin with the weights on screen and these edits, which a lesson gives."""
        if self._frame is not None:
            network, start = self._frame.setup.network, np.array(self._frame.snapshot.parameters)
            for edit in edits:
                if isinstance(edit, SetParameters):
                    network.assign(start, edit.indices, edit.values)
            self._enter(self._frame, start, start)

    def leave(self) -> None:
        """End the mode, also if it is about to begin, and restore the weights from before."""
        self._waits = False
        if self._setup is not None:
            self._note()
            self._put(self._before)
            self._end()

    def show_frame(self, frame: Frame) -> None:
        """Follow the run; a new run ends the mode."""
        self._frame = frame
        if self._setup is None:
            self._begin_at_rest()
        elif frame.setup.run_id != self._setup.run_id:
            self._note()
            self._end()
        else:
            self._now = frame.snapshot.parameters[free_indices(self._setup)]

    def keep(self) -> None:
        """Store the attempts in the settings."""
        self._note()
        for key, values in self._tried.items():
            if len(values) <= MOST_KEPT:
                self._settings.set(f"solve/{key}", " ".join(map(float.hex, values.tolist())))

    def _begin_at_rest(self) -> None:
        frame = self._frame
        busy = self._session.status.state in (*TRAINING, "loading")
        if not self._waits or frame is None or busy or not self._session.mailbox.commands.empty():
            return
        self._waits = False
        try:
            check_solvable(frame.setup)
        except BadValue as error:
            self.toggled.emit(False)
            self.refused.emit(str(error))
            return
        now = frame.snapshot.parameters
        self._enter(frame, unsolved_start(frame.setup, now), now)

    def _enter(self, frame: Frame, start: Vector, before: Vector) -> None:
        self._setup, indices = frame.setup, free_indices(frame.setup)
        self._before = np.array(before[indices])
        self._start = start[indices]
        tried = self._recall(_key(frame.setup.experiment), len(indices))
        self._put(self._start if tried is None else tried)
        self._bar.show()
        self.toggled.emit(True)

    def _end(self) -> None:
        self._setup = None
        self._editor.clear()
        self._bar.hide()
        self.toggled.emit(False)

    def _note(self) -> None:
        if self._setup is not None:
            self._tried[_key(self._setup.experiment)] = self._now

    def _start_over(self) -> None:
        self._put(self._start)

    def _put(self, values: Vector) -> None:
        """Set all free numbers, and clear the undo stack."""
        assert self._setup is not None
        self._editor.clear()
        self._now = np.array(values)
        self._session.send(ApplyEdit(SetParameters(free_indices(self._setup), values)))

    def _recall(self, key: str, n: int) -> Vector | None:
        if key in self._tried:
            return self._tried[key]
        try:
            text = self._settings.text(f"solve/{key}")
            values = np.array([float.fromhex(word) for word in text.split()])
        except (ValueError, OverflowError):
            return None
        return values if len(values) == n and np.isfinite(values).all() else None


def _key(experiment: Experiment) -> str:
    """A key of the problem and network, the same for all settings of training."""
    plain = replace(
        experiment, rule="backpropagation", training=Training(), stop=Stop(), seed=0, spread=0.5,
        initializer="uniform", error="squared",
    )  # fmt: skip
    try:
        text = link_text(plain)
    except BadValue:
        text = repr(plain)
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
