"""Cards in the diagram do not cover what they are about, and the other weights stay readable."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import WeightRef
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.number_editor import NumberEditor
from bpviz.ui.views.network import NetworkView
from bpviz.ui.views.network.clear_places import clear_place, covered
from bpviz.ui.views.network.layout import Box
from bpviz.ui.views.network.letters import Lettering

FrameFor = Callable[..., Frame]


@pytest.mark.parametrize(("problem", "size"), [("xor", (656, 330)), ("majority", (800, 420)),
                                               ("iris", (900, 500))])  # fmt: skip
def test_neither_the_panel_nor_the_editor_covers_the_weight(
    qtbot: QtBot,
    frame_for: FrameFor,
    monkeypatch: pytest.MonkeyPatch,
    problem: str,
    size: tuple[int, int],
) -> None:
    view = NetworkView(theme=LIGHT)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.show_frame(frame_for(problem))
    view.grab()
    canvas = view.canvas
    seen = 0
    for routes in canvas._picture.routes:
        for points in routes.points:
            middle = QPointF(*(0.6 * points[0] + 0.4 * points[-1]))
            target = canvas.point_at(middle)
            if not isinstance(target, WeightRef):
                continue
            seen += 1
            view.grab()
            keep = canvas._kept_clear()
            assert covered(canvas.panel_shown, keep) == 0.0, target
            editor = NumberEditor(canvas, LIGHT, "Weight", 0.37651959140027663, lambda v: None)
            canvas.open_card(editor, middle)
            box = Box(*map(float, (editor.x(), editor.y(), editor.width(), editor.height())))
            assert covered(box, keep) == 0.0, target
            assert canvas.panel_shown is None  # one card at a time
            assert canvas.rect().contains(editor.geometry())
            with qtbot.waitSignal(editor.destroyed):
                editor._close()
            assert canvas.panel_shown is not None
    assert seen > 5
    written: list[str] = []
    write = Lettering.write

    def noted(self: Lettering, *given: object, **more: object) -> None:
        written.append(str(given[3]))
        write(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Lettering, "write", noted)
    canvas.refresh()
    view.grab()
    pointed, written[:] = list(written), []
    canvas.point_at(QPointF(1.0, 1.0))
    view.grab()
    numbers = [text for text in written if text[:1] in "−0123" and "." in text]
    assert len(canvas._picture.numbers) <= len(numbers)
    assert {*numbers} <= {*pointed}


def test_a_card_with_no_clear_place_covers_as_little_as_possible() -> None:
    area, place = Box(0.0, 0.0, 200.0, 100.0), Box(100.0, 50.0, 0.0, 0.0)
    everything = np.array([[0.0, 0.0, 200.0, 100.0]])
    box = clear_place(80.0, 40.0, place, area, everything)
    assert area.holds(box.left, box.top)
    assert area.holds(box.right, box.bottom)
    below = np.array([[100.0, 55.0, 200.0, 100.0]])
    assert covered(clear_place(80.0, 30.0, place, area, below), below) == 0.0
