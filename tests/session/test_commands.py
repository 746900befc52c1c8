"""The table of commands: the training thread carries out each of them."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import WeightRef
from bpviz.core.run.edits import SetParameters
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.session import commands
from bpviz.session.session import Session

XOR = replace(experiment_for("xor"), stop=Stop())
EDIT = SetParameters(np.array([0]), np.array([1.0]))
WEIGHT = (WeightRef(0, 0, 0),)

EXAMPLES = {
    commands.Load: (XOR,),
    commands.Open: ("xor",),
    commands.Recall: (1,),
    commands.Configure: (XOR,),
    commands.ApplyEdit: (EDIT,),
    commands.StepBy: ("phase",),
    commands.Seek: (0,),
    commands.SetSpeed: (None,),
    commands.PauseWhenSolved: (True,),
    commands.PublishFrame: (SnapshotRequest(),),
    commands.Watch: (WEIGHT,),
    commands.Unwatch: (WEIGHT,),
}
"""What the commands that need fields are made of."""

COMMANDS = [
    member
    for _, member in inspect.getmembers(commands, inspect.isclass)
    if member.__module__ == commands.__name__ and member is not commands.Request
]


@pytest.mark.parametrize("loaded", [False, True], ids=["empty", "loaded"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_thread_handles_every_command(
    qtbot: QtBot, session: Session, command: type, loaded: bool
) -> None:
    states: list[str] = []
    session.status_changed.connect(lambda status: states.append(status.state))
    if loaded:
        session.send(commands.Load(XOR))
        qtbot.waitUntil(lambda: states == ["loading", "paused"])
    session.send(command(*EXAMPLES.get(command, ())))
    if command is commands.Quit:
        qtbot.waitUntil(session.worker.isFinished)
    else:  # the thread goes on: it loads and describes another experiment
        with qtbot.waitSignal(session.described):
            session.send(commands.Load(replace(XOR, seed=9)))
            session.send(commands.Describe())
    assert "failed" not in states
