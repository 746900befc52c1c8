"""The output view: its modes, switches and choices."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStackedLayout,
    QWidget,
)

from bpviz.core.model.patterns import Split
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.base import View
from bpviz.ui.views.output.modes import (
    MODES,
    SWITCHES,
    OutputMode,
    Switch,
    allowed_unit,
    modes_for,
    output_choices,
)
from bpviz.ui.views.output.part import OutputChoice, OutputPart

NO_FRAME = "The answers of the network appear here."
LOW = 200
"""Below this height, px at 100 % text, the line below the part gives way."""

NOT_COMPUTED = "not computed at this instant"


@guard_overrides
class OutputView(View):
    """The outputs of the network in one snapshot.

    Choices: ``mode`` (a key of MODES, None until chosen), ``split`` ("train" or "test"; until it
    is chosen None: test patterns where the mode tests, if there are any),
    ``unit`` (an output, None for the predicted class if there are classes), ``selected``.
    """

    key: ClassVar[str] = "output"
    title: ClassVar[str] = "Output"
    about: ClassVar[str] = "What the network answers, beside what it should answer."

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._mode: str | None = None
        self._split: Split | None = None
        self._choice = OutputChoice()
        self._selected: int | None = None
        self._parts: dict[str, OutputPart] = {}
        self._shown: OutputMode | None = None
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self._mode_box = self._box("output_mode", "Way to show the output", self._choose_mode)
        self._unit_box = self._box("output_unit", "Which output is shown", self._choose_unit)
        self._split_box = self._box("output_split", "Training or test patterns", self._choose_split)
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("output_readout")
        self._hint = named(QLabel(NO_FRAME), "output_hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._switches = {switch.name: self._switch(switch) for switch in SWITCHES}
        boxes = self._mode_box, self._unit_box, self._split_box, *self._switches.values()
        self._stack = QStackedLayout()
        self._hint.setParent(self)  # without a parent it would be shown as a window
        self._stack.addWidget(self._hint)
        fill_column(self, row_of(*boxes, (self._instant, 1)), (self._stack, 1), self._readout)

    def _box(self, name: str, tip: str, chosen: Callable[[], None]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(tip)
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.activated.connect(lambda _index: chosen())
        return box

    def _switch(self, switch: Switch) -> Toggle:
        button = Toggle(switch.label, f"output_{switch.name}", switch.tip, self)
        button.setAccessibleName(switch.title)
        button.setChecked(getattr(self._choice, switch.name))
        button.clicked.connect(self._choose_switches)  # not toggled: clicks only
        return button

    # -- as every view ---------------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """What the current mode needs."""
        if self._shown is None:
            return SnapshotRequest(outputs=True, probe=True)
        solving = SnapshotRequest(activations=self._choice.solving)
        return self._part(self._shown).needs | solving

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self._hint.setPalette(theme.hint_palette())
        self._instant.set_theme(theme)
        self._readout.set_theme(theme)
        for button in self._switches.values():
            button.set_theme(theme)
        for part in self._parts.values():
            part.set_theme(theme)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        new = self._frame is None or self._frame.setup is not frame.setup
        self._frame = frame
        if new:
            self._take_setup(frame)
        self._show()

    def select_pattern(self, row: int) -> None:
        """Mark this training pattern."""
        self._selected = row
        if self._shown is not None:
            self._part(self._shown).select_pattern(row)

    def choices(self) -> dict[str, Any]:
        """Mode, split, output and marked pattern."""
        return {
            "mode": self._mode,
            "split": self._split,
            "unit": self._choice.unit,
            **{name: getattr(self._choice, name) for name in self._switches},
            "solving": self._choice.solving,
            "selected": self._selected,
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
        if choices.get("mode") in {mode.key for mode in MODES}:
            self._mode = choices["mode"]
        if "split" in choices and choices["split"] in ("train", "test", None):
            self._split = choices["split"]
        for name in (*self._switches, "solving"):
            if isinstance(choices.get(name), bool):
                self._choice = replace(self._choice, **{name: choices[name]})
        for name, button in self._switches.items():
            button.setChecked(getattr(self._choice, name))
        for name in ("unit", "selected"):
            value = choices.get(name)
            if name in choices and (value is None or (type(value) is int and value >= 0)):
                if name == "unit":
                    self._choice = replace(self._choice, unit=value)
                else:
                    self._selected = value
        if self._frame is not None:
            self._take_setup(self._frame)
            self._show()

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, frame: Frame) -> None:
        """Adapt the controls to other patterns, and the choices that they do not allow."""
        patterns = frame.setup.patterns
        modes = modes_for(patterns, hidden=bool(frame.setup.network.hidden))
        self._shown = next((mode for mode in modes if mode.key == self._mode), modes[0])
        self._choice = replace(self._choice, unit=allowed_unit(patterns, self._choice.unit))
        usual: Split = "test" if self._shown.tests else "train"
        split: Split = "train" if patterns.test is None else self._split or usual
        self._choice = replace(self._choice, split=split)
        self._fill(self._mode_box, [(mode.label, mode.key) for mode in modes], self._shown.key)
        self._fill(self._unit_box, output_choices(patterns), self._choice.unit)
        splits = [(f"train ({len(patterns.train):,})", "train")]
        if patterns.test is not None:
            splits.append((f"test ({len(patterns.test):,})", "test"))
        self._fill(self._split_box, splits, self._choice.split)
        self._fit_controls()

    def _fill(self, box: QComboBox, items: list[tuple[str, Any]], chosen: Any) -> None:
        with QSignalBlocker(box):
            box.clear()
            for text, data in items:
                box.addItem(text, data)
            box.setCurrentIndex([data for _, data in items].index(chosen))

    def _fit_controls(self) -> None:
        """Show only the controls that change something in this mode."""
        part = None if self._shown is None else self._part(self._shown)
        self._mode_box.setVisible(part is not None)
        units, splits = self._unit_box.count() > 1, self._split_box.count() > 1
        self._unit_box.setVisible(part is not None and part.uses_unit and units)
        self._split_box.setVisible(part is not None and part.uses_split and splits)
        setup = None if self._frame is None else self._frame.setup
        for switch in SWITCHES:
            offered = part is not None and setup is not None and switch.name in part.offers
            fits = offered and setup is not None and switch.fits(setup, self._choice)
            self._switches[switch.name].setVisible(fits)

    def _part(self, mode: OutputMode) -> OutputPart:
        """The part of a mode, made when it is first shown."""
        if mode.key not in self._parts:
            part = mode.part(self.theme)
            part.hovered.connect(self._read)
            part.pattern_selected.connect(self._choose_pattern)
            self._parts[mode.key] = part
            self._stack.addWidget(part)
        return self._parts[mode.key]

    # -- choices of the user ---------------------------------------------------------------

    def _choose_mode(self) -> None:
        self._mode = self._mode_box.currentData()
        if self._frame is not None:
            self._take_setup(self._frame)
        self._chosen()

    def _choose_unit(self) -> None:
        self._choice = replace(self._choice, unit=self._unit_box.currentData())
        self._fit_controls()
        self._chosen()

    def _choose_switches(self) -> None:
        on: dict[str, Any] = {name: button.isChecked() for name, button in self._switches.items()}
        self._choice = replace(self._choice, **on)
        self._chosen()

    def _choose_split(self) -> None:
        self._split = self._split_box.currentData()
        self._choice = replace(self._choice, split=self._split)
        self._chosen()

    def _chosen(self) -> None:
        self._show()
        self.choices_changed.emit()

    def _choose_pattern(self, row: int) -> None:
        self.select_pattern(row)
        self.pattern_selected.emit(row)

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame, mode = self._frame, self._shown
        if frame is None or mode is None:
            self._fit_controls()
            self._stack.setCurrentWidget(self._hint)
            return
        part = self._part(mode)
        self._instant.set_text(*frame.snapshot.instants)
        if not part.is_available(frame, self._choice):
            self._hint.setText(NOT_COMPUTED)
            self._stack.setCurrentWidget(self._hint)
            self._readout.set_text("")
            return
        part.show_frame(frame, self._choice)
        if self._stack.currentWidget() is not part:
            part.select_pattern(self._selected)
            self._stack.setCurrentWidget(part)
        if not part.underMouse():
            self._read("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of the lowest line to the part, or take it back."""
        self._read("")

    def _read(self, text: str) -> None:
        """Show the text about what is under the mouse, or else the part's note.

        Where there is little height and no note, the text stands in place of the instant.
        """
        part = None if self._shown is None else self._part(self._shown)
        note = part.note if part is not None else ""
        low = self.height() < scaled(LOW) and not note
        self._readout.setVisible(not low)
        self._readout.set_text(text or note)
        if self._frame is not None:
            instants = self._frame.snapshot.instants
            self._instant.set_text(*((text,) if low and text else instants))
