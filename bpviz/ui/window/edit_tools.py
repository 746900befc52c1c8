"""Editing weights, biases, patterns and clamps in the window, with one undo stack."""

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from bpviz.core.model.references import BiasRef, ParameterRef, UnitRef, WeightRef
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.session.session import Session
from bpviz.ui.panels.table import PARAMETERS, PATTERNS, UNIT
from bpviz.ui.panels.undoable_edits import Editor, has_threshold, parameter_name
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.widgets.number_editor import NumberEditor
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.hover import Element
from bpviz.ui.views.network.labels import unit_name

if TYPE_CHECKING:
    from bpviz.ui.panels.parameters import ParametersPanel
    from bpviz.ui.panels.unit import UnitPanel

LEAST_STEP = 0.1
"""Change of a weight per notch of the wheel; more for weights of 10 and above."""


class EditTools(QObject):
    """The editor, its panels, and the editing in the network view by click, wheel and menu."""

    pattern_selected = Signal(int)
    refused = Signal(str)
    """Why a change is not allowed."""

    panel_requested = Signal(str)
    """The key of a panel to show; the receiver makes it before it returns."""

    def __init__(self, session: Session, network: NetworkView, parent: QObject) -> None:
        super().__init__(parent)
        self.editor = Editor(session, self)
        self.panels: dict[str, Pictured] = {}
        """The panels that are made, by key."""
        self._parameters: ParametersPanel | None = None
        self._unit: UnitPanel | None = None
        self._network = network
        self._run: tuple[str, Callable[[], None] | None] = "", None
        self._connect()

    def _connect(self) -> None:
        self.editor.refused.connect(self.refused)
        hands = self._network.hands
        hands.pressed.connect(self._show_unit)
        hands.activated.connect(self._open_editor)
        hands.turned.connect(self._turn)
        hands.menu_parts.append(self._fill_menu)

    def make_panel(self, key: str) -> Pictured:
        """Make one of the panels of ``BY_HAND``."""
        make = {
            PATTERNS.key: self._make_patterns,
            PARAMETERS.key: self._make_parameters,
            UNIT.key: self._make_unit,
        }[key]
        panel = self.panels[key] = make()
        panel.pattern_selected.connect(self.pattern_selected)
        return panel

    def _make_patterns(self) -> Pictured:
        from bpviz.ui.panels.patterns import PatternsPanel  # imported on first use

        panel = PatternsPanel(theme=self._network.theme)
        panel.changed_by_hand.connect(self.editor.change_patterns)
        panel.restored.connect(self.editor.restore_patterns)
        return panel

    def _make_parameters(self) -> Pictured:
        from bpviz.ui.panels.parameters import ParametersPanel  # imported on first use

        panel = self._parameters = ParametersPanel(theme=self._network.theme)
        panel.changed_by_hand.connect(self.editor.set_parameter)
        return panel

    def _make_unit(self) -> Pictured:
        from bpviz.ui.panels.unit import UnitPanel  # imported on first use

        panel = self._unit = UnitPanel(theme=self._network.theme)
        panel.clamped.connect(self.editor.clamp)
        return panel

    def connect_actions(self, undo: QAction, redo: QAction) -> None:
        """Let these actions undo and redo edits; their texts name the edit."""
        self._undo, self._redo = undo, redo
        stack = self.editor.stack
        # Not a lambda: the stack still emits while the window is being destroyed.
        stack.indexChanged.connect(self._name_actions)
        undo.triggered.connect(self._take_back)
        redo.triggered.connect(stack.redo)
        self._name_actions()

    def offer_run(self, text: str, bring_back: Callable[[], None] | None) -> None:
        """Let Undo call this when no edit is left to undo; None: it is disabled then."""
        self._run = text, bring_back
        self._name_actions()

    def _take_back(self) -> None:
        if self.editor.stack.canUndo():
            self.editor.stack.undo()
        elif self._run[1] is not None:
            self._run[1]()

    def _name_actions(self) -> None:
        stack, (run, bring_back) = self.editor.stack, self._run
        edited = stack.canUndo()
        for action, word, text, can in (
            (self._undo, "&Undo", stack.undoText() or run, edited or bring_back is not None),
            (self._redo, "&Redo", stack.redoText(), stack.canRedo()),
        ):
            action.setText(f"{word} {text}" if text else word)
            action.setEnabled(can)

    def show_frame(self, frame: Frame) -> None:
        """Update the editor to this instant."""
        self.editor.show_frame(frame)

    # -- in the network view ---------------------------------------------------------------

    def _open_editor(self, target: Element, at: QPointF) -> None:
        ref = self._parameter(target)
        if ref is not None:
            value = self._sign(ref) * self.editor.value(ref)
            self._ask(parameter_name(self._setup, ref), value, at, lambda v: self._set(ref, v))

    def _ask(self, title: str, value: float, at: QPointF, take: Callable[[float], None]) -> None:
        """Open an entry for a number at this point of the view."""
        title = title[:1].upper() + title[1:]
        canvas, theme = self._network.canvas, self._network.theme
        canvas.open_card(NumberEditor(canvas, theme, title, value, take), at)

    def _set(self, ref: ParameterRef, value: float) -> None:
        self.editor.set_parameter(ref, self._sign(ref) * value)

    def _turn(self, target: Element, notches: int, fine: bool) -> None:
        """Change a number to the next multiple of the step, so that it stays round."""
        ref = self._parameter(target)
        if ref is not None:
            now = self._sign(ref) * self.editor.value(ref)
            step = step_of(now) * (0.1 if fine else 1.0)
            value = float(
                f"{next_multiple(now, step, notches):.12g}"
            )  # 0.3, not 0.30000000000000004
            self.editor.set_parameter(ref, self._sign(ref) * value, gently=True)

    @property
    def _setup(self) -> PreparedExperiment:
        assert self.editor.setup is not None  # there is one once something can be clicked
        return self.editor.setup

    def _parameter(self, target: Element) -> ParameterRef | None:
        """The weight, or the bias of the unit; None for an input unit."""
        if isinstance(target, WeightRef):
            return target
        is_input = self._setup.network.groups[target.group].role == "input"
        return None if is_input else BiasRef(target.group, target.unit)

    def _sign(self, ref: ParameterRef) -> float:
        """-1 for a threshold, which is shown and entered as minus the bias."""
        return -1.0 if has_threshold(self._setup, ref) else 1.0

    # -- the menu --------------------------------------------------------------------------

    def _fill_menu(self, menu: QMenu, target: Element, at: QPointF) -> None:
        ref = self._parameter(target)
        if ref is not None:
            name = parameter_name(self._setup, ref)
            self._entry(menu, "menu_change", f"Change {name}…", self._open_editor, target, at)
            self._entry(menu, "menu_zero", f"Set {name} to 0", self._set, ref, 0.0)
            self._entry(menu, "menu_list", "Show in the table", self._list, ref)
        if isinstance(target, UnitRef):
            menu.addSeparator()
            self._fill_unit_menu(menu, target, at)

    def _fill_unit_menu(self, menu: QMenu, unit: UnitRef, at: QPointF) -> None:
        name = unit_name(self._setup, unit.group, unit.unit)
        held = self.editor.clamps.get(unit)
        clamp = partial(self.editor.clamp, unit.group, unit.unit)
        for value in (0.0, 1.0):
            if held != value:
                self._entry(menu, f"menu_hold_{value:g}", f"Hold {name} at {value:g}", clamp, value)
        now = 0.0 if held is None else held
        self._entry(
            menu, "menu_hold", f"Hold {name} at…", self._ask, f"hold {name} at", now, at, clamp
        )
        if held is not None:
            self._entry(menu, "menu_free", f"Let {name} go", clamp, None)
        self._entry(menu, "menu_truth", f"What {name} says to each pattern", self._look_at, unit)

    @staticmethod
    def _entry(menu: QMenu, key: str, text: str, do: Callable[..., None], *what: object) -> None:
        action = menu.addAction(text.replace("&", "&&"))
        action.setObjectName(key)
        action.triggered.connect(lambda: do(*what))

    def _list(self, ref: ParameterRef) -> None:
        self.panel_requested.emit(PARAMETERS.key)
        assert self._parameters is not None
        self._parameters.reveal(ref)

    def _show_unit(self, target: Element) -> None:
        """Show what was clicked in the panels that are visible."""
        panel, ref = self._unit, self._parameter(target)
        if ref is not None and self._parameters is not None and self._parameters.isVisible():
            self._parameters.reveal(ref)
        if isinstance(target, UnitRef) and panel is not None and panel.isVisible():
            panel.set_unit(target)

    def _look_at(self, unit: UnitRef) -> None:
        self.panel_requested.emit(UNIT.key)
        assert self._unit is not None
        self._unit.set_unit(unit)


def step_of(value: float) -> float:
    """The change per notch of the wheel: a unit of the number's second digit."""
    if abs(value) < 10.0:
        return LEAST_STEP
    return 10.0 ** (math.floor(math.log10(abs(value))) - 1)


def next_multiple(value: float, step: float, notches: int) -> float:
    """The multiple of ``step`` that is ``notches`` multiples above (or below) ``value``."""
    at = value / step
    near = round(at)
    if abs(at - near) < 1e-6:
        return (near + notches) * step
    return (math.floor(at) + notches if notches > 0 else math.ceil(at) + notches) * step
