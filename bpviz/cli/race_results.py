"""The files that `bpviz race --export DIR` writes: a picture and three tables."""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bpviz.files import NewFile, WriteFailed, make_folder
from bpviz.session.race.report import QUANTILES, Row, curve_rows, figures
from bpviz.session.race.runner import Standings
from bpviz.setup import Setup

TABLE, NETWORKS, CURVES = "race.csv", "race_networks.csv", "race_curves.csv"

NETWORK_COLUMNS = "network", "seed", "solved_at", "ended_at", "diverged", "error", "right"
CURVE_COLUMNS = (
    "network", "epoch", "solved", "solved_low", "solved_high", "training",
    *(f"error_{round(100 * q)}%" for q in QUANTILES),
)  # fmt: skip


class RaceResults:
    """Writes what came of a race. Without a folder it does nothing.

    The folder and the disk are tried at once, and files that are there already are refused
    unless ``replace``. Raises WriteFailed. Afterwards ``written`` are the files written.
    """

    def __init__(self, folder: str | None, *, replace: bool) -> None:
        self.written: list[Path] = []
        self._files: dict[str, NewFile] = {}
        self._failures: list[str] = []
        if folder is not None:
            self._begin(Path(folder), replace=replace)

    def _begin(self, folder: Path, *, replace: bool) -> None:
        make_folder(folder)
        for name in (TABLE, NETWORKS, CURVES):
            if (folder / name).exists() and not replace:
                reason = "a file with this name exists already (--force replaces it)"
                raise WriteFailed(folder / name, reason)
        for name in (TABLE, NETWORKS, CURVES):
            self._files[name] = NewFile(folder / name, replace=replace)

    def finish(
        self, standings: Standings, setups: Sequence[Setup], rows: Sequence[Row]
    ) -> list[str]:
        """Write everything; what could not be written, as sentences."""
        writes: dict[str, Callable[[], Iterable[tuple[Any, ...]]]] = {
            TABLE: partial(_table, rows),
            NETWORKS: partial(_networks, standings),
            CURVES: partial(_curves, standings),
        }
        for name, file in self._files.items():
            try:
                file.write("".join(map(_line, writes[name]())).encode())
                file.commit()
                self.written.append(file.path)
            except WriteFailed as error:
                self._failures.append(str(error))
        return self._failures

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


def _line(values: tuple[Any, ...]) -> str:
    return ",".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = repr(float(value)) if isinstance(value, float) else str(value)
    return f'"{text}"' if "," in text else text
