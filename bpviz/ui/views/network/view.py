"""The network view: units filled by the activations of one pattern, weights as lines."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from bpviz.core.model.references import UnitRef
from bpviz.core.run.cursor import Cursor
from bpviz.core.run.quantities import Quantity
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.values import Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.response_maps import why_not
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.plot_menu import add_plot_actions, quantities_of
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.base import View
from bpviz.ui.views.network.canvas import NetworkCanvas, same_picture
from bpviz.ui.views.network.hover import Element, ElementSet, Highlight
from bpviz.ui.views.network.overlay_bar import OverlayBar
from bpviz.ui.views.network.overlays import OVERLAYS, WEIGHT, Overlay
from bpviz.ui.views.network.pattern_pass import Limits, needs_activations
from bpviz.ui.views.network.phases import phase_overlay
from bpviz.ui.views.network.pointer_input import PointerInput
from bpviz.ui.views.network.strip import PatternStrip

CHEAP = 20_000_000
"""Up to so many patterns times parameters, pointing at something has the gradient computed."""


@guard_overrides
class NetworkView(View):
    """The network in one snapshot, with the pattern that the user chose.

    ``choices`` are the row of the pattern (or the drawing), what lines show, and the current ends
    of the scales, which depend on the snapshots shown before.
    """

    key: ClassVar[str] = "network"
    title: ClassVar[str] = "Network"
    about: ClassVar[str] = (
        "Units filled by the activation of the chosen pattern; weights as lines, blue positive "
        "and orange negative, their magnitude as width and strength. Instead of weights, lines can "
        "show the gradient, the last change or the signal."
    )
    vector: ClassVar[bool] = True
    on_surface: ClassVar[bool] = False

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._setup: PreparedExperiment | None = None
        self._row = 0
        self._chosen_overlay: Overlay = WEIGHT
        self.canvas = NetworkCanvas(self, theme)
        self.hands = PointerInput(self.canvas)
        self.hands.menu_parts.append(self._offer_plots)
        self.strip = PatternStrip(self)
        self.strip.setEnabled(False)
        self.strip.chosen.connect(self._choose)
        self.overlays = OverlayBar(self)
        self.overlays.chosen.connect(self._choose_overlay)
        self.canvas.corner = self.overlays
        self.responses = Toggle(
            "Responses", "network_responses",
            "Fill hidden units with what they answer over the plane of the two inputs",
        )  # fmt: skip
        self.responses.hide()
        self.responses.clicked.connect(self._choose_responses)
        self.strip.add(self.responses)
        self.canvas.pointed.connect(self._ask_for_numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.strip)
        self.overlays.raise_()

    def snapshot_request(self) -> SnapshotRequest:
        """Activations if the scale of a group depends on them, and what lines show.

        If something is pointed at, also its numbers, if they are cheap.
        """
        if self._setup is None:
            return SnapshotRequest()
        overlay, pointing = self._chosen_overlay.key, self.canvas.target is not None
        parameters = self._setup.network.n_parameters
        cheap = parameters * len(self._setup.patterns.train) <= CHEAP
        return SnapshotRequest(
            activations=needs_activations(self._setup),
            neg_gradient=overlay == "gradient" or (pointing and cheap),
            change=overlay == "change" or pointing,
        )

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        if frame.setup is not self._setup:
            self._set_setup(frame.setup)
        cursor = frame.snapshot.cursor
        follows = cursor is not None and cursor.row not in (-1, self._row)
        if cursor is not None and follows:
            self._row = cursor.row
        self._follow_phase(cursor)
        training = frame.epochs_per_second > 0.0
        self.canvas.show_snapshot(frame.setup, frame.snapshot, self._row, training=training)
        if follows:
            self.strip.set_row(self._row)
            self.pattern_selected.emit(self._row)

    def _follow_phase(self, cursor: Cursor | None) -> None:
        """Show the chosen overlay, as far as it is known inside an update."""
        overlay = phase_overlay(self._chosen_overlay, cursor)
        if overlay is not self.canvas.overlay:
            self.canvas.set_overlay(overlay)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        self.canvas.set_theme(theme)
        self.strip.follow_palette()
        self.overlays.set_theme(theme)
        self.responses.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the buttons to their corner."""
        super().resizeEvent(event)
        self.overlays.fit(self.width())

    def select_pattern(self, row: int) -> None:
        """Fill the units by this training pattern; rows that do not exist are ignored."""
        if row < 0 or (self._setup is not None and row >= len(self._setup.patterns.train)):
            return
        self._row = row
        self.strip.set_row(row)
        self.canvas.show_row(row)

    def show_drawing(self, drawing: Vector | None) -> None:
        """Fill the units by a drawing (inputs,), or with None by the chosen pattern again."""
        self.canvas.show_drawing(drawing)

    def highlight(self, target: Highlight | None) -> None:
        """Highlight what is pointed at in another view, or with None nothing."""
        if target != self.canvas.highlight:
            self.canvas.highlight = target
            self.canvas.refresh()

    def pointed_quantities(self) -> tuple[Quantity, ...]:
        """The weight that is pointed at, or the activation, delta and bias of the unit."""
        target = self.canvas.target or self.canvas.highlight
        if self._setup is None or target is None or isinstance(target, ElementSet):
            return ()
        if isinstance(target, UnitRef):
            return quantities_of(self._setup, target, self._row)
        return (target,)

    def choices(self) -> dict[str, Any]:
        """The row of the pattern, what lines show, and the ends of the scales."""
        limits = self.canvas.limits
        scales = {"weight": limits.weight, "activations": limits.activations} if limits else {}
        return {
            "pattern": self._row,
            "overlay": self._chosen_overlay.key,
            "responses": self.canvas.with_responses,
            **scales,
            **({} if self.canvas.drawing is None else {"drawing": self.canvas.drawing.tolist()}),
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the pattern or drawing, overlay and scales of another instance."""
        row = choices.get("pattern")
        if isinstance(row, int):
            self.select_pattern(row)
        drawing = choices.get("drawing")
        if isinstance(drawing, list | tuple) and np.isfinite(drawing).all():
            self.show_drawing(np.array(drawing, dtype=np.float64))
        if choices.get("overlay") in OVERLAYS:
            self._show_overlay(OVERLAYS[choices["overlay"]])
        if isinstance(choices.get("responses"), bool):
            self.responses.setChecked(choices["responses"])
            self.canvas.set_responses(choices["responses"])
        weight, activations = choices.get("weight"), choices.get("activations")
        if isinstance(weight, float) and isinstance(activations, tuple | list):
            self.canvas.limits = Limits(weight, tuple(activations))
            self.canvas.refresh()

    def _set_setup(self, setup: PreparedExperiment) -> None:
        before, known = self.snapshot_request(), self._setup
        self._setup = setup
        if known is not None and same_picture(setup, known):
            return
        if self._row >= len(setup.patterns.train):
            self._row = 0
        self.strip.set_patterns(setup.patterns, self._row)
        self.strip.setEnabled(True)
        self.responses.setVisible(not why_not(setup))
        if self.snapshot_request() != before:
            self.choices_changed.emit()

    def _choose_responses(self) -> None:
        self.canvas.set_responses(self.responses.isChecked())
        self.choices_changed.emit()

    def _choose_overlay(self, overlay: Overlay) -> None:
        self._show_overlay(overlay)
        self.choices_changed.emit()  # the next snapshot must hold it

    def _show_overlay(self, overlay: Overlay) -> None:
        self.overlays.set_overlay(overlay)
        self._chosen_overlay = overlay
        snapshot = self.canvas.snapshot_shown
        self._follow_phase(None if snapshot is None else snapshot.cursor)

    def _offer_plots(self, menu: QMenu, target: Element, at: QPointF) -> None:
        """Add the quantities of the unit or weight that can be plotted over time."""
        if self._setup is not None:
            quantities = self.pointed_quantities()
            add_plot_actions(menu, self._setup, quantities, self.quantity_chosen.emit)

    def _ask_for_numbers(self) -> None:
        """Ask for a frame with the numbers of what is pointed at, if this one lacks them."""
        request, snapshot = self.snapshot_request(), self.canvas.snapshot_shown
        if snapshot is not None and (
            (request.neg_gradient and snapshot.neg_gradient is None)
            or (request.change and snapshot.change is None and snapshot.epoch + snapshot.update > 0)
        ):
            self.choices_changed.emit()

    def _choose(self, row: int) -> None:
        self.select_pattern(row)
        self.pattern_selected.emit(row)
