"""A view is one file and one row: one of text only, named nowhere else, is complete.

That pictures of it are right is tested with those of all views.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QDockWidget, QMenu
from pytestqt.qtbot import QtBot

from bpviz.cli import main
from bpviz.ui.toolkit.drawing.theme import THEMES
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.views import table
from bpviz.ui.views.table import VIEWS, ViewRow
from bpviz.ui.window.main_window import MainWindow
from tests.ui.views import text_view
from tests.ui.views.text_view import TextView

OpenMain = Callable[[], MainWindow]


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> ViewRow:
    """The row of a view whose file is ``text.py`` in the package of views."""
    monkeypatch.setitem(sys.modules, f"{table.__package__}.text", text_view)
    row = ViewRow("text", "Text", "text:TextView")
    monkeypatch.setitem(VIEWS, row.key, row)
    return row


def test_a_row_imports_its_class(row: ViewRow) -> None:
    assert row.load() is TextView
    assert table.view_classes()[-1] is TextView


@pytest.mark.parametrize("theme", THEMES)
def test_it_has_a_dock_that_follows_the_run_and_the_theme(
    qtbot: QtBot, settings: Settings, open_main: OpenMain, theme: str
) -> None:
    settings.set("theme", theme)
    window = open_main()
    assert window.findChild(QDockWidget, "dock_text").windowTitle() == "Text"
    window.bring("text")
    view = window.parts.view("text")
    assert isinstance(view, TextView)
    qtbot.waitUntil(lambda: view.text.toPlainText().startswith("Epoch 0\n"))
    window.actions_by_name["step"].trigger()
    qtbot.waitUntil(lambda: view.text.toPlainText().startswith("Epoch 1\n"))
    for name in (theme, *(set(THEMES) - {theme})):
        window.choose_theme(name)
        ground = view.grab().toImage().pixelColor(2, 2)
        assert ground == THEMES[name].colour("surface")


def test_it_is_in_the_menus(window: MainWindow) -> None:
    titles = {menu.title(): menu for menu in window.findChildren(QMenu)}
    assert "Text" in [action.text() for action in titles["&View"].actions()]
    window.findChild(QAction, "action_copy_text").trigger()
    image = QGuiApplication.clipboard().image()
    assert image.text("Title") == "Text: xor, epoch 0"
    assert window.parts.all_views()[-1].key == "text"


def test_its_picture_is_exported_from_the_command_line(qapp: object, tmp_path: Path) -> None:
    assert main(["train", "xor", "--epochs", "3", "--export", str(tmp_path)]) == 0
    image = QImage(str(tmp_path / "text.png"))
    assert image.text("Title") == "Text: xor, epoch 3"
    assert main(["train", "xor", "--epochs", "3", "--export", str(tmp_path)]) == 1  # it exists
