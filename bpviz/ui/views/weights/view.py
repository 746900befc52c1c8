"""The weights view: a Hinton diagram, squares by sign and area, a block for each connection."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QWidget

from bpviz.core.model.references import BiasRef, ParameterRef, WeightRef, exists, index_of
from bpviz.core.text.number_words import plain
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import LEAST_WEIGHT_LIMIT, steady_limit
from bpviz.ui.toolkit.drawing.legend import KeyRow, LegendKey
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.drawing.unit_names import ref_name
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.plot_menu import plot_menu
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.base import View
from bpviz.ui.views.weights.diagram import Diagram
from bpviz.ui.views.weights.layout import left_out

ROBUST = 99
"""So many of 100 weights lie within the scale; the rest fill their cells, too."""


@guard_overrides
class WeightsView(View):
    """All weights and biases at one instant; ``choices`` hold the end of their scale, and
    ``fields``: whether the weights from the inputs are shown as images, one for each unit.

    The scale keeps still while training, so it depends on what was shown before.
    """

    key: ClassVar[str] = "weights"
    title: ClassVar[str] = "Hinton"
    about: ClassVar[str] = (
        "Hinton diagram: a square for each weight and bias, blue positive and orange negative, "
        "its area the magnitude; the weights from the inputs also as images, one for each unit"
    )
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._limit = 0.0
        self._keys = KeyRow(theme, self)
        self._fields_box = Toggle(
            "Receptive fields", "weights_fields",
            "The weights from the inputs as a small image for each unit",
        )  # fmt: skip
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._diagram = Diagram(self, theme)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("weights_readout")
        header = row_of(self._fields_box, (self._keys, 3), (self._instant, 1))
        fill_column(self, header, (self._diagram, 1), self._readout)
        self._diagram.pointed.connect(self._read)
        self._fields_box.clicked.connect(self._choose)
        self.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        if self._frame is not None and frame.setup.network is not self._frame.setup.network:
            self._limit = 0.0
        self._frame = frame
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for part in (self._fields_box, self._keys, self._instant, self._diagram, self._readout):
            part.set_theme(theme)
        self._show()

    def choices(self) -> dict[str, Any]:
        """The end of the scale, and whether receptive fields are shown."""
        return {"limit": self._limit, "fields": self._fields_box.isChecked()}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over the scale of another instance."""
        limit = choices.get("limit")
        if isinstance(limit, float) and np.isfinite(limit) and limit >= 0.0:
            self._limit = limit
        if type(choices.get("fields")) is bool:
            self._fields_box.setChecked(choices["fields"])
            self._diagram.set_fields(choices["fields"])
        self._show()

    def pointed_quantities(self) -> tuple[ParameterRef, ...]:
        """The weight or bias that is pointed at."""
        cell = self._diagram.cell
        if self._frame is None or cell is None:
            return ()
        block, network = self._diagram.blocks[cell.block], self._frame.setup.network
        source, unit = block.ends(cell.row, cell.column)
        if source < 0:
            return (BiasRef(network.connections[block.connection].target, unit),)
        weight = WeightRef(block.connection, source, unit)
        return (weight,) if exists(network, weight) else ()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to plot over time what is pointed at."""
        quantities = self.pointed_quantities()
        if self._frame is None or not quantities:
            return
        menu = plot_menu(self, self._frame.setup, quantities, self.quantity_chosen.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _choose(self) -> None:
        self._diagram.set_fields(self._fields_box.isChecked())
        self.choices_changed.emit()

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame = self._frame
        if frame is None:
            return
        sizes = np.abs(frame.snapshot.parameters)
        sizes = sizes[np.isfinite(sizes)]
        robust = float(np.percentile(sizes, ROBUST, method="higher")) if len(sizes) else 0.0
        least = LEAST_WEIGHT_LIMIT if robust > 0.0 else 0.0
        self._limit = steady_limit(max(robust, least), self._limit)
        self._diagram.show_weights(frame.setup, frame.snapshot.parameters, self._limit)
        self._instant.set_text(*frame.snapshot.instants)
        self._keys.set_keys(
            (
                LegendKey("area", self.theme.colour("positive"), "positive"),
                LegendKey("area", self.theme.colour("negative"), "negative"),
                LegendKey(
                    "area", self.theme.colour("grid"), f"full cell: {plain(self._limit, 6)} or more"
                ),
            )
        )
        self._read()

    def _read(self) -> None:
        """Say which number is pointed at, or else what is not drawn."""
        if self._frame is None:
            return
        setup, parameters = self._frame.setup, self._frame.snapshot.parameters
        quantities = self.pointed_quantities()
        if not quantities:
            absent = self._diagram.cell is not None
            note = left_out(setup, self._diagram.blocks)
            self._readout.set_text("no weight here" if absent else note)
            return
        (ref,) = quantities
        value = parameters[index_of(setup.network, ref)]
        self._readout.set_text(f"{ref_name(setup, ref)}: {value:+.4f}".replace("-", "−"))
