"""The base of every view: a frame widget of which pictures are made."""

from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.run.quantities import Quantity
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.frame_widget import FrameWidget


class View(FrameWidget):
    """A view of the run, with pictures and a place in the menus.

    ``key`` names its picture files and is part of its object name (``view_<key>``).

    A picture is made by a second instance of the same class: same theme, same ``choices``, same
    frame, another size. Whatever determines how a view looks must be in those three.
    """

    vector: ClassVar[bool] = False
    """Whether an SVG of this view consists of lines and text, with bitmaps for maps only."""

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

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether a new instance shows anything of this frame, and so is worth a picture."""
        return True

    def is_empty(self, frame: Frame) -> bool:
        """Whether this instance shows nothing of this frame but a hint."""
        return not self.has_content(frame)

    def pointed_quantities(self) -> tuple[Quantity, ...]:
        """The quantities under the pointer that can be plotted over time, most usual first."""
        return ()

    def choices(self) -> dict[str, Any]:
        """What the user chose in this view (axes, order, pattern, ...), as plain values."""
        return {}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
