"""What changes with every frame asks for no new layout, and what stays is not painted anew."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.frame import Curve, Frame
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.elided_text import Figure
from bpviz.ui.views.output.part import OutputChoice
from bpviz.ui.views.output.table import TablePart


class Counted(QObject):
    """Counts the events of one kind that a widget gets."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.kind, self.count = kind, 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == self.kind
        return False


def row_of(qtbot: QtBot, label: QLabel) -> QWidget:
    row = QWidget()
    QHBoxLayout(row).addWidget(label)
    qtbot.addWidget(row)
    row.show()
    qtbot.waitExposed(row)
    return row


def test_a_figure_changes_without_a_new_layout(qtbot: QtBot) -> None:
    figure = Figure("000,000")
    row = row_of(qtbot, figure)
    paints = Counted(figure, QEvent.Type.Paint)
    figure.setText("0")
    qtbot.waitUntil(lambda: paints.count > 0)  # and what showing it asked for is done
    layouts = Counted(row, QEvent.Type.LayoutRequest)
    size = figure.size()
    for text in ("7", "1,204"):
        figure.setText(text)
        before = paints.count
        qtbot.waitUntil(lambda before=before: paints.count > before)
        assert figure.text() == text
    assert layouts.count == 0
    assert figure.size() == size


def test_the_same_figure_is_not_painted_again(qtbot: QtBot) -> None:
    figure, other = Figure("000"), Figure("000")
    row = row_of(qtbot, figure)
    row.layout().addWidget(other)
    paints, others = (Counted(each, QEvent.Type.Paint) for each in (figure, other))
    figure.setText("7")
    other.setText("1")
    qtbot.waitUntil(lambda: paints.count > 0 and others.count > 0)
    before = paints.count, others.count
    figure.setText("7")
    other.setText("2")
    qtbot.waitUntil(lambda: others.count > before[1])
    assert paints.count == before[0]


def test_only_cells_that_change_are_told(qtbot: QtBot) -> None:
    setup = prepare(experiment_for("xor"))
    snapshot = observe(new_run(setup), EVERYTHING, shown=setup.shown, probe=setup.probe)
    nothing = np.empty(0)
    curve = Curve(np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing)
    part = TablePart(LIGHT)
    qtbot.addWidget(part)
    part.resize(400, 300)
    part.show()
    part.show_frame(Frame(setup, snapshot, curve), OutputChoice())
    told: list[tuple[int, int]] = []
    part.model.dataChanged.connect(lambda a, b: told.append((a.row(), a.column())))
    part.show_frame(Frame(setup, snapshot, curve), OutputChoice())
    assert told == []
    outputs = snapshot.train_outputs.copy()
    outputs[2] += 0.25
    part.show_frame(Frame(setup, replace(snapshot, train_outputs=outputs), curve), OutputChoice())
    output = next(c for c, column in enumerate(part.model.columns) if column.kind == "output")
    assert (2, output) in told
    assert {row for row, _ in told} == {2}
