"""The guide's window: contents, links, search, text size, and what its pages may load."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QTextCursor, QTextDocument, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from bpviz.app import make_application
from bpviz.ui.panels.guide.browser import LEAST_SIZE, MOST_SIZE
from bpviz.ui.panels.guide.pages import Page, PageHeading, read_pages
from bpviz.ui.panels.guide.search import GuideIndex
from bpviz.ui.panels.guide.style import code_areas
from bpviz.ui.panels.guide.window import GuideWindow
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT
from bpviz.ui.toolkit.settings import Settings

FIRST = """# First

See [the second](second.md), [its end](second.md#the-end), [below](#below), [out](https://a.b/c) or
[loss](bpviz:view/loss).

| Apple | Meaning |
|---|---|
| pear | a fruit |

## Below

Another pear.
""" + "\n\nword\n" * 80  # fmt: skip
SECOND = "# Second\n\nNothing.\n\n" + "line\n\n" * 80 + "## The end\n\nA PEAR at the end.\n"


def page(name: str, title: str, markdown: str, *headings: PageHeading) -> Page:
    return Page(name, title, markdown, (PageHeading(1, title, title.lower()), *headings))


PAGES = {
    "index.md": page("index.md", "First", FIRST, PageHeading(2, "Below", "below")),
    "second.md": page("second.md", "Second", SECOND, PageHeading(2, "The end", "the-end")),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.txt")


@pytest.fixture
def guide(qtbot: QtBot, qapp: object, settings: Settings) -> GuideWindow:
    make_application([])
    window = GuideWindow(PAGES, settings, LIGHT)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    return window


def click_link(guide: GuideWindow, words: str) -> None:
    """Press the mouse where these words are shown."""
    cursor = guide.browser.document().find(words)
    assert not cursor.isNull(), words
    cursor.setPosition(cursor.selectionStart() + 1)
    place = guide.browser.cursorRect(cursor).center()
    QTest.mouseClick(guide.browser.viewport(), Qt.MouseButton.LeftButton, pos=place)


def items(guide: GuideWindow) -> list[QTreeWidgetItem]:
    every = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
    return guide.list.findItems("", every)


def texts(guide: GuideWindow) -> list[str]:
    return [item.text(0) for item in items(guide)]


def click_item(guide: GuideWindow, text: str) -> None:
    item = next(item for item in items(guide) if item.text(0) == text)
    guide.list.scrollToItem(item)
    place = guide.list.visualItemRect(item).center()
    QTest.mouseClick(guide.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(guide: GuideWindow, name: str) -> None:
    button = guide.findChild(QToolButton, name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def seen(guide: GuideWindow, words: str) -> bool:
    """Whether these words are within the visible part of the page."""
    cursor = guide.browser.document().find(words)
    rect = guide.browser.cursorRect(cursor)
    return rect.top() >= 0 and rect.bottom() <= guide.browser.viewport().height()


def test_it_begins_with_the_contents_and_the_first_page(guide: GuideWindow) -> None:
    assert guide.page == "index.md"
    assert texts(guide) == ["First", "Below", "Second", "The end"]
    assert guide.list.currentItem().text(0) == "First"
    assert guide.browser.verticalScrollBar().value() == 0


def test_links_lead_to_pages_and_headings(guide: GuideWindow) -> None:
    click_link(guide, "the second")
    assert guide.page == "second.md"
    assert guide.list.currentItem().text(0) == "Second"
    guide.go_back()
    click_link(guide, "its end")
    assert guide.page == "second.md"
    assert seen(guide, "The end")
    guide.go_back()
    click_link(guide, "below")
    assert guide.page == "index.md"
    assert seen(guide, "Another pear")
    assert guide.browser.verticalScrollBar().value() > 0


def test_links_out_of_the_guide_are_told(guide: GuideWindow, qtbot: QtBot) -> None:
    told: list[str] = []
    guide.linked.connect(told.append)
    click_link(guide, "out")
    click_link(guide, "loss")
    assert told == ["https://a.b/c", "bpviz:view/loss"]
    assert guide.page == "index.md"


def test_back_and_forward_return_to_where_one_was(guide: GuideWindow) -> None:
    back, forward = (guide.findChild(QToolButton, f"guide_{n}") for n in ("back", "forward"))
    assert not back.isEnabled()
    bar = guide.browser.verticalScrollBar()
    bar.setValue(40)
    click_link(guide, "its end")
    end = bar.value()
    assert back.isEnabled()
    assert not forward.isEnabled()
    press(guide, "guide_back")
    assert (guide.page, bar.value()) == ("index.md", 40)
    QTest.keyClick(guide, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert (guide.page, bar.value()) == ("second.md", end)
    QTest.keyClick(guide, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert guide.page == "index.md"
    click_link(guide, "the second")
    assert not forward.isEnabled()


def test_the_contents_lead_to_pages_and_headings(guide: GuideWindow) -> None:
    click_item(guide, "Second")
    assert guide.page == "second.md"
    click_item(guide, "The end")
    assert seen(guide, "The end")
    guide.browser.verticalScrollBar().setValue(0)
    click_item(guide, "The end")
    assert seen(guide, "The end")


def test_search_lists_places_by_page_and_line(guide: GuideWindow) -> None:
    QTest.keyClick(guide, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert guide.field.hasFocus()
    QTest.keyClicks(guide.field, "pear")
    assert texts(guide) == [
        "First (2)", "pear · a fruit", "Another pear.", "Second (1)", "A PEAR at the end.",
    ]  # fmt: skip
    assert marked(guide) == [("pear", False), ("pear", False)]


def marked(guide: GuideWindow) -> list[tuple[str, bool]]:
    """What is highlighted, and whether it is the current place."""
    accent = QColor(LIGHT.accent)
    return [
        (s.cursor.selectedText(), s.format.background().color() == accent)
        for s in guide.browser.extraSelections()
    ]


def test_arrows_and_enter_go_through_the_places(guide: GuideWindow) -> None:
    guide.field.setFocus()
    QTest.keyClicks(guide.field, "PEAR")
    QTest.keyClick(guide.field, Qt.Key.Key_Down)
    assert marked(guide) == [("pear", True), ("pear", False)]
    QTest.keyClick(guide.field, Qt.Key.Key_Return)
    assert marked(guide) == [("pear", False), ("pear", True)]
    assert seen(guide, "Another pear")
    assert guide.list.currentItem().text(0) == "Another pear."
    QTest.keyClick(guide.field, Qt.Key.Key_Down)
    assert (guide.page, marked(guide)) == ("second.md", [("PEAR", True)])
    assert seen(guide, "A PEAR at")
    QTest.keyClick(guide.field, Qt.Key.Key_Down)
    assert guide.page == "index.md"  # round and round
    QTest.keyClick(guide.field, Qt.Key.Key_Up)
    assert guide.page == "second.md"


def test_a_place_is_chosen_with_the_mouse(guide: GuideWindow) -> None:
    guide.field.setText("pear")
    click_item(guide, "A PEAR at the end.")
    assert guide.page == "second.md"
    assert seen(guide, "A PEAR at")
    press(guide, "guide_back")
    assert guide.page == "index.md"


def test_escape_ends_the_search(guide: GuideWindow) -> None:
    guide.field.setText("pear")
    QTest.keyClick(guide.field, Qt.Key.Key_Escape)
    assert guide.field.text() == ""
    assert texts(guide) == ["First", "Below", "Second", "The end"]
    assert guide.browser.extraSelections() == []


def test_what_is_not_there_is_said(guide: GuideWindow) -> None:
    guide.field.setText("zebra")
    assert texts(guide) == []
    assert guide.findChild(object, "guide_found").text() == "“zebra” is not in the guide."
    QTest.keyClick(guide.field, Qt.Key.Key_Return)
    assert guide.page == "index.md"


def test_the_text_becomes_larger_and_smaller(guide: GuideWindow) -> None:
    def written() -> float:
        return guide.browser.document().defaultFont().pointSizeF()

    usual = written()
    QTest.keyClick(guide, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert written() == usual + 1
    press(guide, "guide_smaller")
    QTest.keyClick(guide, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert written() == usual - 1
    for _ in range(40):
        press(guide, "guide_larger")
    assert written() == MOST_SIZE
    for _ in range(40):
        press(guide, "guide_smaller")
    assert written() == LEAST_SIZE


def test_the_size_of_the_text_is_remembered(
    guide: GuideWindow, qtbot: QtBot, settings: Settings
) -> None:
    press(guide, "guide_larger")
    press(guide, "guide_larger")
    again = GuideWindow(PAGES, settings, LIGHT)
    qtbot.addWidget(again)
    assert again.browser.text_size == guide.browser.text_size


def test_colours_are_those_of_the_theme(guide: GuideWindow) -> None:
    def ground() -> QColor:
        image = guide.browser.viewport().grab().toImage()
        return image.pixelColor(QPoint(3, 3))

    assert ground() == QColor(LIGHT.surface)
    guide.set_theme(DARK)
    assert ground() == QColor(DARK.surface)


@pytest.mark.parametrize(
    "target",
    [
        "../../../etc/hostname",
        "../problems/iris.csv",
        "http://a.b/c.png",
        "none.png",
        "\0",
        "/x.png",
    ],
)
def test_nothing_but_shipped_pictures_is_loaded(guide: GuideWindow, target: str) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    assert guide.browser.loadResource(kind, QUrl(target)) is None
    assert guide.browser.loadResource(kind, target) is None


def test_shipped_pictures_are_loaded_as_pictures_only(guide: GuideWindow) -> None:
    kinds = QTextDocument.ResourceType
    picture = "../screenshots/window.png"
    loaded = guide.browser.loadResource(kinds.ImageResource.value, QUrl(picture))
    assert loaded.width() > 100
    assert guide.browser.loadResource(kinds.HtmlResource.value, QUrl(picture)) is None


def test_pieces_of_code_and_tables_behind_them_stay_apart(guide: GuideWindow) -> None:
    """Qt would take code behind code, and the first cell of a table behind code, for one."""
    for page in read_pages().values():
        guide.browser.show_page(page)
        document = guide.browser.document()
        fences = re.findall(r"^```\w", page.markdown, re.MULTILINE)
        assert len(list(code_areas(document))) == len(fences), page.name
        for table in document.rootFrame().childFrames():
            assert isinstance(table, QTextTable)
            first = table.cellAt(0, 0)
            assert first.firstCursorPosition().block() == first.lastCursorPosition().block()


def test_the_shipped_pages_are_found_where_the_search_says(guide: GuideWindow) -> None:
    """Positions are those of the page as it is shown, also behind pictures, code and tables."""
    pages = read_pages()
    matches = GuideIndex(pages).search("seed")
    assert {match.page for match in matches} >= {"users-guide.md", "command-line.md", "lessons.md"}
    for match in matches:
        if guide.browser.page is not pages[match.page]:
            guide.browser.show_page(pages[match.page])
        cursor = QTextCursor(guide.browser.document())
        cursor.setPosition(match.position)
        cursor.setPosition(match.position + match.length, QTextCursor.MoveMode.KeepAnchor)
        assert cursor.selectedText().lower() == "seed"
        assert "seed" in match.line.lower()[:40]
