"""Formulas are set beside the window's thread and stand on the line of their text."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.values import BadValue
from bpviz.ui.toolkit.drawing import formula
from bpviz.ui.toolkit.drawing.formula import Typesetter, typeset
from bpviz.ui.toolkit.drawing.rich_text import RichText
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, Theme

TABLES = (*ACTIVATIONS.values(), *LOSSES.values(), *OPTIMIZERS.values(), *INITIALIZERS.values())


def ink(image: QImage, row: int) -> int:
    """Pixels of a row that are not transparent."""
    return sum(image.pixelColor(x, row).alpha() > 100 for x in range(image.width()))


@pytest.mark.parametrize("tex", [row.tex for row in TABLES])
def test_every_formula_of_the_tables_can_be_set(qapp: object, tex: str) -> None:
    formula = typeset(tex, 16.0, "#112233")
    image = formula.image(2.0)
    assert image.width() == round(2 * formula.width)
    assert any(ink(image, row) for row in range(image.height()))


def test_letters_stand_on_the_line(qapp: object) -> None:
    formula = typeset("xxx", 40.0, "#000000")
    image = formula.image(1.0, above=50.0, below=20.0)
    assert image.height() == 70
    assert ink(image, 49) > 0
    assert sum(ink(image, row) for row in range(52, 70)) == 0


def test_a_formula_has_the_colour_that_was_asked_for(qapp: object) -> None:
    image = typeset("x", 60.0, "#ff8000").image()
    solid = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert set(map(QColor.name, solid)) == {"#ff8000"}


def test_what_is_no_tex_is_refused() -> None:
    with pytest.raises(BadValue, match="formula must be"):
        typeset(r"\frac{1", 16.0, "#000000")


def test_the_typesetter_answers_at_once_and_later_has_it(qtbot: QtBot) -> None:
    typesetter = Typesetter()
    with qtbot.waitSignal(typesetter.done):
        assert typesetter.get("q_{17}", 16.0, "#000000") is None
        assert typesetter.get(r"\frac{1", 16.0, "#000000") is None
    assert typesetter.get("q_{17}", 16.0, "#000000") is not None
    assert typesetter.get(r"\frac{1", 16.0, "#000000") is None
    assert not typesetter.is_pending(r"\frac{1", 16.0, "#000000")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_with_formulas_is_shown(qtbot: QtBot, theme: Theme) -> None:
    text = RichText(theme)
    qtbot.addWidget(text)
    text.resize(300, 200)
    text.show()
    text.set_text("The delta $\\delta_k$ is\n\n$$\\delta_k = t_k - o_k$$\n\nand **so on**.")
    empty = text.grab().toImage()
    qtbot.waitUntil(lambda: text.is_complete)
    qtbot.waitUntil(lambda: text.grab().toImage() != empty)
    assert "and so on." in text.toPlainText()


def test_nothing_but_formulas_is_loaded(qtbot: QtBot) -> None:
    text = RichText(LIGHT)
    qtbot.addWidget(text)
    text.set_text("![a](file:///etc/hostname) ![b](https://example.org/a.png)")
    empty = text.loadResource(2, "file:///etc/hostname")  # nothing: Qt would load the file
    assert empty.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("height", range(100, 400, 20))
def test_a_scroll_bar_that_comes_and_goes_ends_in_some_layout(qtbot: QtBot, height: int) -> None:
    text = RichText(LIGHT)
    qtbot.addWidget(text)
    text.resize(200, height)
    text.show()
    text.set_text("$$a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w+x+y+z$$\n\nand text\n\n" * 4)
    qtbot.waitUntil(lambda: text.is_complete)
    text.grab()
    assert not text.horizontalScrollBar().isVisible()


def test_who_asked_may_be_gone_before_the_formula_is_set(qtbot: QtBot) -> None:
    """The thread emitted signals of objects that were being destroyed: a crash now and then."""
    typeset("x", 12.0, "#000000", True)
    for n in range(300):
        owner = QObject()
        for asker in [Typesetter(owner) for _ in range(4)]:
            for size in (12.0, 13.0 + n % 5):
                asker.get("x", size, "#000000", True)
        shiboken6.delete(owner)
    left = Typesetter()
    with qtbot.waitSignal(left.done):
        left.get("x + 1", 12.0, "#000000")
    assert left.get("x + 1", 12.0, "#000000") is not None


def test_formulas_that_wait_to_be_set_are_dropped_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thread = lru_cache(maxsize=1)(lambda: ThreadPoolExecutor(1))
    monkeypatch.setattr(formula, "_thread", thread)
    formula.drop_pending()  # there is no thread yet
    assert not thread.cache_info().currsize
    held, done = threading.Event(), []
    thread().submit(held.wait, 10)
    for number in range(3):
        thread().submit(done.append, number)
    formula.drop_pending()
    held.set()
    thread().shutdown(wait=True)
    assert not done
