"""A line of text in a fixed place: the longest text that fits."""

import pytest
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.widgets.elided_text import TextLine


@pytest.mark.parametrize(
    ("width", "shown"),
    [(400, "a long text with a note"), (80, "a text"), (24, "a …")],
)
def test_the_first_text_that_fits_is_shown(qtbot: QtBot, width: int, shown: str) -> None:
    line = TextLine()
    qtbot.addWidget(line)
    line.set_text("a long text with a note", "a text")
    line.resize(width, 20)
    line.show()
    assert line.shown_text == shown
    assert line.text == line.accessibleName() == "a long text with a note"
    assert (line.toolTip() == "") == (width == 400)
