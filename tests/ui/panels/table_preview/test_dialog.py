"""The preview of a table, clicked through."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bpviz.problems.tables.model import Reading
from bpviz.session.table_inspector import InspectedTable, TableInspector
from bpviz.ui.panels.table_preview.dialog import TablePreview
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry
from bpviz.ui.toolkit.widgets.data_table import DataTable
from bpviz.ui.toolkit.widgets.line_entry import LineEntry

ROWS = [f"{n},{n * 0.5},{'ab'[n % 2]},{n % 7 + 0.25}" for n in range(30)]


class PreviewDriver:
    """A preview, and hands that use it."""

    def __init__(self, dialog: TablePreview, qtbot: QtBot) -> None:
        self.dialog, self.qtbot = dialog, qtbot
        self.chosen: list[InspectedTable] = []
        self.refused: list[str] = []
        dialog.chosen.connect(self.chosen.append)
        dialog.refused.connect(self.refused.append)

    def find(self, kind: type, name: str) -> QWidget:
        found: QObject | None = self.dialog.findChild(kind, name)
        assert isinstance(found, QWidget), name
        return found

    def click(self, name: str) -> None:
        button = self.find(QPushButton, name)
        self.qtbot.waitUntil(button.isEnabled)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def pick(self, name: str, value: str) -> None:
        """Choose from a list with the keys, as far as it takes."""
        combo = self.find(ChoiceEntry, name)
        assert isinstance(combo, ChoiceEntry)
        combo.setCurrentIndex(combo.findData(value))

    def value(self, name: str) -> object:
        combo = self.find(ChoiceEntry, name)
        assert isinstance(combo, ChoiceEntry)
        return combo.value

    def rows(self, column: int) -> list[str]:
        table = self.find(DataTable, "preview_table")
        assert isinstance(table, DataTable)
        model = table.model()
        return [model.index(row, column).data() for row in range(model.rowCount())]

    def notes(self) -> list[str]:
        return self.dialog._notes.sentences

    def settle(self) -> None:
        """Wait until the newest reading is shown."""
        self.qtbot.waitUntil(
            lambda: self.dialog._found is not None and self.dialog._found.order == self.order
        )

    @property
    def order(self) -> int:
        return self.dialog._order


PreviewOf = Callable[..., PreviewDriver]


@pytest.fixture
def preview_of(qtbot: QtBot, tmp_path: Path) -> Iterator[PreviewOf]:
    """preview_of(text, **choices): the preview of a file with this text."""
    inspector = TableInspector()

    def make(text: str | bytes, *, skip_clean: bool = False, **choices: object) -> PreviewDriver:
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        reading = Reading(**choices)  # type: ignore[arg-type]
        passes = (lambda found: found.is_clean) if skip_clean else None
        dialog = TablePreview(str(path), reading, inspector, LIGHT, passes=passes)
        qtbot.addWidget(dialog)
        driver = PreviewDriver(dialog, qtbot)
        dialog.begin()
        if not skip_clean:
            driver.settle()
        return driver

    yield make
    inspector.close()
    assert inspector.isFinished()


@pytest.fixture
def plain(preview_of: PreviewOf) -> PreviewDriver:
    return preview_of("\n".join(["width,height,kind,price", *ROWS]))


def test_the_first_rows_kinds_and_roles_are_shown(plain: PreviewDriver) -> None:
    assert plain.rows(1)[:3] == ["0", "0.5", "1"]
    assert [plain.value(f"kind_{n}") for n in (2, 3, 4)] == ["number", "categories", "number"]
    assert [plain.value(f"role_{n}") for n in (2, 3, 4)] == ["input", "input", "target"]


def test_a_role_and_a_kind_are_chosen_and_trained_with(plain: PreviewDriver) -> None:
    plain.pick("role_3", "target")
    plain.settle()
    assert plain.value("role_4") == "input"
    plain.pick("role_2", "left out")
    plain.settle()
    plain.pick("kind_4", "categories")
    plain.settle()
    assert plain.value("kind_4") == "categories"
    plain.click("preview_train")
    (found,) = plain.chosen
    assert found.inspection is not None
    assert found.inspection.reading.options() == {
        "targets": "kind",
        "leave_out": "height",
        "categories": "price",
    }
    assert not plain.dialog.isVisible()


def test_options_of_the_whole_table_are_chosen(plain: PreviewDriver) -> None:
    plain.pick("preview_missing", "mean")
    box = plain.find(CheckEntry, "preview_standardise")
    assert isinstance(box, CheckEntry)
    box.click()
    plain.pick("preview_header", "no")
    plain.settle()
    assert plain.rows(2)[:2] == ["kind", "a"]
    plain.click("preview_reset")
    plain.settle()
    assert plain.rows(2)[:2] == ["a", "b"]
    assert plain.dialog.reading == Reading()


def test_a_refused_table_is_trained_with_after_its_remedy(preview_of: PreviewOf) -> None:
    driver = preview_of("\n".join(["w,h,k,p", *ROWS, "1,,a,2.5"]))
    assert "must be a value" in driver.notes()[0]
    driver.dialog.set_theme(DARK)
    assert not driver.find(QPushButton, "preview_train").isEnabled()
    driver.click("remedy_missing")
    driver.settle()
    assert not any("must be a value" in note for note in driver.notes())
    driver.click("preview_train")
    assert driver.chosen[0].reading.options() == {"missing": "skip rows"}


def test_a_file_that_cannot_be_cut_into_cells_is_mended_here(preview_of: PreviewOf) -> None:
    driver = preview_of("a,b,c\n1,2,3.5\n1,2\n4,1,2.5\n", skip_clean=True)
    driver.qtbot.waitUntil(driver.dialog.isVisible)
    assert "the same number of cells" in driver.notes()[0]
    driver.click("remedy_missing")
    driver.qtbot.waitUntil(lambda: driver.rows(0) == ["1", "1", "4"])
    driver.click("preview_train")
    assert driver.chosen


@pytest.mark.parametrize("classes", ["ab", "01"])
def test_a_clean_table_is_trained_with_at_once(preview_of: PreviewOf, classes: str) -> None:
    rows = [f"{n % 5 + 0.5},{n % 3 + 0.5},{classes[n % 2]}" for n in range(30)]
    driver = preview_of("\n".join(["x,y,kind", *rows]), skip_clean=True)
    driver.qtbot.waitUntil(lambda: len(driver.chosen) == 1)
    assert driver.chosen[0].reading == Reading()


def test_a_guess_opens_the_preview(preview_of: PreviewOf) -> None:
    rows = [f"{n % 5 + 0.5},{n % 3 + 0.5},{n % 3}" for n in range(30)]
    driver = preview_of("\n".join(["x,y,kind", *rows]), skip_clean=True)
    driver.qtbot.waitUntil(driver.dialog.isVisible)
    assert driver.value("kind_3") == "categories"
    driver.click("remedy_targets_are")
    driver.settle()
    assert driver.value("kind_3") == "number"
    assert driver.dialog.findChild(QPushButton, "remedy_targets_are") is None or (
        driver.dialog.reading.targets_are == "numbers"
    )
    assert not driver.chosen


def test_what_is_no_table_is_refused_with_its_sentence(preview_of: PreviewOf) -> None:
    driver = preview_of(b"\x89PNG\r\n\x1a\n" + bytes(100), skip_clean=True)
    driver.qtbot.waitUntil(lambda: len(driver.refused) == 1)
    assert "PNG" in driver.refused[0]
    assert not driver.dialog.isVisible()


def test_a_choice_that_does_not_fit_keeps_the_old_rows_and_can_be_taken_back(
    plain: PreviewDriver,
) -> None:
    plain.pick("preview_separator", "tab")
    plain.settle()
    assert plain.rows(1)[:3] == ["0", "0.5", "1"]
    assert not plain.find(QPushButton, "preview_train").isEnabled()
    plain.pick("preview_separator", "auto")
    plain.settle()
    assert plain.find(QPushButton, "preview_train").isEnabled()


def test_only_columns_on_screen_have_choices(preview_of: PreviewOf) -> None:
    names = ",".join(f"c{n}" for n in range(400))
    rows = [",".join(str((n * r) % 7 + 0.5) for n in range(1, 401)) for r in range(1, 30)]
    driver = preview_of("\n".join([names, *rows]))
    assert len(driver.dialog.findChildren(ChoiceEntry)) < 80
    table = driver.find(DataTable, "preview_table")
    assert isinstance(table, DataTable)
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
    assert driver.value("role_400") == "target"
    driver.pick("role_398", "left out")
    driver.settle()
    assert driver.dialog.reading.options() == {"leave_out": "c397"}


def test_columns_that_are_gone_have_no_choices(preview_of: PreviewOf) -> None:
    driver = preview_of("\n".join(f"{n};{n % 7};{n % 5} {n % 3}" for n in range(30)))
    driver.pick("preview_separator", "semicolon")
    driver.settle()
    assert driver.find(ChoiceEntry, "role_3").isVisible()
    driver.pick("preview_separator", "blanks")
    driver.settle()
    assert driver.find(ChoiceEntry, "role_2").isVisible()
    assert driver.dialog.findChild(ChoiceEntry, "role_3") is None


def test_a_second_file_is_checked_at_once(preview_of: PreviewOf, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("width,kind\n1,a\n2,b\n")
    driver = preview_of("\n".join(["width,height,kind,price", *ROWS]), test_file=str(other))
    assert "height" in driver.notes()[0]
    assert not driver.find(QPushButton, "preview_train").isEnabled()


def test_names_are_shown_letter_by_letter(preview_of: PreviewOf) -> None:
    driver = preview_of("\n".join(["<b>w</b>,h,k,p", *ROWS, "1,,a,2.5"]))
    for label in driver.dialog.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<" not in label.text()


def test_cancel_chooses_nothing(plain: PreviewDriver) -> None:
    plain.pick("role_3", "target")
    plain.click("preview_cancel")
    assert not plain.chosen
    assert not plain.dialog.isVisible()


def test_a_column_is_renamed_and_keeps_its_role(plain: PreviewDriver) -> None:
    plain.pick("role_3", "target")
    plain.settle()
    name = plain.find(LineEntry, "name_3")
    assert isinstance(name, LineEntry)
    for typed, is_wrong in (("price", True), (" ", True), ("sort, of", False)):
        name.selectAll()
        name.setFocus()
        plain.qtbot.keyClicks(name, typed)
        plain.qtbot.keyClick(name, Qt.Key.Key_Return)
        assert plain.dialog.isVisible()
        assert bool(name.sentence) == is_wrong
    plain.settle()
    assert plain.value("role_3") == "target"
    plain.click("preview_train")
    options = plain.chosen[0].reading.options()
    assert options == {"names": 'width,height,"sort, of",price', "targets": '"sort, of"'}
