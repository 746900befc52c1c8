"""Dead ReLU units are crossed in the diagram, and counted in words."""

from collections.abc import Callable
from dataclasses import replace

from pytestqt.qtbot import QtBot

from bpviz.core.learning.backprop import forward
from bpviz.core.run.cursor import n_phases
from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Hidden
from bpviz.experiment.prepare import new_run
from bpviz.session.frame import Frame
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.views.activations import ActivationsView
from bpviz.ui.views.network import NetworkView


def test_dead_units_are_seen_and_counted(qtbot: QtBot, frame_for: Callable[..., Frame]) -> None:
    frame = frame_for("xor", 0, hidden=(Hidden(3, "relu"),), output="linear")
    network, parameters = frame.setup.network, frame.snapshot.parameters.copy()
    network.biases(parameters, 1)[:] = (5.0, -50.0, 5.0)
    acts = forward(network, parameters, frame.setup.patterns.train.inputs[frame.setup.shown])[1]
    stuck = replace(
        frame, snapshot=replace(frame.snapshot, parameters=parameters, activations=acts, dead=None)
    )
    assert b"1 of 3 ReLU units is dead" in svg(NetworkView, stuck)
    assert b"dead" not in svg(NetworkView, frame)
    alive = tuple(act + 1.0 for act in acts)
    other = replace(stuck, snapshot=replace(stuck.snapshot, activations=alive))
    assert picture(NetworkView, stuck) != picture(NetworkView, other)
    view = ActivationsView()
    qtbot.addWidget(view)
    view.show_frame(stuck)
    said = view.findChild(TextLine, "activations_readout").text
    assert said.startswith("1 of 3 ReLU units is dead: 0 for all 4 patterns")


def test_units_that_dropout_silences_are_crossed_at_their_pattern(
    frame_for: Callable[..., Frame],
) -> None:
    frame = frame_for("xor", 0, hidden=(Hidden(4, "tanh", 0.5),))
    run = new_run(frame.setup)
    row = next(p for p in range(4) if (run.dropout(p, p + 1)[1] == 0.0).any())
    run.position = row * n_phases(run) + 2  # forward through the hidden group
    request = SnapshotRequest(activations=True)
    snapshot = observe(run, request, shown=frame.setup.shown, inside=True)
    cursor = snapshot.cursor
    assert cursor is not None
    assert cursor.silent[1].tolist() == (run.dropout(row, row + 1)[1][0] == 0.0).tolist()
    without = replace(snapshot, cursor=replace(cursor, silent={}))
    drawn = [picture(NetworkView, replace(frame, snapshot=s)) for s in (snapshot, without)]
    assert drawn[0] != drawn[1]
    assert b"50 % dropout" in svg(NetworkView, replace(frame, snapshot=snapshot))
