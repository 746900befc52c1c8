"""The files of `bpviz train --export DIR`: pictures of views, loss curve and quality of answers."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Self

from bpviz.cli.display import load_qt
from bpviz.core.run.records import EpochRecord, Records
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.session.recording.csv_tables import (
    BOM,
    COMMAS,
    LOSS_COLUMNS,
    CsvMarks,
    Row,
    line_of,
    loss_row,
)
from bpviz.sharing.atomic_files import NewFile, WriteFailed, make_folder, write_bytes

TABLE, QUALITY = "loss.csv", "quality.csv"


class Results:
    """Collects the loss curve of a run, and writes it with pictures of the run's end.

    Without a folder it does nothing. The folder, the disk and Qt are checked on construction, and
    existing files are refused unless ``replace``. Raises WriteFailed and QtMissing. Afterwards
    ``written`` lists the files written, and ``remark`` is a note about the pictures, or "".
    """

    def __init__(
        self,
        folder: str | None,
        setup: PreparedExperiment,
        *,
        replace: bool,
        marks: CsvMarks = COMMAS,
    ) -> None:
        self.written: list[Path] = []
        self.remark = ""
        self._failures: list[str] = []
        self._table: NewFile | None = None
        self._replace, self._marks = replace, marks
        self._folder = Path(folder) if folder is not None else None
        patterns = setup.patterns
        self._n_train = len(patterns.train)
        self._n_test = len(patterns.test) if patterns.test is not None else 0
        if self._folder is not None:
            self._begin(self._folder)

    def _begin(self, folder: Path) -> None:
        load_qt()
        from bpviz.ui.panels.table import PICTURED
        from bpviz.ui.views.table import VIEWS

        make_folder(folder)
        keys = (*VIEWS, *(panel.key for panel in PICTURED))
        for name in (*(f"{key}.png" for key in keys), TABLE, QUALITY):
            if (folder / name).exists() and not self._replace:
                reason = "a file with this name exists already (--force replaces it)"
                raise WriteFailed(folder / name, reason)
        self._table = NewFile(folder / TABLE, replace=self._replace)
        self._table.write(BOM.encode() + self._line(LOSS_COLUMNS))

    def add(self, record: EpochRecord) -> None:
        """Add one epoch to the loss curve."""
        if self._table is not None:
            try:
                self._table.write(self._line(loss_row(record, self._n_train, self._n_test)))
            except WriteFailed as error:  # training continues: there may be room for the pictures
                self._failures.append(str(error))
                self.close()

    def extend(self, records: Records) -> None:
        """Add many epochs."""
        if self._table is not None:
            for record in records:
                self.add(record)

    def finish(self, frame: Callable[[], Frame], quality: Iterable[Row] = ()) -> list[str]:
        """Write everything, with the rows of ``quality`` as a table; returns sentences about the
        files that could not be written."""
        if self._folder is not None:
            path, table = self._folder / QUALITY, list(quality)
            if len(table) > 1:
                data = BOM.encode() + b"".join(map(self._line, table))
                self._attempt(path, partial(write_bytes, path, data, replace=self._replace))
            if self._table is not None:
                self._attempt(self._folder / TABLE, self._table.commit)
            self._write_pictures(self._folder, frame())
        return self._failures

    def _write_pictures(self, folder: Path, frame: Frame) -> None:
        from bpviz.ui.export.pictures import offscreen_application, picture, png
        from bpviz.ui.panels.table import pictured_classes
        from bpviz.ui.toolkit.drawing.theme import LIGHT
        from bpviz.ui.views.table import view_classes

        _, self.remark = offscreen_application()
        for view in (*view_classes(), *pictured_classes()):
            if not view.has_content(frame):
                continue
            path = folder / f"{view.key}.png"
            data = png(picture(view, frame, LIGHT))
            self._attempt(path, partial(write_bytes, path, data, replace=self._replace))

    def _attempt(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
            self.written.append(path)
        except WriteFailed as error:
            self._failures.append(str(error))

    def _line(self, row: Row) -> bytes:
        return line_of(row, self._marks).encode()

    def close(self) -> None:
        """Remove unfinished files."""
        if self._table is not None:
            self._table.discard()
            self._table = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
