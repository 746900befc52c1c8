"""The columns of the patterns' table are as wide as their numbers."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.ui.panels.patterns.columns import PatternColumn, cell_text, read_cell
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


def test_standardised_targets_are_read_and_written_in_the_units_of_the_file() -> None:
    scale = np.array([200.0, 5.0]), np.array([20.0, 0.5])
    train = Patterns(np.zeros((2, 1)), np.array([[0.0, 1.0], [-1.5, 0.0]]))
    patterns = PatternSet("t", "regression", train, ("x",), ("a", "b"), target_scale=scale)
    column = PatternColumn("target", "target a", 0)
    assert cell_text(patterns, 1, column) == "170"
    inputs, targets = train.inputs[0].copy(), train.targets[0].copy()
    read_cell(patterns, column, "210", 0, inputs, targets)
    assert targets.tolist() == [0.5, 1.0]
    scaled = replace(patterns, input_scale=(np.array([5.0]), np.array([2.0])))
    column = PatternColumn("input", "x", 0)
    assert cell_text(scaled, 0, column) == "5"
    read_cell(scaled, column, "8", 0, inputs, targets)
    assert inputs.tolist() == [1.5]


def test_facts_have_a_column_with_their_names_which_cannot_be_edited(
    qtbot: QtBot, frame_for: FrameFor
) -> None:
    panel = PatternsPanel()
    qtbot.addWidget(panel)
    panel.show_frame(frame_for("family-trees"))
    model = panel.model
    assert model.columns[0].heading == "pattern"
    assert model.cell(0, 0).text == "Christopher, wife"
    assert not model.is_editable(0)
