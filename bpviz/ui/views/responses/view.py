"""What every hidden unit answers at every point of the plane of two inputs."""

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from bpviz.core.text.number_words import number_text, plain
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import merged
from bpviz.ui.toolkit.drawing.legend import Legend, LegendKey
from bpviz.ui.toolkit.drawing.response_maps import ResponseMaps, response_maps, why_not
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.drawing.unit_names import unit_names
from bpviz.ui.toolkit.widgets.columns import fill_column, row_of
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.placeholder_page import PlaceholderPage
from bpviz.ui.views.base import View
from bpviz.ui.views.responses.canvas import ResponsesCanvas

NO_FRAME = "The responses of the hidden units appear here."
LEGEND_FROM = 260
LINE = "net input 0"


class ResponsesView(View):
    """A map for each hidden unit: its activation over the plane, and where its net input is 0."""

    key: ClassVar[str] = "responses"
    title: ClassVar[str] = "Responses"
    about: ClassVar[str] = "What each hidden unit answers over the plane of two inputs."
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._shown: tuple[ResponseMaps, ...] = ()
        self._instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        self._canvas = ResponsesCanvas(theme)
        self._canvas.setObjectName("responses_canvas")
        self._canvas.setAccessibleName("Responses of the hidden units over the input plane")
        self._legend = Legend(theme)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("responses_readout")
        self._page = PlaceholderPage(
            "responses_hint", NO_FRAME, (self._canvas, 1), (self._legend, 0)
        )
        fill_column(self, (self._page, 1), row_of((self._readout, 3), (self._instant, 1)))
        self._canvas.hovered.connect(self._read)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for part in (self._page, self._instant, self._canvas, self._legend, self._readout):
            part.set_theme(theme)
        if self._frame is not None:
            self.show_frame(self._frame)

    def is_empty(self, frame: Frame) -> bool:
        """Whether there is only a sentence why no unit has a response."""
        return bool(why_not(frame.setup))

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        self._frame = frame
        setup = frame.setup
        reason = why_not(setup)
        self._instant.set_text(*frame.snapshot.instants)
        if reason:
            self._page.say(reason)
            self._readout.set_text("")
            return
        self._shown = response_maps(setup, frame.snapshot)
        network = setup.network
        headings = tuple(f"{network.groups[r.group].name} · {r.scale.title}" for r in self._shown)
        names = tuple(unit_names(setup, r.group) for r in self._shown)
        self._canvas.show_responses(self._shown, headings, names)
        keys = [LegendKey("line", self.theme.colour("text"), LINE)]
        self._legend.set_content(merged([r.scale for r in self._shown])[:2], keys, top=SPACE)
        self._legend.setVisible(self.width() >= LEGEND_FROM)
        self._page.show_page()
        self._read(self._canvas.under_mouse())

    def _read(self, found: object) -> None:
        """Say what the unit under the mouse answers there."""
        frame = self._frame
        if frame is None or not isinstance(found, tuple):
            self._readout.set_text(_plane_words(frame.setup) if frame is not None else "")
            return
        index, unit, x, y = found
        response, setup = self._shown[index], frame.setup
        name = unit_names(setup, response.group)[unit]
        last = response.side - 1
        act = response.maps[unit][round(y * last), round(x * last)]
        at = ", ".join(
            f"{label} {number_text(low + share * (high - low))}"
            for (label, (low, high)), share in zip(_coordinates(setup), (x, y), strict=True)
        )
        self._readout.set_text(f"{name}: {at} → {response.scale.text(float(act))}")


def _coordinates(setup: PreparedExperiment) -> list[tuple[str, tuple[float, float]]]:
    """Name and range of both coordinates of the plane."""
    plane = setup.patterns.in_plane
    assert plane is not None
    return list(zip(plane.names, plane.domain, strict=True))


def _plane_words(setup: PreparedExperiment) -> str:
    """'x1 (right) and x2 (up): −6 to 6', or each with its own range."""
    if why_not(setup):
        return ""
    (right, across), (up, along) = (
        (name, f"{plain(low, 6)} to {plain(high, 6)}") for name, (low, high) in _coordinates(setup)
    )
    if across == along:
        return f"{right} (right) and {up} (up): {across}"
    return f"{right} (right): {across}, {up} (up): {along}"
