"""Precision, recall and F1 of classes in the output view; numbers in the units of the file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.analysis.quality import class_quality, regression_quality
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.plotting import plot_metrics
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.data_table import DataTable
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.output.line import LinePart
from bpviz.ui.views.output.scatter import ScatterPart
from bpviz.ui.views.output.table import TablePart
from bpviz.ui.views.output.view import OutputView

FrameFor = Callable[..., Frame]


def shown(qtbot: QtBot, frame: Frame, **choices: object) -> OutputView:
    view = OutputView(theme=LIGHT)
    qtbot.addWidget(view)
    view.set_choices(choices)
    view.show_frame(frame)
    return view


@pytest.mark.parametrize("split", ["train", "test"])
def test_each_class_has_its_scores(qtbot: QtBot, frame_for: FrameFor, split: str) -> None:
    frame = frame_for("iris", epochs=30)
    view = shown(qtbot, frame, mode="quality", split=split)
    model = view.findChild(DataTable, "output_quality").model()
    patterns, now = frame.setup.patterns, frame.snapshot
    part = patterns.train if split == "train" else patterns.test
    outputs = now.train_outputs if split == "train" else now.test_outputs
    found = class_quality(part.targets, outputs, patterns.class_names)
    for k, name in enumerate((*patterns.class_names, "mean of classes")):
        row = [model.index(k, column).data() for column in range(model.columnCount())]
        scores = [s[k] if k < 3 else np.nanmean(s) for s in
                  (found.precision, found.recall, found.f1)]  # fmt: skip
        n = found.support[k] if k < 3 else len(part)
        assert row == [name, *("–" if np.isnan(s) else f"{s:.3f}" for s in scores), str(n)]


def test_a_class_that_is_never_answered_has_no_precision(qtbot: QtBot, frame_for: FrameFor) -> None:
    frame = frame_for("iris")
    outputs = np.tile([1.0, 0.0, 0.0], (len(frame.setup.patterns.train), 1))
    frame = replace(frame, snapshot=replace(frame.snapshot, train_outputs=outputs))
    model = shown(qtbot, frame, mode="quality", split="train").findChild(DataTable).model()
    assert [model.index(row, 1).data() for row in range(4)] == ["0.333", "–", "–", "0.333"]


def test_numbers_are_shown_in_the_units_of_the_file(
    qtbot: QtBot, frame_for: FrameFor, tmp_path: Path
) -> None:
    path = tmp_path / "houses.csv"
    rng = np.random.default_rng(3)
    rows = [f"{s:.3f},{90_000 + 2_500 * s + rng.normal(0, 9e3):.1f}" for s in range(20, 120)]
    path.write_text("\n".join(["size,price", *rows]))
    options = {"standardise": True, "standardise_targets": True}
    frame = frame_for(str(path), epochs=40, options=options)
    patterns, now = frame.setup.patterns, frame.snapshot
    view = shown(qtbot, frame, mode="scatter")
    targets, answers = map(patterns.in_units, (patterns.train.targets, now.train_outputs))
    found = regression_quality(targets, answers)
    assert found.rmse[0] > 1_000
    assert f"R² {found.r2[0]:.3f}" in view.findChild(TextLine, "output_readout").text
    (low, high), _ = view.findChild(ScatterPart).plot.box.viewRange()
    assert 50_000 < low < high < 500_000
    width = view.findChild(ScatterPart).plot.left.minimumWidth()
    assert width > plot_metrics().horizontalAdvance("400,000") + plot_metrics().height()
    view.set_choices({"mode": "table"})
    model = view.findChild(TablePart).model
    kinds = [column.kind for column in model.columns]
    target = model.index(0, kinds.index("target")).data().replace(",", "")
    assert abs(float(target) - targets[0, 0]) <= 1.0
    assert model.value(0, model.columns[kinds.index("output")]) == answers[0, 0]
    size = float(model.index(0, kinds.index("input")).data())
    assert size == round(float(patterns.inputs_in_units(patterns.train.inputs[0])[0]))
    assert 20 <= size < 120
    view.set_choices({"mode": "function"})
    axis = view.findChild(LinePart).plot.bottom
    ((_, ticks),) = axis.tickValues(*axis.range, 400.0)
    written = [float(text) for text in axis.tickStrings(ticks, 1.0, 20.0)]
    assert {20.0, 60.0, 100.0} <= set(written)
