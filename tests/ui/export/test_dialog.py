"""The export dialog, driven as a person drives it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.session.frame import Frame
from bpviz.ui.export.dialog import ExportDialog
from bpviz.ui.export.settings import PRESETS, PicturePreset
from bpviz.ui.export.tables import TABLES, TableSource
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, Theme
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.views.base import View
from bpviz.ui.views.hidden_space.view import HiddenSpaceView
from bpviz.ui.views.table import VIEWS, view_classes
from tests.conftest import FrameFor

KEYS = list(VIEWS)
VECTOR = [view.key for view in view_classes() if view.vector]
Dialogs = Callable[..., "Driver"]


class Driver:
    """Clicks and types in a dialog."""

    def __init__(self, qtbot: QtBot, dialog: ExportDialog) -> None:
        self.qtbot, self.dialog = qtbot, dialog
        self.written: list[Path] = []
        dialog.exported.connect(self.written.extend)

    def find(self, kind: type[Any], name: str) -> Any:
        found = self.dialog.findChild(kind, f"export_{name}")
        assert found is not None, name
        return found

    def check(self, *keys: str) -> None:
        """Check exactly these views (and "window")."""
        for key in (*KEYS, "window"):
            box = self.find(QCheckBox, "window" if key == "window" else f"view_{key}")
            if box.isChecked() != (key in keys):
                self.press(box)

    def press(self, box: QCheckBox) -> None:
        self.qtbot.keyClick(box, Qt.Key.Key_Space)

    def type(self, name: str, text: str) -> None:
        edit = self.find(QLineEdit, name)
        edit.setFocus()
        edit.selectAll()
        self.qtbot.keyClicks(edit, text) if text else self.qtbot.keyClick(edit, Qt.Key.Key_Delete)

    def choose(self, name: str, value: str) -> None:
        combo = self.find(QComboBox, name)
        combo.setCurrentIndex(combo.findData(value))

    def export(self) -> None:
        """Press Export, and wait until the pictures are written or a sentence says why not."""
        self.begin()
        bar = self.find(QProgressBar, "progress")
        self.qtbot.waitUntil(bar.isHidden)

    def begin(self) -> None:
        self.qtbot.mouseClick(self.find(QPushButton, "button"), Qt.MouseButton.LeftButton)

    def answer(self, button: str) -> list[str]:
        """Export, and press this button of the question that comes; the question's texts."""
        asked: list[str] = []

        def press() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            asked.append(box.text())
            self.qtbot.mouseClick(
                box.findChild(QPushButton, f"export_{button}"), Qt.MouseButton.LeftButton
            )

        QTimer.singleShot(0, press)
        self.export()
        return asked

    @property
    def message(self) -> str:
        return str(self.find(QLabel, "message").text())


@pytest.fixture
def frame(frame_for: FrameFor) -> Frame:
    return frame_for("xor")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


@pytest.fixture
def opened(qtbot: QtBot, frame: Frame, settings: Settings, folder: Path) -> Dialogs:
    """opened() -> a shown dialog that writes small pictures to ``folder``."""

    def make(theme: Theme = LIGHT, fresh: bool = True) -> Driver:
        views: list[View] = [view(theme=theme) for view in view_classes()]
        window = QWidget()
        window.resize(300, 200)
        window.setWindowTitle("xor – bpviz")
        for widget in (*views, window):
            qtbot.addWidget(widget)
        dialog = ExportDialog(views, frame, window, settings)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        driver = Driver(qtbot, dialog)
        if fresh:
            driver.type("folder", str(folder))
            driver.type("width", "400")
            driver.type("height", "300")
        return driver

    return make


def size_of(path: Path) -> tuple[int, int]:
    image = QImage(str(path))
    return image.width(), image.height()


# -- what is written -----------------------------------------------------------------------


def test_all_views_are_written_at_three_times_the_size(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.export()
    assert sorted(os.listdir(folder)) == sorted(f"{key}.png" for key in KEYS)
    assert driver.written == [folder / f"{key}.png" for key in KEYS]
    for key in KEYS:
        assert size_of(folder / f"{key}.png") == (1200, 900)
    assert not driver.dialog.isVisible()


@pytest.mark.parametrize("key", KEYS)
def test_one_view_alone(opened: Dialogs, folder: Path, key: str) -> None:
    driver = opened()
    driver.check(key)
    assert driver.find(QLabel, "files").text() == f"{key}.png"
    driver.export()
    assert os.listdir(folder) == [f"{key}.png"]


def test_the_whole_window_is_taken_as_large_as_it_is(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.check("window")
    driver.type("scale", "3")
    driver.export()
    assert size_of(folder / "window.png") == (900, 600)
    assert QImage(str(folder / "window.png")).text("Epoch") == "20"


def test_svg_is_for_vector_views_only_and_says_so(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.check(*KEYS, "window")
    driver.choose("format", "svg")
    for key in KEYS:
        box = driver.find(QCheckBox, f"view_{key}")
        assert box.isEnabled() == (key in VECTOR)
        assert ("PNG only" in box.text()) == (key not in VECTOR)
    assert not driver.find(QCheckBox, "window").isEnabled()
    assert not driver.find(QLineEdit, "scale").isEnabled()
    driver.export()
    assert sorted(os.listdir(folder)) == sorted(f"{key}.svg" for key in VECTOR)
    assert b"<svg" in (folder / f"{VECTOR[0]}.svg").read_bytes()


@pytest.mark.parametrize(
    ("on_screen", "chosen", "theme"),
    [
        (LIGHT, "screen", LIGHT),
        (DARK, "screen", DARK),
        (LIGHT, "dark", DARK),
        (DARK, "light", LIGHT),
    ],
)
def test_colours(
    opened: Dialogs, folder: Path, on_screen: Theme, chosen: str, theme: Theme
) -> None:
    driver = opened(on_screen)
    driver.check("network")
    driver.choose("theme", chosen)
    driver.export()
    image = QImage(str(folder / "network.png"))
    assert image.pixelColor(1, 1) == theme.colour("surface")


def test_text_can_be_larger(opened: Dialogs, folder: Path) -> None:
    driver, pictures = opened(), []
    driver.check("loss")
    for prefix, text in (("a-", "screen"), ("b-", "paper"), ("c-", "slide"), ("d-", "poster")):
        driver.type("prefix", prefix)
        driver.choose("text", text)
        driver.export()
        pictures.append((folder / f"{prefix}loss.png").read_bytes())
        assert size_of(folder / f"{prefix}loss.png") == (1200, 900)
    assert len(set(pictures)) == 4
    assert opened(fresh=False).find(QComboBox, "text").currentData() == "poster"


@pytest.mark.parametrize("preset", PRESETS, ids=[row.label for row in PRESETS])
def test_a_preset_is_size_scale_and_text(
    opened: Dialogs, folder: Path, preset: PicturePreset
) -> None:
    driver = opened()
    driver.check("loss")
    box = driver.find(QComboBox, "preset")
    place = box.findText(preset.label)
    box.setCurrentIndex(place)
    box.activated.emit(place)
    assert driver.find(QComboBox, "text").currentData() == preset.text
    driver.export()
    scale = preset.scale
    assert size_of(folder / "loss.png") == (preset.width * scale, preset.height * scale)
    again = opened(fresh=False)
    assert again.find(QComboBox, "preset").currentText() == preset.label
    again.type("width", "333")
    again.find(QLineEdit, "width").commit()
    assert again.find(QComboBox, "preset").currentText() == "own size"


def test_names_may_start_with_something(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.check("loss")
    driver.type("prefix", "xor-20-")
    driver.export()
    assert os.listdir(folder) == ["xor-20-loss.png"]


def test_all_views_checks_and_unchecks_every_view(opened: Dialogs) -> None:
    driver = opened()
    every = driver.find(QCheckBox, "all")
    boxes = [driver.find(QCheckBox, f"view_{key}") for key in KEYS]
    assert every.checkState() == Qt.CheckState.Checked
    driver.press(every)
    assert [box.isChecked() for box in boxes] == [False] * len(boxes)
    assert not driver.find(QPushButton, "button").isEnabled()
    driver.press(boxes[0])
    assert every.checkState() == Qt.CheckState.PartiallyChecked
    assert driver.find(QPushButton, "button").isEnabled()
    driver.press(every)
    assert [box.isChecked() for box in boxes] == [True] * len(boxes)
    assert every.checkState() == Qt.CheckState.Checked


def test_a_folder_is_chosen_with_browse(
    opened: Dialogs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(other))
    driver = opened()
    driver.check("loss")
    driver.qtbot.mouseClick(driver.find(QPushButton, "browse"), Qt.MouseButton.LeftButton)
    driver.export()
    assert os.listdir(other) == ["loss.png"]


def test_cancel_leaves_no_picture_and_the_dialog_as_it_was(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    bar, close = driver.find(QProgressBar, "progress"), driver.find(QPushButton, "close")
    driver.begin()
    assert close.text() == "Cancel"
    assert not driver.find(QComboBox, "format").isEnabled()
    driver.qtbot.waitUntil(lambda: bar.value() >= 1)
    driver.qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert "no file was written" in driver.message
    assert driver.dialog.isVisible()
    assert not folder.exists()
    driver.export()
    assert sorted(os.listdir(folder)) == sorted(f"{key}.png" for key in KEYS)


# -- numbers -------------------------------------------------------------------------------


def test_numbers_are_written_as_csv(opened: Dialogs, folder: Path, frame: Frame) -> None:
    offered = [table.key for table in TABLES if table.is_available(TableSource(frame))]
    driver = opened()
    driver.choose("format", "csv")
    assert not driver.find(QGroupBox, "views").isVisible()
    for name in ("width", "height", "scale"):
        assert not driver.find(QLineEdit, name).isEnabled()
    assert driver.find(QLabel, "files").text() == ", ".join(f"{key}.csv" for key in offered)
    preview, caption = driver.find(QLabel, "preview"), driver.find(QLabel, "caption")
    driver.qtbot.waitUntil(lambda: preview.text().startswith("epoch,error"))
    driver.press(driver.find(QCheckBox, "table_loss"))
    driver.qtbot.waitUntil(lambda: preview.text().startswith("group,from,to,value"))
    assert caption.text() == "Weights and biases"
    driver.choose("format", "csv-semicolon")
    driver.qtbot.waitUntil(lambda: preview.text().startswith("group;from;to;value"))
    driver.choose("format", "csv")
    every = driver.find(QCheckBox, "all_tables")
    assert not every.isChecked()
    driver.press(every)
    assert every.isChecked()
    driver.press(every)
    assert not driver.find(QPushButton, "button").isEnabled()
    driver.press(driver.find(QCheckBox, "table_loss"))
    driver.press(driver.find(QCheckBox, "table_patterns"))
    driver.export()
    assert driver.written == [folder / "loss.csv", folder / "patterns.csv"]
    assert len((folder / "loss.csv").read_text("utf-8-sig").splitlines()) == 1 + 21
    again = opened(fresh=False)
    assert again.find(QComboBox, "format").currentData() == "csv"
    assert again.find(QLabel, "files").text() == "loss.csv, patterns.csv"


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("width", "99", ("Width", "99", "from 100 to 10,000")),
        ("width", "wide", ("Width", "'wide'", "from 100 to 10,000")),
        ("height", "10001", ("Height", "10001", "from 100 to 10,000")),
        ("height", "", ("Height", "from 100 to 10,000")),
        ("scale", "0.5", ("Scale", "0.5", "from 1 to 4")),
        ("scale", "5", ("Scale", "5", "from 1 to 4")),
        ("scale", "twice", ("Scale", "'twice'", "from 1 to 4")),
        ("prefix", "a/b", ("not 'a/b'", "without / ")),
    ],
)
def test_an_entry_that_is_not_allowed_stays_and_is_explained(
    opened: Dialogs, folder: Path, name: str, text: str, words: tuple[str, ...]
) -> None:
    driver = opened()
    driver.type(name, text)
    driver.export()
    assert driver.dialog.isVisible()
    assert driver.find(QLineEdit, name).text() == text
    for word in words:
        assert word in driver.message
    assert not folder.exists()
    driver.type(name, "x" if name == "prefix" else "400" if name != "scale" else "1")
    driver.export()
    assert driver.message == ""
    assert len(driver.written) == len(KEYS)


def test_a_picture_too_large_is_refused_in_a_sentence(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.check("network")
    driver.type("width", "10,000")
    driver.type("height", "10,000")
    driver.type("scale", "4")
    driver.export()
    assert driver.dialog.isVisible()
    assert "40,000 x 40,000 pixels" in driver.message
    assert not folder.exists()


def test_no_folder_is_said(opened: Dialogs) -> None:
    driver = opened()
    driver.type("folder", "")
    driver.export()
    assert "No folder is chosen" in driver.message
    assert driver.dialog.isVisible()


def test_a_folder_that_cannot_be_written_is_said(opened: Dialogs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    driver = opened()
    driver.type("folder", str(tmp_path / "file"))
    driver.export()
    assert str(tmp_path / "file") in driver.message
    assert "a file has the folder's name" in driver.message
    assert driver.dialog.isVisible()
    assert driver.written == []


def test_a_full_disk_is_said_and_leaves_no_part_of_a_file(opened: Dialogs, folder: Path) -> None:
    resource = pytest.importorskip("resource")
    driver = opened()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        driver.export()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "could not be written: file too large" in driver.message
    assert os.listdir(folder) == []
    driver.export()  # nothing was lost: the same choices work when there is room
    assert len(os.listdir(folder)) == len(KEYS)


@pytest.mark.parametrize("name", ["png", "svg"])
def test_a_view_that_fails_is_named_and_the_others_are_written(
    qtbot: QtBot, opened: Dialogs, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(view: View, frame: Frame) -> None:
        raise ValueError(f"operands of {name} could not be broadcast together")

    driver = opened()
    driver.choose("format", name)
    driver.check("network", "loss", "hidden_space")
    monkeypatch.setattr(HiddenSpaceView, "show_frame", fail)
    with qtbot.captureExceptions() as seen:
        driver.export()
    assert sorted(os.listdir(folder)) == [f"loss.{name}", f"network.{name}"]
    assert len(driver.written) == 2
    assert driver.dialog.isVisible()
    assert driver.message.startswith("Hidden space could not be made.")
    assert driver.message.endswith("2 other files were written.")
    assert "operands" not in driver.message
    assert "operands" in str(seen[0][1])  # it is in the log


# -- existing files ------------------------------------------------------------------------


@pytest.fixture
def taken(folder: Path) -> Path:
    """A file with the name of a picture."""
    folder.mkdir()
    (folder / "loss.png").write_text("precious")
    return folder / "loss.png"


def test_existing_files_are_asked_about_and_kept(opened: Dialogs, taken: Path) -> None:
    driver = opened()
    driver.check("loss", "network")
    asked = driver.answer("cancel")
    assert asked == [f"loss.png is already in {taken.parent}."]
    assert driver.dialog.isVisible()
    assert os.listdir(taken.parent) == ["loss.png"]
    assert taken.read_text() == "precious"


def test_existing_files_are_replaced_when_told(opened: Dialogs, taken: Path) -> None:
    driver = opened()
    driver.check("loss", "network")
    assert driver.answer("replace")
    assert size_of(taken) == (1200, 900)
    assert sorted(os.listdir(taken.parent)) == ["loss.png", "network.png"]


def test_both_are_kept_when_told(opened: Dialogs, taken: Path) -> None:
    driver = opened()
    driver.check("loss", "network")
    assert driver.answer("keep")
    assert taken.read_text() == "precious"
    assert size_of(taken.with_name("loss (2).png")) == (1200, 900)
    assert driver.written == [taken.with_name("network.png"), taken.with_name("loss (2).png")]


# -- remembering, preview, access ----------------------------------------------------------


def test_choices_are_remembered_when_pictures_were_written(opened: Dialogs, folder: Path) -> None:
    first = opened()
    first.check("loss", "window")
    first.type("scale", "1.5")
    first.type("prefix", "a-")
    first.choose("theme", "dark")
    first.export()
    again = opened(fresh=False)
    assert again.find(QLineEdit, "folder").text() == str(folder)
    assert [again.find(QLineEdit, n).text() for n in ("width", "height", "scale", "prefix")] == [
        "400", "300", "1.5", "a-",
    ]  # fmt: skip
    assert again.find(QComboBox, "theme").currentData() == "dark"
    assert again.find(QCheckBox, "view_loss").isChecked()
    assert again.find(QCheckBox, "window").isChecked()
    assert not again.find(QCheckBox, "view_network").isChecked()


def test_settings_that_make_no_sense_are_passed_over(opened: Dialogs, settings: Settings) -> None:
    for name, value in (("width", "7"), ("scale", "x"), ("theme", "pink"), ("format", "gif")):
        settings.set(f"export/{name}", value)
    driver = opened(fresh=False)
    assert driver.find(QLineEdit, "width").text() == "640"
    assert driver.find(QLineEdit, "scale").text() == "3"
    assert driver.find(QComboBox, "theme").currentData() == "screen"
    assert driver.find(QComboBox, "format").currentData() == "png"


def test_nothing_is_remembered_when_closed(opened: Dialogs, settings: Settings) -> None:
    driver = opened()
    driver.qtbot.mouseClick(driver.find(QPushButton, "close"), Qt.MouseButton.LeftButton)
    assert not driver.dialog.isVisible()
    assert not settings.path.exists()


def test_the_preview_follows_what_is_chosen(opened: Dialogs) -> None:
    driver = opened()
    caption, preview = driver.find(QLabel, "caption"), driver.find(QLabel, "preview")
    for key, title in ((row.key, row.title) for row in VIEWS.values()):
        driver.check(key)
        driver.qtbot.waitUntil(lambda title=title: caption.text() == title)
        assert preview.pixmap().width() > 100
    light = preview.pixmap().toImage()
    driver.choose("theme", "dark")
    driver.qtbot.waitUntil(lambda: preview.pixmap().toImage() != light)
    driver.check("window")
    driver.qtbot.waitUntil(lambda: caption.text() == "Whole window")
    driver.check()
    driver.qtbot.waitUntil(lambda: preview.pixmap().isNull())


def test_everything_has_a_name_and_a_tooltip(opened: Dialogs) -> None:
    driver = opened()
    for kind in (QCheckBox, QComboBox, QLineEdit, QPushButton):
        for widget in driver.dialog.findChildren(kind):
            assert widget.objectName().startswith("export_")
            assert widget.toolTip()
            named = getattr(widget, "text", str)() if kind in (QCheckBox, QPushButton) else ""
            assert named or widget.accessibleName(), widget.objectName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_escape_closes_and_writes_nothing(opened: Dialogs, folder: Path) -> None:
    driver = opened()
    driver.qtbot.keyClick(driver.find(QComboBox, "format"), Qt.Key.Key_Escape)
    assert not driver.dialog.isVisible()
    assert not folder.exists()


def test_the_views_on_screen_are_ticked_and_empty_ones_say_so(
    qtbot: QtBot, frame: Frame, settings: Settings
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    views = {view.key: view for view in (each(window) for each in view_classes())}
    window.resize(900, 200)
    for view in views.values():
        view.show_frame(frame)
        view.resize(300, 200)
        view.hide()
    for place, key in enumerate(("loss", "network", "trajectory")):
        views[key].move(300 * place, 0)
        views[key].show()
    window.show()
    dialog = ExportDialog(list(views.values()), frame, window, settings)
    qtbot.addWidget(dialog)
    boxes = {key: dialog.findChild(QCheckBox, f"export_view_{key}") for key in views}
    assert [key for key, box in boxes.items() if box.isChecked()] == ["network", "loss"]
    assert boxes["trajectory"].text() == "Over time (empty)"
    assert boxes["collapse"].text() == "Collapse (empty)"
    assert boxes["loss"].text() == "Loss"
