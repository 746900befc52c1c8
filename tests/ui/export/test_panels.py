"""Pictures of the panels that show numbers: Patterns, Weights, Unit and Microscope."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import UnitRef, WeightRef, index_of
from bpviz.core.text.number_words import number_text
from bpviz.experiment.experiment import experiment_for
from bpviz.session.commands import StepEpochs
from bpviz.ui.export.dialog import ExportDialog
from bpviz.ui.export.pictures import picture, svg
from bpviz.ui.panels.table import pictured_classes
from bpviz.ui.toolkit.drawing.theme import DARK
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.window.main_window import MainWindow
from tests.conftest import FrameFor
from tests.ui.export.test_pictures import coarse

KEYS = ["patterns", "parameters", "unit", "microscope"]
WEIGHT = WeightRef(0, 1, 2)


def panels(window: MainWindow) -> dict[str, Pictured]:
    found = {each.key: each for each in window.parts.all_pictured()}
    return {key: found[key] for key in KEYS}


def words(document: bytes) -> list[str]:
    texts = ET.fromstring(document).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()).strip() for text in texts]


def read(qtbot: QtBot, window: MainWindow) -> None:
    """The window with a weight under its microscope, after seven epochs."""
    window.bring("microscope")
    window.parts.microscope.look_at(WEIGHT)
    window.session.send(StepEpochs(7))
    microscope = window.parts.microscope

    def is_read() -> bool:
        reading = microscope.reading
        return reading is not None and reading.frame.snapshot.instant == "epoch 7"

    qtbot.waitUntil(is_read)


def test_an_svg_of_a_panel_shows_what_its_png_shows(qtbot: QtBot, window: MainWindow) -> None:
    read(qtbot, window)
    frame, size = window.current_frame, QSize(600, 400)
    for key, panel in panels(window).items():
        what = type(panel), frame, DARK, panel.choices(), size  # not the colours of the screen
        drawn = QImage(size, QImage.Format.Format_RGB32)
        with QPainter(drawn) as painter:
            QSvgRenderer(svg(*what)).render(painter)
        difference = np.abs(coarse(drawn) - coarse(picture(*what, scale=1.0)))
        assert difference.max() < 25.0, key
        assert difference.mean() < 2.0, key


def test_the_numbers_of_the_instant_are_in_the_pictures(qtbot: QtBot, window: MainWindow) -> None:
    read(qtbot, window)
    frame, parts = window.current_frame, panels(window)
    parts["unit"].set_unit(UnitRef(1, 1))
    parts["unit"].show_frame(frame)
    said = {
        key: words(svg(type(panel), frame, choices=panel.choices())) for key, panel in parts.items()
    }
    value = frame.snapshot.parameters[index_of(frame.setup.network, WEIGHT)]
    assert f"{value:.4f}".replace("-", "−") in said["parameters"]
    assert any(f"weight x2 → h3 = {number_text(value)}" in text for text in said["microscope"])
    assert any("epoch 7" in text for text in said["microscope"])
    assert "net of h2" in said["unit"]
    assert said["patterns"].count("✗") == 4


def test_a_microscope_of_another_instant_says_so(qtbot: QtBot, window: MainWindow) -> None:
    read(qtbot, window)
    window.bring("output")  # in front of it
    window.session.send(StepEpochs(2))
    qtbot.waitUntil(lambda: window.current_frame.snapshot.epoch == 9)
    microscope = window.parts.microscope
    document = svg(type(microscope), window.current_frame, choices=microscope.choices())
    assert any("as it was at epoch 7" in text for text in words(document))
    assert not microscope.is_empty(window.current_frame)
    window.load(experiment_for("majority"))  # not seen by a panel that is behind another one
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment.problem == "majority")
    assert microscope.is_empty(window.current_frame)
    document = svg(type(microscope), window.current_frame, choices=microscope.choices())
    assert not any("x2 → h3" in text for text in words(document))


def test_a_long_table_begins_where_it_begins_on_the_screen(
    qtbot: QtBot, open_main: Callable[..., MainWindow]
) -> None:
    window = open_main(experiment_for("iris"))
    window.bring("patterns")
    panel = panels(window)["patterns"]
    qtbot.waitUntil(lambda: panel.table.model().rowCount() > 100)
    panel.table.show_from(60)
    document = svg(type(panel), window.current_frame, choices=panel.choices())
    rows = [int(text) for text in words(document) if text.isdigit() and int(text) > 20]
    assert rows[0] == 61
    assert rows == sorted(rows)


def test_the_menu_copies_panels_and_the_dialog_has_room_for_all(
    qtbot: QtBot, window: MainWindow
) -> None:
    read(qtbot, window)
    for key in KEYS:
        QGuiApplication.clipboard().clear()
        window.findChild(QAction, f"action_copy_{key}").trigger()
        assert QGuiApplication.clipboard().image().width() > 300
    pictured = window.parts.all_pictured()
    dialog = ExportDialog(pictured, window.current_frame, window, window.settings, window)
    dialog.show()
    qtbot.waitExposed(dialog)
    boxes = {each.key: dialog.findChild(QCheckBox, f"export_view_{each.key}") for each in pictured}
    assert [key for key in KEYS if boxes[key].isChecked()] == ["microscope"]  # what is seen
    assert not any("empty" in boxes[key].text() for key in KEYS)
    form = dialog.findChild(QComboBox, "export_format")
    for kind in ("png", "svg"):
        form.setCurrentIndex(form.findData(kind))
        qtbot.waitUntil(
            lambda: all(box.width() >= box.minimumSizeHint().width() for box in boxes.values())
        )
        assert all(boxes[key].isEnabled() for key in KEYS)
    assert dialog.minimumSizeHint().width() <= 1024
    assert dialog.minimumSizeHint().height() <= 680
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


@pytest.mark.parametrize("problem", ["xor", "iris"])
def test_pictures_that_were_not_chosen_hold_whole_tables(frame_for: FrameFor, problem: str) -> None:
    frame = frame_for(problem)
    worth = [panel.key for panel in pictured_classes() if panel.has_content(frame)]
    assert worth == (["patterns", "parameters"] if problem == "xor" else [])
