"""Tick boxes can be seen in both themes."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.drawing.application_colours import colour_application
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme


def luminance(rgb: np.ndarray) -> np.ndarray:
    part = rgb / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_an_empty_box_has_an_outline_with_a_contrast_of_3_to_1(
    qtbot: QtBot, qapp: QApplication, theme: Theme, kind: type[QCheckBox] | type[QRadioButton]
) -> None:
    qapp.setStyle("Fusion")
    colour_application(theme)
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(40, 24)
    kind("", page).resize(40, 24)
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(24, 40, 4)[..., 2::-1]
    light = luminance(pixels.astype(float))
    ground = float(luminance(np.array(theme.colour("panel").getRgb()[:3], dtype=float)))
    contrast = (np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)
    assert (contrast >= 3.0).sum() >= 20
    colour_application(LIGHT)
