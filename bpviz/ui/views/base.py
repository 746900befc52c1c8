"""What every view is: a widget that shows frames and never writes the model."""

from collections.abc import Iterator
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bpviz.core.analysis.quantities import Quantity
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme


class View(QWidget):
    """A view of the run.

    ``key`` names its files and its objectName (view_<key>), ``title`` stands above it. A frame
    whose setup is another object than the last one's means that settings changed; one with
    another network object, that a new run began.

    A picture is made by a second instance of the same class: same theme, same ``choices``, same
    frame, another size. So all that decides how a view looks must be in those three.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    vector: ClassVar[bool] = False
    """Whether an SVG of this view is made of lines and text; only maps in it are bitmaps."""

    pattern_selected = Signal(int)
    """The row number of the training pattern that a person chose in this view."""

    choices_changed = Signal()
    """A person changed how the view looks, or what it needs (see ``wants``)."""

    quantity_chosen = Signal(object)
    """A Quantity that a person wants to see plotted over time."""

    quantities_dropped = Signal(object)
    """A tuple of Quantity that a person wants to follow no longer."""

    filling_stopped = Signal()
    """A person waits no longer for the past of what is followed."""

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setObjectName(f"view_{self.key}")
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.about)

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether there is anything of this frame to make a picture of."""
        return True

    def wants(self) -> SnapshotRequest:
        """What the next snapshot should hold for this view."""
        return SnapshotRequest()

    def prepare(self, frame: Frame) -> Iterator[None]:
        """Get ready to show this instant, in pieces of a few ms: ``show_frame`` follows.

        Nothing of it is on screen yet. Only where showing and painting take long.
        """
        return iter(())

    def show_frame(self, frame: Frame) -> None:
        """Show this instant. Called at most once a frame, only while the view is visible, or after
        ``prepare`` if it is not by then."""
        raise NotImplementedError

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.theme = theme

    def select_pattern(self, row: int) -> None:
        """Show this training pattern wherever the view shows a single one."""

    def pointed_quantities(self) -> tuple[Quantity, ...]:
        """What could be plotted over time of what a person points at, most usual first."""
        return ()

    def choices(self) -> dict[str, Any]:
        """What a person chose in this view (axes, order, pattern, ...), as plain values."""
        return {}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices from another instance; unknown or unfit ones are passed over."""
