"""The base of every view: a frame widget of which pictures are made."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.run.quantities import Quantity
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.pictured import Pictured


class View(Pictured):
    """A view of the run, with a place in the menus; its object name is ``view_<key>``."""

    on_surface: ClassVar[bool] = True
    """Whether the background is the theme's surface, as in a plot, rather than the panel colour."""

    quantity_chosen = Signal(object)
    """A Quantity that the user wants plotted over time."""

    quantities_dropped = Signal(object)
    """A tuple of Quantity that the user no longer wants plotted."""

    filling_stopped = Signal()
    """The user cancelled filling in the past of the plotted quantities."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.setObjectName(f"view_{self.key}")
        self.setAutoFillBackground(self.on_surface)
        View.set_theme(self, theme)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of this theme."""
        super().set_theme(theme)
        if self.on_surface:
            self.setPalette(theme.view_palette())

    def pointed_quantities(self) -> tuple[Quantity, ...]:
        """The quantities under the pointer that can be plotted over time, most usual first."""
        return ()
