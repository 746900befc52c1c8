"""The files that `bpviz race --export DIR` writes: a picture and three tables."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bpviz.cli.display import load_qt
from bpviz.files import NewFile, WriteFailed, make_folder
from bpviz.session.frame import Frame
from bpviz.session.losslog import LossLog
from bpviz.session.race.report import QUANTILES, Row, curve_rows, figures
from bpviz.session.race.runner import Standings
from bpviz.setup import Setup, new_run

TABLE, NETWORKS, CURVES = "race.csv", "race_networks.csv", "race_curves.csv"
PICTURE, SIZE = "race.png", (1200, 800)

TABLES = TABLE, NETWORKS, CURVES

NETWORK_COLUMNS = "network", "seed", "solved_at", "ended_at", "diverged", "error", "right"
CURVE_COLUMNS = (
    "network", "epoch", "solved", "solved_low", "solved_high", "training",
    *(f"error_{round(100 * q)}%" for q in QUANTILES),
)  # fmt: skip


class RaceResults:
    """Writes what came of a race. Without a folder it does nothing.

    The folder and the disk are tried at once, and files that are there already are refused
    unless ``replace``. Raises WriteFailed and QtMissing. Afterwards ``written`` are the files
    written, and ``remark`` is a sentence about the picture where there is something to say.
    """

    def __init__(self, folder: str | None, *, replace: bool) -> None:
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

    def finish(
        self, standings: Standings, setups: Sequence[Setup], rows: Sequence[Row]
    ) -> list[str]:
        """Write everything; what could not be written, as sentences."""
        writes: dict[str, Callable[[], bytes]] = {
            TABLE: lambda: _csv(_table(rows)),
            NETWORKS: lambda: _csv(_networks(standings)),
            CURVES: lambda: _csv(_curves(standings)),
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

    def _picture(self, standings: Standings, setup: Setup) -> bytes:
        from PySide6.QtCore import QSize

        from bpviz.ui.export import offscreen_application, picture, png
        from bpviz.ui.race.view import RaceView
        from bpviz.ui.theme import LIGHT

        _, self.remark = offscreen_application()
        run, log = new_run(setup), LossLog()
        log.append(run.record)
        frame = Frame(setup, run.snapshot(), log.curve())
        image = picture(RaceView, frame, LIGHT, {"standings": standings}, QSize(*SIZE))
        image.setText("Title", f"{RaceView.title}: {setup.patterns.name}")
        return png(image)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.discard()


def _table(rows: Sequence[Row]) -> Iterable[tuple[Any, ...]]:
    for i, row in enumerate(rows):
        found = {"network": row.variant.label, **figures(row)}
        del found["label"]
        found["hidden"] = "x".join(map(str, found["hidden"]))
        found["activations"] = " ".join(found["activations"])
        if i == 0:
            yield tuple(found)
        yield tuple(found.values())


def _networks(standings: Standings) -> Iterable[tuple[Any, ...]]:
    yield NETWORK_COLUMNS
    for v, variant in enumerate(standings.order.variants):
        outcomes = standings.of(v)
        if outcomes is not None:
            for i, seed in enumerate(outcomes.seeds):
                solved_at = outcomes.solved_at[i]
                yield (
                    variant.label, seed, solved_at if solved_at >= 0 else "",
                    outcomes.ended_at[i], int(outcomes.diverged[i]), outcomes.error[i],
                    outcomes.right[i],
                )  # fmt: skip


def _curves(standings: Standings) -> Iterable[tuple[Any, ...]]:
    yield CURVE_COLUMNS
    for v, variant in enumerate(standings.order.variants):
        outcomes = standings.of(v)
        if outcomes is not None:
            yield from curve_rows(variant.label, outcomes)


def _csv(rows: Iterable[tuple[Any, ...]]) -> bytes:
    return "".join(map(_line, rows)).encode()


def _line(values: tuple[Any, ...]) -> str:
    return ",".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = repr(float(value)) if isinstance(value, float) else str(value)
    return f'"{text}"' if "," in text else text
