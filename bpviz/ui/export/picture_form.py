"""The fields of the export dialog: which pictures, how large, in which colours, and where."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from bpviz.session.frame import Frame
from bpviz.ui.export.settings import (
    CSV,
    CSV_SEMICOLON,
    PNG,
    PRESETS,
    SVG,
    TABLE_MARKS,
    TEXT_SIZES,
    THEME_CHOICES,
    ExportSettings,
    check_scale,
    check_side,
    read_prefix,
)
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry

NUMBER_WIDTH = 72  # px

COLUMNS = 2
"""Of the boxes that choose pictures: the dialog must fit on a small screen."""


def on_screen(views: Sequence[Pictured], frame: Frame) -> list[str]:
    """The keys of the views that are seen and show something; of all, if none is."""
    seen = [view.key for view in views if view.isVisible() and not view.is_empty(frame)]
    return seen or [view.key for view in views]


class PictureChoice(QGroupBox):
    """Which pictures: a box for each view, one for all of them, one for the whole window.

    In a format that some of them cannot have, those are disabled and say so.
    """

    changed = Signal()

    def __init__(self, views: Sequence[Pictured], frame: Frame) -> None:
        super().__init__("Pictures")
        self.setObjectName("export_views")
        self._views = tuple(views)
        self._all = named(QCheckBox("All of them"), "export_all", "Everything below, or nothing")
        self._checks = {
            view.key: named(QCheckBox(), f"export_view_{view.key}", view.about) for view in views
        }
        self._titles = {
            view.key: f"{view.title} (empty)" if view.is_empty(frame) else view.title
            for view in views
        }
        tip = "The window as large and in the colours as it is now"
        self._whole = named(QCheckBox("Whole window"), "export_window", tip)
        self.set_vector(False)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(self._all)
        grid, rows = QGridLayout(), -(-len(self._checks) // COLUMNS)
        grid.setContentsMargins(2 * SPACE, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        for place, check in enumerate(self._checks.values()):
            grid.addWidget(check, place % rows, place // rows)
        column.addLayout(grid)
        column.addWidget(self._whole)
        column.addStretch(1)
        tip = "Training may go on meanwhile; the pictures of views do not change"
        column.addWidget(named(QLabel(f"All of {frame.snapshot.instant}"), "export_instant", tip))
        self._all.clicked.connect(self._toggle_all)
        for check in (*self._checks.values(), self._whole):
            check.toggled.connect(self._on_toggled)

    def set_chosen(self, keys: Sequence[str], window: bool) -> None:
        """Check the views with these keys, and the window."""
        for key, check in self._checks.items():
            check.setChecked(key in keys)
        self._whole.setChecked(window)

    def set_vector(self, vector: bool) -> None:
        """Allow only what a file of lines and text can hold, or everything."""
        for view in self._views:
            allowed = view.vector or not vector
            _allow(self._checks[view.key], self._titles[view.key], allowed)
        _allow(self._whole, "Whole window", not vector)

    @property
    def keys(self) -> list[str]:
        """The keys of the checked views, whether allowed or not."""
        return [key for key, check in self._checks.items() if check.isChecked()]

    @property
    def whole_window(self) -> bool:
        """Whether the whole window is checked."""
        return self._whole.isChecked()

    @property
    def wanted(self) -> list[Pictured | None]:
        """The checked views that are allowed; None stands for the window."""
        views: list[Pictured | None] = [v for v in self._views if _is_wanted(self._checks[v.key])]
        return [*views, None] if _is_wanted(self._whole) else views

    def _toggle_all(self) -> None:
        every = all(check.isChecked() for check in self._checks.values())
        for check in self._checks.values():
            check.setChecked(not every)
        self._on_toggled()

    def _on_toggled(self) -> None:
        checked = len(self.keys)
        if 0 < checked < len(self._checks):
            self._all.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self._all.setTristate(False)
            self._all.setChecked(checked > 0)
        self.changed.emit()


def _allow(check: QCheckBox, title: str, allowed: bool) -> None:
    check.setEnabled(allowed)
    check.setText(title if allowed else f"{title} (PNG only)")


def _is_wanted(check: QCheckBox) -> bool:
    return check.isChecked() and check.isEnabled()


class PictureForm(QWidget):
    """How the pictures are to be: format, size, colours, folder, names.

    An entry that is not allowed is marked and counts as its last allowed value; ``complaint``
    says what is wrong with it.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._make_choices()
        self._make_numbers()
        self._make_places()
        self._lay_out()
        for box in (self._format, self._colours, self._text):
            box.currentIndexChanged.connect(self.changed)
        self._preset.activated.connect(self._choose_preset)
        for entry in self._entries:
            entry.committed.connect(self.changed)
            entry.sentence_changed.connect(self.changed)
        self._folder.textChanged.connect(self.changed)
        self._browse.clicked.connect(self._choose_folder)

    # -- what is chosen --------------------------------------------------------------------

    def chosen(self) -> ExportSettings:
        """What the fields say; which pictures is said elsewhere."""
        return ExportSettings(
            format=self._format.currentData(),
            width=self._width.value,
            height=self._height.value,
            scale=self._scale.value,
            theme=self._colours.currentData(),
            text=self._text.currentData(),
            folder=self._folder.text().strip(),
            prefix=self._prefix.value,
        )

    def fill(self, start: ExportSettings) -> None:
        """Show these settings."""
        self._format.setCurrentIndex(self._format.findData(start.format))
        self._colours.setCurrentIndex(self._colours.findData(start.theme))
        self._text.setCurrentIndex(self._text.findData(start.text))
        values = (start.width, start.height, start.scale, start.prefix)
        for entry, value in zip(self._entries, values, strict=True):
            entry.show_value(value, force=True)
        self._folder.setText(start.folder)

    def commit(self) -> None:
        """Take over what is being typed."""
        for entry in self._entries:
            entry.commit()

    def complaint(self) -> str:
        """What is wrong with an entry that matters, in a sentence; empty if nothing is."""
        return next((e.sentence for e in self._entries if e.isEnabled() and e.sentence), "")

    def show_consequences(self, files: Sequence[str]) -> None:
        """Say how many pixels come of the choices, and which files."""
        chosen = self.chosen()
        self._scale.setEnabled(chosen.format == PNG)
        for field in (self._preset, self._width, self._height, self._colours, self._text):
            field.setEnabled(chosen.format not in TABLE_MARKS)
        self._show_preset(chosen)
        width, height = (round(side * chosen.scale) for side in (chosen.width, chosen.height))
        self._pixels.setText("" if chosen.format != PNG else f"= {width:,} × {height:,} pixels")
        self._files.setText(", ".join(files) or "none")

    def _choose_preset(self, place: int) -> None:
        """Take over the size and the text of a preset."""
        if place == 0:  # the user's own
            return
        preset = PRESETS[place - 1]
        sizes = (preset.width, preset.height, preset.scale)
        for entry, value in zip(self._entries, sizes, strict=False):
            entry.show_value(value, force=True)
        self._text.setCurrentIndex(self._text.findData(preset.text))
        self.changed.emit()

    def _show_preset(self, chosen: ExportSettings) -> None:
        """Name the preset that the fields agree with."""
        fields = chosen.width, chosen.height, chosen.scale, chosen.text
        places = (n for n, row in enumerate(PRESETS, 1) if row[1:] == fields)
        self._preset.setCurrentIndex(next(places, 0))

    # -- building --------------------------------------------------------------------------

    def _make_choices(self) -> None:
        tip = "SVG stays sharp at any size, but not every view can be one; CSV is for spreadsheets"
        self._format = named(QComboBox(), "export_format", tip)
        self._format.addItem("PNG (pixels)", PNG)
        self._format.addItem("SVG (lines and text)", SVG)
        self._format.addItem("CSV (numbers)", CSV)
        self._format.addItem("CSV (; and decimal comma)", CSV_SEMICOLON)
        tip = "Colours of the views; the whole window is taken as it is"
        self._colours = named(QComboBox(), "export_theme", tip)
        for name, text in THEME_CHOICES.items():
            self._colours.addItem(text, name)
        tip = "Size, scale and text for a page, a slide or a poster; each can be changed"
        self._preset = named(QComboBox(), "export_preset", tip)
        self._preset.addItems(["own size", *(row.label for row in PRESETS)])
        tip = "How large text, lines and units of the views are; the size of the picture stays"
        self._text = named(QComboBox(), "export_text", tip)
        for name, (text, factor) in TEXT_SIZES.items():
            self._text.addItem(text if factor == 1.0 else f"{text}: × {factor:g}", name)

    def _make_numbers(self) -> None:
        self._width, self._height = (
            self._number(side, NumberEntry("whole", partial(check_side, side)))
            for side in ("width", "height")
        )
        self._scale = self._number("scale", NumberEntry("number", check_scale))
        for side in (self._width, self._height):
            side.setToolTip("Px at scale 1, from 100 to 10,000; texts keep their size")
        self._scale.setToolTip("Pixels for each px, from 1 to 4: all is drawn that much finer")
        self._pixels = named(QLabel(), "export_pixels")

    def _make_places(self) -> None:
        tip = "Where the files are written; a missing folder is made"
        self._folder = named(QLineEdit(), "export_folder", tip)
        self._browse = named(QPushButton("Browse…"), "export_browse", "Choose the folder")
        self._browse.setAutoDefault(False)
        tip = "Put before the name of every file; may be empty"
        self._prefix = named(LineEntry(read_prefix, str), "export_prefix", tip)
        self._prefix.set_theme(self._theme)
        self._files = named(QLabel(wordWrap=True), "export_files")
        _keep_two_lines(self._files)
        self._entries = (self._width, self._height, self._scale, self._prefix)

    def _number(self, name: str, entry: NumberEntry) -> NumberEntry:
        named(entry, f"export_{name}")
        entry.setAccessibleName(name.capitalize())
        entry.set_theme(self._theme)
        entry.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        entry.setFixedWidth(NUMBER_WIDTH)
        return entry

    def _lay_out(self) -> None:
        size = _row(
            self._width, QLabel("×"), self._height, QLabel("px, scale"), self._scale, self._pixels
        )
        size.addStretch(1)
        folder = _row(self._folder, self._browse)
        folder.setStretch(0, 1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE)
        for text, buddy, row in (
            ("For&mat", self._format, _row(self._format)),
            ("&Picture for", self._preset, _row(self._preset)),
            ("&Size", self._width, size),
            ("&Text", self._text, _row(self._text)),
            ("&Colours", self._colours, _row(self._colours)),
            ("&Folder", self._folder, folder),
            ("&Names start with", self._prefix, _row(self._prefix)),
        ):
            label = QLabel(text)
            label.setBuddy(buddy)
            form.addRow(label, row)
            buddy.setAccessibleName(buddy.accessibleName() or text.replace("&", ""))
        title = QLabel("Files")
        title.setAlignment(Qt.AlignmentFlag.AlignTop)
        form.addRow(title, self._files)

    def _choose_folder(self) -> None:
        start = self._folder.text()
        folder = QFileDialog.getExistingDirectory(self, "Folder for the files", start)
        if folder:
            self._folder.setText(folder)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _keep_two_lines(label: QLabel) -> None:
    """Keep room for two lines of text, so that nothing jumps."""
    label.setMinimumHeight(2 * label.fontMetrics().lineSpacing() + 2)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class Complaint(QLabel):
    """A sentence about what is wrong, with room for two lines even when there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        palette = self.palette()
        palette.setColor(self.foregroundRole(), theme.colour("error"))
        self.setPalette(palette)
        _keep_two_lines(self)
