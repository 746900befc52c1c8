"""The files that `bpviz race --export DIR` writes: a picture and three tables."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

from bpviz.cli.display import load_qt
from bpviz.core.run.observe import observe
from bpviz.experiment.prepare import PreparedExperiment, new_run
from bpviz.session.frame import Frame
from bpviz.session.race.runner import Standings
from bpviz.session.race.tables import curve_rows, network_rows, variant_rows
from bpviz.session.recording.csv_tables import BOM, COMMAS, CsvMarks, Row, line_of
from bpviz.session.recording.loss_log import LossLog
from bpviz.sharing.atomic_files import NewFile, WriteFailed, make_folder

TABLE, NETWORKS, CURVES = "race.csv", "race_networks.csv", "race_curves.csv"
PICTURE, SIZE = "race.png", (1200, 800)

TABLES = TABLE, NETWORKS, CURVES


class RaceResults:
    """Writes the results of a race. Without a folder it does nothing.

    The folder and the disk are checked on construction, and existing files are refused unless
    ``replace``. Raises WriteFailed and QtMissing. Afterwards ``written`` lists the files written,
    and ``remark`` is a note about the picture, or "".
    """

    def __init__(self, folder: str | None, *, replace: bool, marks: CsvMarks = COMMAS) -> None:
        self._marks = marks
        self.written: list[Path] = []
        self._files: dict[str, NewFile] = {}
        self.remark = ""
        self._failures: list[str] = []
        if folder is not None:
            self._begin(Path(folder), replace=replace)

    def _begin(self, folder: Path, *, replace: bool) -> None:
        load_qt()
        make_folder(folder)
        for name in (*TABLES, PICTURE):
            if (folder / name).exists() and not replace:
                reason = "a file with this name exists already (--force replaces it)"
                raise WriteFailed(folder / name, reason)
        for name in (*TABLES, PICTURE):
            self._files[name] = NewFile(folder / name, replace=replace)

    def _csv(self, rows: Iterable[Row]) -> bytes:
        return (BOM + "".join(line_of(row, self._marks) for row in rows)).encode()

    def finish(self, standings: Standings, setups: Sequence[PreparedExperiment]) -> list[str]:
        """Write everything; returns sentences about the files that could not be written."""
        writes: dict[str, Callable[[], bytes]] = {
            TABLE: lambda: self._csv(variant_rows(standings)),
            NETWORKS: lambda: self._csv(network_rows(standings)),
            CURVES: lambda: self._csv(curve_rows(standings)),
            PICTURE: lambda: self._picture(standings, setups[0]),
        }
        for name, file in self._files.items():
            try:
                file.write(writes[name]())
                file.commit()
                self.written.append(file.path)
            except WriteFailed as error:
                self._failures.append(str(error))
        return self._failures

    def _picture(self, standings: Standings, setup: PreparedExperiment) -> bytes:
        from PySide6.QtCore import QSize

        from bpviz.ui.export.pictures import offscreen_application, picture, png
        from bpviz.ui.race.view import RaceView
        from bpviz.ui.toolkit.drawing.theme import LIGHT

        _, self.remark = offscreen_application()
        run, log = new_run(setup), LossLog()
        log.append(run.record)
        frame = Frame(setup, observe(run), log.curve())
        image = picture(RaceView, frame, LIGHT, {"standings": standings}, QSize(*SIZE))
        image.setText("Title", f"{RaceView.title}: {setup.patterns.name}")
        return png(image)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.discard()
