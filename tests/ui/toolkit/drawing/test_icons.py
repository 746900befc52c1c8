"""Icons are pictures in the colours asked for, and every name used is in the table."""

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from pytestqt.qtbot import QtBot

import bpviz
from bpviz.ui.toolkit.drawing.icons import ICONS, icon

SIZE = 24


def pixels(made: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> np.ndarray:
    """(24, 24, 4), uint8: red, green, blue, opacity."""
    image = made.pixmap(QSize(SIZE, SIZE), mode).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), dtype=np.uint8).reshape(SIZE, SIZE, 4).copy()


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_drawn_in_its_colours_and_not_cut_off(qtbot: QtBot, name: str) -> None:
    made = icon(name, colour="#c04020", active="#2040c0", disabled=QColor(10, 20, 30, 90))
    for mode, colour in (
        (QIcon.Mode.Normal, (0xC0, 0x40, 0x20)),
        (QIcon.Mode.Active, (0x20, 0x40, 0xC0)),
    ):
        drawn = pixels(made, mode)
        opaque = drawn[drawn[..., 3] == 255]
        assert len(opaque) >= 12
        assert np.all(opaque[:, :3] == colour)
        edge = np.ones((SIZE, SIZE), dtype=bool)
        edge[1:-1, 1:-1] = False
        assert not drawn[edge][:, 3].any()
    assert 80 <= pixels(made, QIcon.Mode.Disabled)[..., 3].max() <= 91


def test_every_icon_is_used_and_no_two_look_alike(qtbot: QtBot) -> None:
    sources = [p for p in Path(bpviz.__file__).parent.rglob("*.py") if p.name != "icons.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert [name for name in ICONS if not re.search(f'"{name}"', text)] == []
    pictures = {pixels(icon(name, colour="black")).tobytes() for name in ICONS}
    assert len(pictures) == len(ICONS)
