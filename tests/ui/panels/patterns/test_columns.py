"""The columns of the patterns' table are as wide as their numbers."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.ui.panels.patterns.panel import PatternsPanel
from tests.conftest import FrameFor


@pytest.mark.parametrize("problem", ["xor", "iris", "sine"])
@pytest.mark.parametrize("scale", [1.0, 3.0, 30.0])
def test_every_number_is_shown_whole(
    qtbot: QtBot, frame_for: FrameFor, problem: str, scale: float
) -> None:
    """Large weights give errors from 10⁻² to far below 10⁻¹⁰."""
    frame = frame_for(problem, 300)
    large = np.asarray(frame.snapshot.parameters * scale)
    panel = PatternsPanel()
    qtbot.addWidget(panel)
    panel.show_frame(replace(frame, snapshot=replace(frame.snapshot, parameters=large)))
    table, model = panel.table, panel.model
    for column in range(model.columnCount()):
        room = table.columnWidth(column) - 12
        for row in range(min(model.rowCount(), 40)):
            cell = model.cell(row, column)
            assert table.fitted(cell, room) == cell.text
