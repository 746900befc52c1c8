"""The dialog that saves pictures and numbers of one instant."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bpviz.session.frame import Frame
from bpviz.session.recording.csv_tables import CsvMarks
from bpviz.sharing.atomic_files import free_path
from bpviz.ui.export.picture_form import Complaint, PictureChoice, PictureForm, on_screen
from bpviz.ui.export.pictures import (
    completed,
    described,
    picture_slowly,
    png,
    svg_slowly,
    window_picture_slowly,
)
from bpviz.ui.export.settings import SVG, TABLE_MARKS, ExportSettings, load_settings
from bpviz.ui.export.table_form import TableChoice, csv_slowly, look_slowly, numbers_of
from bpviz.ui.export.tables import TABLES, ExportTable
from bpviz.ui.export.writing import Job, ask_about_existing, failure_text, make_files, write_files
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, THEMES
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.time_sliced import SlicedWork, TimeSliced
from bpviz.ui.toolkit.widgets.naming import named

PREVIEW = QSize(360, 240)
PREVIEW_DELAY = 150  # ms without a change after which the preview is drawn anew

WINDOW = "window"
"""What the file of the whole window is called."""


class ExportDialog(QDialog):
    """Saves pictures or numbers of one instant: that of ``frame``, whatever happens meanwhile.

    ``views`` are those on the screen, whose choices the pictures share; ``window`` is what
    "Whole window" shows, as it is when the picture is made. What was chosen is remembered in
    ``settings`` when files were written.

    They are made and written bit by bit, between the events of the window: it says which
    one is under way, and Cancel leaves nothing behind.
    """

    exported = Signal(list)
    """The paths of the files written; the dialog then closes."""

    def __init__(
        self,
        views: Sequence[Pictured],
        frame: Frame,
        window: QWidget,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export")
        self._frame, self._window, self._settings = frame, window, settings
        self._is_complete = self._writes = False
        theme = views[0].theme if views else LIGHT
        self._choice = PictureChoice(views, frame)
        self._numbers = numbers_of(frame, views)
        self._tables = TableChoice(self._numbers)
        self._choices = QStackedWidget()
        for choice in (self._choice, self._tables):
            self._choices.addWidget(choice)
        self._form = PictureForm(theme)
        self._message = named(Complaint(theme), "export_message")
        self._preview = named(QLabel(), "export_preview")
        self._caption = named(QLabel(), "export_caption")
        self._export = named(QPushButton("Export"), "export_button", "Write the files")
        self._close = named(QPushButton("Close"), "export_close", "Write nothing")
        self._progress = named(QProgressBar(), "export_progress")
        self._progress.setAccessibleName("Files made")
        self._progress.setVisible(False)
        self._drawing, self._writing = TimeSliced(self), TimeSliced(self)
        self._lay_out()
        self._preview_timer = QTimer(self, interval=PREVIEW_DELAY, singleShot=True)
        self._preview_timer.timeout.connect(self._draw_preview)
        start = load_settings(settings, on_screen(views, frame), [table.key for table in TABLES])
        self._choice.set_chosen(start.views, start.window)
        self._tables.set_chosen(start.tables)
        self._form.fill(start)
        self._choice.changed.connect(self._follow)
        self._tables.changed.connect(self._follow)
        self._form.changed.connect(self._follow)
        self._export.clicked.connect(self.export)
        self._close.clicked.connect(self.reject)
        self._follow()

    def _lay_out(self) -> None:
        self._preview.setFixedSize(PREVIEW)
        self._preview.setFrameShape(QFrame.Shape.StyledPanel)
        self._preview.setAccessibleName("Preview of the first file")
        for label in (self._preview, self._caption):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._export.setDefault(True)
        self._close.setAutoDefault(False)
        preview, top, buttons = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        preview.setSpacing(SPACE // 2)
        preview.addWidget(self._preview)
        preview.addWidget(self._caption)
        top.setSpacing(2 * SPACE)
        top.addWidget(self._choices, 1)
        top.addLayout(preview)
        buttons.setSpacing(SPACE)
        buttons.addWidget(self._progress, 1)
        buttons.addStretch(0)
        buttons.addWidget(self._close)
        buttons.addWidget(self._export)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addLayout(top)
        column.addWidget(self._form)
        column.addWidget(self._message)
        column.addStretch(1)
        column.addLayout(buttons)

    # -- what is chosen --------------------------------------------------------------------

    def _chosen(self) -> ExportSettings:
        chosen = self._form.chosen()
        chosen.views, chosen.window = self._choice.keys, self._choice.whole_window
        chosen.tables = [table.key for table in self._tables.wanted]
        return chosen

    def _jobs(self) -> list[Job]:
        chosen = self._chosen()
        folder = Path(chosen.folder).expanduser()
        if chosen.format in TABLE_MARKS:
            return [
                Job(folder / f"{chosen.prefix}{table.key}.csv", table.title,
                    partial(self._csv_of, table, TABLE_MARKS[chosen.format]))
                for table in self._tables.wanted
            ]  # fmt: skip
        jobs = []
        for view in self._choice.wanted:
            key = WINDOW if view is None else view.key
            path = folder / f"{chosen.prefix}{key}.{chosen.format}"
            title = "Whole window" if view is None else view.title
            jobs.append(Job(path, title, partial(self._bytes_of, view, chosen)))
        return jobs

    def _bytes_of(self, view: Pictured | None, chosen: ExportSettings) -> SlicedWork:
        if view is not None and chosen.format == SVG:
            frame = yield from self._completed()
            theme, size = THEMES.get(chosen.theme, view.theme), QSize(chosen.width, chosen.height)
            return (
                yield from svg_slowly(
                    type(view), frame, theme, view.choices(), size, chosen.enlargement
                )
            )
        image = yield from self._image_of(view, chosen, chosen.scale)
        return (yield partial(png, image))  # packing it takes longer than painting it

    def _csv_of(self, table: ExportTable, marks: CsvMarks) -> SlicedWork:
        def tell(rows: int) -> None:
            self._progress.setFormat(f"{table.title}: {rows:,} rows (%v of %m)")

        return csv_slowly(table.rows(self._numbers), tell, marks)

    def _image_of(self, view: Pictured | None, chosen: ExportSettings, scale: float) -> SlicedWork:
        if view is None:
            image = yield from window_picture_slowly(self._window, scale)
            return described(image, self._frame, self._window.windowTitle())
        frame = yield from self._completed()
        theme, size = THEMES.get(chosen.theme, view.theme), QSize(chosen.width, chosen.height)
        choices = view.choices()
        return (
            yield from picture_slowly(
                type(view), frame, theme, choices, size, scale, chosen.enlargement
            )
        )

    def _completed(self) -> SlicedWork:
        """The frame with all that views may want; what no view wanted yet is computed once."""
        if not self._is_complete:
            self._frame = yield partial(completed, self._frame)
            self._is_complete = True
        return self._frame

    def _follow(self) -> None:
        """Bring everything that depends on the choices up to date."""
        format_, jobs = self._form.chosen().format, self._jobs()
        self._choice.set_vector(format_ == SVG)
        self._choices.setCurrentWidget(self._tables if format_ in TABLE_MARKS else self._choice)
        self._form.show_consequences([job.path.name for job in jobs])
        self._message.setText(self._form.complaint())
        self._export.setEnabled(bool(jobs))
        self._preview_timer.start()

    def _draw_preview(self) -> None:
        """Show the first of the wanted pictures, small, or the beginning of the first table."""
        wanted, chosen = self._choice.wanted, self._chosen()
        if self._writing.is_busy:
            return
        if chosen.format in TABLE_MARKS:
            self._drawing.give_up()
            self._draw_table(TABLE_MARKS[chosen.format])
            return
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        if not wanted:
            self._drawing.give_up()
            self._preview.setPixmap(QPixmap())
            self._caption.setText("")
            return
        view = wanted[0]
        size = self._window.size() if view is None else QSize(chosen.width, chosen.height)
        ratio = self.devicePixelRatioF()
        room = (PREVIEW - QSize(4, 4)) * ratio
        # Drawn twice as fine as it is shown: small texts stay readable.
        fit = min(room.width() / size.width(), room.height() / size.height())

        def show(image: QImage) -> None:
            small = image.scaled(
                room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            small.setDevicePixelRatio(ratio)
            self._preview.setPixmap(QPixmap.fromImage(small))
            self._caption.setText("Whole window" if view is None else view.title)

        self._drawing.begin(self._image_of(view, chosen, min(1.0, 2.0 * fit)), show, self._complain)

    def _draw_table(self, marks: CsvMarks) -> None:
        """Show how the file of the first of the wanted tables begins."""
        table = next(iter(self._tables.wanted), None)
        self._preview.setPixmap(QPixmap())
        self._caption.setText("" if table is None else table.title)
        if table is None:
            return

        def show(text: str) -> None:
            metrics, room = self._preview.fontMetrics(), PREVIEW.width() - 2 * SPACE
            right = Qt.TextElideMode.ElideRight
            cut = [metrics.elidedText(line, right, room) for line in text.splitlines()]
            self._preview.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._preview.setText("\n".join(cut))
            note = table.note(self._numbers)
            self._caption.setText(f"{table.title}. {note}" if note else table.title)

        self._drawing.begin(look_slowly(table.rows(self._numbers), marks), show, self._complain)

    # -- writing ---------------------------------------------------------------------------

    def export(self) -> None:
        """Write what is chosen, and close; or say what stands in the way, and stay open."""
        self._form.commit()
        if self._form.complaint():
            return
        chosen, jobs, replace = self._chosen(), self._jobs(), False
        if not chosen.folder:
            self._message.setText("No folder is chosen: type one, or choose one with Browse.")
            return
        existing = [job.path for job in jobs if job.path.exists()]
        if existing:
            answer = ask_about_existing(existing, self)
            if answer == "cancel":
                return
            replace = answer == "replace"
            if not replace:
                jobs = [job._replace(path=free_path(job.path)) for job in jobs]
        self._drawing.give_up()
        self._set_busy(True, len(jobs))

        def finish(result: tuple[list[Path], list[str]]) -> None:
            paths, failures = result
            self._set_busy(False)
            if paths:
                chosen.save(self._settings)
                self.exported.emit(paths)
            if failures:
                self._say_failures(failures, len(paths))
            else:
                self.accept()

        self._writing.begin(self._written(jobs, replace), finish, self._complain)

    def _written(self, jobs: list[Job], replace: bool) -> SlicedWork:
        """Make all files, then write those that could be made; (their paths, why not the rest)."""
        made, failures = yield from make_files(jobs, self._show_progress)
        if made:
            self._writes = True
            self._close.setEnabled(False)
            self._progress.setFormat("Writing")
            self._progress.setValue(len(jobs))
            yield partial(write_files, made, replace)
        return [path for path, _ in made], failures

    def _show_progress(self, done: int, title: str) -> None:
        self._progress.setFormat(f"{title} (%v of %m)")
        self._progress.setValue(done)

    def _say_failures(self, failures: list[str], written: int) -> None:
        """Say which files could not be made, and how many others were written."""
        others = f" {written} other {'file was' if written == 1 else 'files were'} written."
        self._message.setText(" ".join(dict.fromkeys(failures)) + (others if written else ""))

    def _complain(self, error: Exception) -> None:
        """Say why there are no files, and allow other choices."""
        self._set_busy(False)
        self._message.setText(failure_text("What is chosen", error))

    def _set_busy(self, busy: bool, jobs: int = 1) -> None:
        """While files are made nothing can be chosen, and Close is Cancel."""
        self._writes = False
        for part in (self._choices, self._form):
            part.setEnabled(not busy)
        self._export.setEnabled(not busy and bool(self._jobs()))
        self._close.setEnabled(True)
        self._close.setText("Cancel" if busy else "Close")
        self._close.setToolTip("Give up; nothing is written" if busy else "Write nothing")
        self._progress.setRange(0, jobs)
        self._progress.setVisible(busy)
        self._message.setText("")

    def reject(self) -> None:
        """Give up the files under way; otherwise close. What is being written is finished."""
        if self._writes:
            return
        if self._writing.is_busy:
            self._writing.give_up()
            self._set_busy(False)
            self._message.setText("Cancelled: no file was written.")
            return
        self._drawing.give_up()
        super().reject()

    def done(self, result: int) -> None:
        """Close, and draw nothing more."""
        self._preview_timer.stop()
        self._drawing.give_up()
        super().done(result)
