"""The base of every widget of which pictures are made: the views, and panels that show numbers."""

from typing import Any, ClassVar

from bpviz.session.frame import Frame
from bpviz.ui.toolkit.frame_widget import FrameWidget


class Pictured(FrameWidget):
    """A frame widget with pictures; ``key`` names their files.

    A picture is made by a second instance of the same class: same theme, same ``choices``, same
    frame, another size. Whatever determines how it looks must be in those three.
    """

    vector: ClassVar[bool] = False
    """Whether an SVG of this widget consists of lines and text, with bitmaps for maps only."""

    @classmethod
    def has_content(cls, frame: Frame) -> bool:
        """Whether a new instance shows anything of this frame, and so is worth a picture."""
        return True

    def is_empty(self, frame: Frame) -> bool:
        """Whether this instance shows nothing of this frame but a hint."""
        return not self.has_content(frame)

    def choices(self) -> dict[str, Any]:
        """What the user chose here (axes, order, pattern, ...), as values that do not change."""
        return {}

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Apply the choices of another instance; unknown and invalid ones are ignored."""
