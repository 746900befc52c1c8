"""A view that fails costs itself only: the rest of the window goes on, and it says so."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.session.commands import StepEpochs
from bpviz.ui.views.loss.view import LossView
from bpviz.ui.window.main_window import MainWindow

OpenMain = Callable[..., MainWindow]


def test_the_other_views_show_the_frame(
    qtbot: QtBot, open_main: OpenMain, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_main(experiment_for("xor", stop=Stop()))
    view = window.views["loss"]
    show_frame = LossView.show_frame

    def fail(self: LossView, frame: object) -> None:
        raise KeyError("SHARES[7]")

    monkeypatch.setattr(LossView, "show_frame", fail)
    with qtbot.captureExceptions() as caught:
        window.session.send(StepEpochs(3))
        qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 3)
        qtbot.waitUntil(lambda: view.findChild(QLabel, "failure_loss") is not None)
    failure = view.findChild(QLabel, "failure_loss")
    assert failure.isVisible()
    assert failure.text() == "Loss cannot show this: KeyError: 'SHARES[7]'"
    assert [kind for kind, _, _ in caught] == [KeyError]
    monkeypatch.setattr(LossView, "show_frame", show_frame)
    window.session.send(StepEpochs(1))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 4)
    assert not failure.isVisible()
