"""The preview of a table, in which every choice of how it is read can be changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bpviz.core.text.number_words import counted
from bpviz.core.values import isolated
from bpviz.problems.tables.model import ColumnKind, ColumnRole, Inspection, Reading, Remedy
from bpviz.session.table_inspector import InspectedTable, TableInspector
from bpviz.ui.panels.table_preview.header import ColumnHeader, column_width
from bpviz.ui.panels.table_preview.model import PreviewModel
from bpviz.ui.panels.table_preview.notes import PreviewNotes, lines_of
from bpviz.ui.panels.table_preview.options import PreviewOptions
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.data_table import DataTable
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.toolkit.widgets.progress_line import ProgressLine
from bpviz.ui.toolkit.widgets.table_style import colour_table, dress_table

USUAL = QSize(1080, 620)
WIDEST = 220
"""The greatest width of a column at first, px at 100 % text."""

STEPS = 100
MEASURED = 50
"""The number of columns whose width suits their cells; the others have the least width."""

SHOWN_AFTER_MS = 400
"""A table that takes longer to read is shown with its progress, even if it may be clean."""


@guard_overrides
class TablePreview(QDialog):
    """Shows the first rows of a table as they are read, and how that can be changed.

    ``inspector`` reads the file in its thread after every change. A first reading for which
    ``passes`` is true is chosen before the dialog is shown.
    """

    chosen = Signal(object)
    """The InspectedTable to train with; the dialog then closes."""

    refused = Signal(str)
    """Why the file cannot be read, if no choice here could change that; the dialog then closes."""

    def __init__(
        self,
        path: str,
        reading: Reading,
        inspector: TableInspector,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        passes: Callable[[InspectedTable], bool] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("table_preview")
        self.setWindowTitle(f"Data: {isolated(Path(path).name)}")
        self.reading = reading
        self._path, self._inspector, self._theme = path, inspector, theme
        self._first_reading, self._passes = reading, passes
        self._order, self._is_stale = 0, True
        self._found: InspectedTable | None = None
        self._soon = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._soon.timeout.connect(self.open)
        self._make_parts()
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self._options.show_reading(reading)

    def begin(self) -> None:
        """Read the table; the dialog is shown at once, or only if it has something to say."""
        self._inspect()
        if self._passes is not None:
            self._soon.start()
        else:
            self.open()

    # -- building --------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self._summary = TextLine(role="text")
        self._summary.setObjectName("preview_summary")
        self._model, self._table, self._header = PreviewModel(), DataTable(), ColumnHeader()
        self._table.setHorizontalHeader(self._header)
        self._table.setModel(self._model)
        dress_table(self._table, "preview_table", "The first rows as they are read")
        self._header.setMinimumSectionSize(column_width(self))
        self._options, self._notes = PreviewOptions(), PreviewNotes()
        self._progress = ProgressLine("preview")
        self._progress.cancel.hide()  # the dialog has one
        self._reset = named(
            QPushButton("Reset choices"), "preview_reset", "Take back every choice made here"
        )
        self._train = named(
            QPushButton("Train with it"), "preview_train", "Start a new run with this data"
        )
        self._train.setEnabled(False)
        self._cancel = named(QPushButton("Cancel"), "preview_cancel", "The present run stays")
        self._train.setDefault(True)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(2 * SPACE)
        middle.addWidget(self._table, 1)
        middle.addWidget(self._options)
        buttons = QHBoxLayout()
        buttons.addWidget(self._reset)
        buttons.addWidget(self._progress, 1)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._train)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(self._summary)
        layout.addLayout(middle, 1)
        layout.addWidget(self._notes)
        layout.addLayout(buttons)
        parent = self.parentWidget()
        room = self.screen().availableSize() if parent is None else parent.size()
        wanted = QSize(scaled(USUAL.width()), scaled(USUAL.height()))
        self.resize(wanted.boundedTo(room - QSize(4 * SPACE, 6 * SPACE)))

    def _connect(self) -> None:
        self._inspector.inspected.connect(self._arrive)
        self._inspector.progressed.connect(self._show_progress)
        self._header.kind_chosen.connect(self._choose_kind)
        self._header.role_chosen.connect(self._choose_role)
        self._header.name_entered.connect(self._enter_name)
        self._table.horizontalScrollBar().valueChanged.connect(lambda _: self._header.place())
        self._options.changed.connect(
            lambda name, value: self._change(replace(self.reading, **{name: value}))
        )
        self._notes.remedy_chosen.connect(self._choose_remedy)
        self._reset.clicked.connect(lambda: self._change(self._first_reading))
        self._cancel.clicked.connect(self.reject)
        self._train.clicked.connect(self.train)

    # -- choosing --------------------------------------------------------------------------

    def _choose_kind(self, number: int, kind: ColumnKind) -> None:
        self._change(self.reading.with_kind(self._model.columns[number].name, kind))

    def _choose_role(self, number: int, role: ColumnRole) -> None:
        self._change(self.reading.with_role(self._model.columns[number].name, role))

    def _enter_name(self, number: int, name: str) -> None:
        self._change(self.reading.with_name(self._model.names, number, name))

    def _choose_remedy(self, remedy: Remedy) -> None:
        self._change(remedy.apply(self.reading))

    def _change(self, reading: Reading) -> None:
        """Read the table in another way."""
        self.reading = reading
        self._options.show_reading(reading)
        self._inspect()

    def train(self) -> None:
        """Close, and have a run started with this table."""
        if self._train.isEnabled() and self._found is not None:
            self.chosen.emit(self._found)
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends the typing in a field; it does not press Train as well."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (enter and isinstance(self.focusWidget(), LineEntry)):
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Close; what is being read is given up."""
        self._order = 0  # what arrives from now on is of no order
        self._inspector.cancel()
        self._soon.stop()
        self._progress.end()
        super().done(result)

    # -- showing ---------------------------------------------------------------------------

    def _inspect(self) -> None:
        self._order = self._inspector.inspect(self._path, self.reading)
        self._progress.begin(f"Reading {isolated(Path(self._path).name)}")
        self._set_stale(True)

    def _show_progress(self, order: int, share: float) -> None:
        if order == self._order:
            self._progress.advance(round(share * STEPS), STEPS)

    def _arrive(self, found: InspectedTable) -> None:
        """Show what came of the newest order."""
        if found.order != self._order:
            return
        self._progress.end()
        if self._found is None and found.inspection is None and not found.remedies:
            self.refused.emit(found.refusal)
            self.reject()
            return
        self._found = found
        passes, self._passes = self._passes, None
        if passes is not None and not found.refusal and passes(found):
            self.chosen.emit(found)
            self.accept()
            return
        self._set_stale(found.inspection is None)
        if found.inspection is not None:
            self._show_table(found.inspection)
        self._notes.show_lines(lines_of(found), self.reading)
        self._train.setEnabled(not found.refusal)
        self._soon.stop()
        if not self.isVisible():
            self.open()

    def _show_table(self, inspection: Inspection) -> None:
        names = self._model.names
        self._model.show_inspection(inspection)
        self._header.show_columns(inspection.columns)
        self._options.show_table(inspection.table, self.reading)
        if names != self._model.names:
            self._fit_columns()
        n, inputs = inspection.rows, len(inspection.with_role("input"))
        targets = ", ".join(isolated(column.name) for column in inspection.with_role("target"))
        counts = f"{counted(n, 'row')}, {counted(inputs, 'input column')}"
        name = Path(self._path).name
        self._summary.set_text(f"{isolated(name)}: {counts}, target: {targets or 'none'}")

    def _fit_columns(self) -> None:
        """Give columns the width of their first cells, within limits.

        Only some cells are measured: Qt's own hint asks for every cell, which takes long.
        """
        least, most = column_width(self), scaled(WIDEST)
        metrics, model, font = self._table.fontMetrics(), self._model, self._table.font()
        font.setBold(True)
        bold = QFontMetrics(font)
        for number, column in enumerate(model.columns[:MEASURED]):
            texts = [model.cell(r, number).text for r in range(model.n_rows())[:20]]
            widths = [metrics.horizontalAdvance(text[:80]) for text in texts]
            width = max(bold.horizontalAdvance(column.name[:80]), *widths, 0) + 3 * SPACE
            self._table.setColumnWidth(number, min(max(width, least), most))
        self._header.place()

    def _set_stale(self, stale: bool) -> None:
        self._is_stale = stale
        self._train.setEnabled(not stale)
        self._colour_rows()

    def _colour_rows(self) -> None:
        """Colour the rows, muted if they are out of date."""
        self._summary.set_role("muted" if self._is_stale else "text")
        for part in (self._model, self._header):
            part.set_look(self._theme, stale=self._is_stale)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        colour_table(self._table, theme)
        for part in (self._summary, self._options, self._notes):
            part.set_theme(theme)
        self._colour_rows()
