"""The dialog of lesions: its numbers, holding the chosen units, undo, and the picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from bpviz.core.analysis.lesion import choose
from bpviz.core.model.references import UnitRef
from bpviz.core.text.number_words import number_text
from bpviz.experiment.experiment import experiment_for
from bpviz.ui.window.lesion_dialog import LesionDialog
from bpviz.ui.window.main_window import MainWindow

OpenMain = Callable[..., MainWindow]
LEFT = Qt.MouseButton.LeftButton


def opened(qtbot: QtBot, window: MainWindow) -> LesionDialog:
    window.actions_by_name["lesion"].trigger()
    (dialog,) = window.findChildren(LesionDialog)
    qtbot.waitUntil(lambda: dialog.found is not None)
    return dialog


def press(qtbot: QtBot, dialog: LesionDialog, name: str) -> None:
    qtbot.mouseClick(dialog.findChild(QAbstractButton, name), LEFT)


def error_of(window: MainWindow) -> float:
    assert window.current_frame is not None
    return window.current_frame.snapshot.record.train_error


def test_units_are_held_at_0_and_undo_returns_exactly(open_main: OpenMain, qtbot: QtBot) -> None:
    window = open_main(experiment_for("xor"))
    before = window.current_frame.snapshot
    dialog = opened(qtbot, window)
    size = dialog.findChild(QComboBox, "lesion_group").count()
    assert size == 1
    found = dialog.found
    assert number_text(before.record.train_error) in dialog.findChild(QLabel, "lesion_words").text()
    dialog.findChild(QSpinBox, "lesion_count").setValue(1)
    press(qtbot, dialog, "lesion_hold")
    ((unit,),) = choose(len(found.alone), 1, 1, 0)
    qtbot.waitUntil(lambda: dict(window.current_frame.snapshot.clamps) == {UnitRef(1, unit): 0.0})
    qtbot.waitUntil(lambda: error_of(window) == pytest.approx(found.alone[unit], rel=1e-12))
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: not window.current_frame.snapshot.clamps)
    qtbot.waitUntil(lambda: error_of(window) == before.record.train_error)
    assert window.current_frame.snapshot.parameters.tobytes() == before.parameters.tobytes()


def test_another_seed_chooses_other_units_and_the_picture_is_saved(
    open_main: OpenMain, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_main(experiment_for("family-trees"))
    dialog = opened(qtbot, window)
    first = dialog.found
    dialog.findChild(QSpinBox, "lesion_seed").setValue(5)
    qtbot.waitUntil(lambda: dialog.found is not None and dialog.found is not first)
    assert dialog.found.alone.tolist() == first.alone.tolist()
    assert dialog.found.errors[1].tolist() != first.errors[1].tolist()
    path = tmp_path / "lesions.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    press(qtbot, dialog, "lesion_save")
    assert not QImage(str(path)).isNull()
    dialog.reject()


def test_a_network_without_hidden_units_has_none_to_lesion(
    open_main: OpenMain, qtbot: QtBot
) -> None:
    window = open_main(experiment_for("or", hidden=()))
    window.actions_by_name["lesion"].trigger()
    assert not window.findChildren(LesionDialog)
