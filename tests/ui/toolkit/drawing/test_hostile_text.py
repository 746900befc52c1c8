"""Texts of files that other people wrote: shown letter for letter, loading and opening nothing."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QImage, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from bpviz.ui.panels.guide.window import GuideWindow
from bpviz.ui.toolkit.drawing.rich_text import RichText
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.widgets.message_bar import MessageBar
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.window.main_window import MainWindow


@pytest.fixture
def text(qtbot: QtBot) -> RichText:
    widget = RichText(LIGHT)
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    return widget


def dark_pixels(text: RichText) -> int:
    image = text.grab().toImage()
    return sum(
        image.pixelColor(x, y) == Qt.GlobalColor.red
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    )


@pytest.mark.parametrize(
    "markdown", ["![x]({path})", "![x](file://{path})", '<img src="{path}">', "![x](<{path}>)"]
)
def test_no_image_of_the_disk_is_loaded(text: RichText, tmp_path: Path, markdown: str) -> None:
    picture = QImage(60, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    path = tmp_path / "picture.png"
    assert picture.save(str(path))
    text.set_text("Before\n\n" + markdown.format(path=path) + "\n\nafter")
    assert dark_pixels(text) == 0
    assert "after" in text.toPlainText()


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes of this kind there")
@pytest.mark.parametrize("markdown", ["![x]({path})", '<img src="{path}">'])
def test_a_pipe_does_not_hang_the_window(text: RichText, tmp_path: Path, markdown: str) -> None:
    os.mkfifo(tmp_path / "pipe.png")  # opening it would wait for a writer for ever
    text.set_text(markdown.format(path=tmp_path / "pipe.png"))
    text.grab()


@pytest.mark.parametrize("number", ["99", "-1", "x", "", "0", "9" * 5000])
def test_a_formula_that_is_not_there_is_an_empty_place(text: RichText, number: str) -> None:
    text.set_text(f"![x](formula:{number})")
    assert not text.grab().isNull()  # and no exception, which would fail this test


def test_html_is_shown_as_text(text: RichText) -> None:
    text.set_text("<b>bold</b> <script>x</script>")
    assert "<b>bold</b>" in text.toPlainText()


@pytest.mark.parametrize("scheme", ["file:///etc/passwd", "smb://host/x", "javascript:x", "x:y"])
def test_links_of_other_kinds_do_nothing(
    text: RichText, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: pytest.fail(str(url)))
    text.anchorClicked.emit(QUrl(scheme))
    assert text.findChild(QMessageBox, "link_question") is None


@pytest.mark.parametrize("accept", [True, False])
def test_a_web_page_opens_after_a_question(
    text: RichText, monkeypatch: pytest.MonkeyPatch, accept: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    text.anchorClicked.emit(QUrl("https://example.org/page"))
    question = text.findChild(QMessageBox, "link_question")
    assert "https://example.org/page" in question.text()
    assert opened == []
    kind = QMessageBox.StandardButton
    question.button(kind.Open if accept else kind.Cancel).click()
    assert opened == (["https://example.org/page"] if accept else [])


@pytest.mark.parametrize("words", ["<img src='file:///x'>", "<b>a</b>", "plain", "a\nb", ""])
def test_a_tooltip_shows_its_letters(words: str) -> None:
    tip = plain_tip(words)
    shown = QLabel(tip)
    assert not Qt.mightBeRichText(tip) or "&lt;" in tip
    assert shown.text() == tip


def test_labels_of_the_window_show_their_letters(open_main: Callable[..., MainWindow]) -> None:
    window = open_main()
    window.actions_by_name["guide"].trigger()
    window.actions_by_name["race"].trigger()
    labels = [label for label in QApplication.allWidgets() if isinstance(label, QLabel)]
    mine = [x for x in labels if x.objectName() and not x.objectName().startswith("qt_")]
    guessed = [x.objectName() for x in mine if x.textFormat() == Qt.TextFormat.AutoText]
    assert len(mine) > 30
    assert not guessed  # letters or HTML is said, and not guessed by Qt from what the text is


def test_what_the_guide_does_not_have_is_quoted_by_its_letters(
    open_main: Callable[..., MainWindow],
) -> None:
    open_main().actions_by_name["guide"].trigger()
    (guide,) = (x for x in QApplication.topLevelWidgets() if isinstance(x, GuideWindow))
    guide.field.setText("<img src='x'>")
    found = guide.findChild(QLabel, "guide_found")
    assert found.text() == "“<img src='x'>” is not in the guide."
    assert found.textFormat() == Qt.TextFormat.PlainText


def test_a_message_is_no_wider_than_the_window(qtbot: QtBot) -> None:
    bar = MessageBar(LIGHT)
    qtbot.addWidget(bar)
    bar.say("<img src='x'> " + "y" * 4000)
    assert bar.minimumSizeHint().width() < 1000
    label = bar.findChild(QLabel, "message_text")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert bar.text.startswith("<img src='x'> yyy")
