"""The kinds of files that bpviz reads: good examples of each, and how the program reads them.

The examples of compressed kinds are given by what is inside them: a changed byte of an archive is
refused by its checksum, so that the reader behind it would hardly ever be reached. ``pack`` makes
the file of them.
"""

import base64
import gzip
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bpviz.experiment.experiment import Hidden, experiment_for, open_problem
from bpviz.experiment.prepare import new_run, prepare
from bpviz.lessons.loader import load_lesson
from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.model import Reading
from bpviz.resources import resource
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.recording.share_instant import instant_text, open_instant
from bpviz.sharing.link_text import read_link_text
from bpviz.ui.toolkit.settings import Settings
from tests.problems.tables.test_formats import ARFF, RECORDS, SNNS, ods, parquet, xlsx

Pack = Callable[[bytes, bytes], bytes]
"""(what is inside, the good file) -> the file."""


@dataclass(frozen=True)
class FileKind:
    """``examples`` of good files, as pairs of what is inside and the whole file; how the program
    ``read``s a path; and how the whole file is made of what is inside (None: it is that)."""

    ending: str
    examples: Callable[[], list[bytes]]
    read: Callable[[Path], object]
    inside: Callable[[bytes], bytes] = lambda whole: whole
    pack: Pack = lambda inside, whole: inside


# -- tables ------------------------------------------------------------------------------------

READINGS = [
    {}, {}, {}, {"missing": "skip rows"}, {"missing": "mean"}, {"header": "no"},
    {"targets": "1"}, {"sheet": "2"}, {"rows": 10}, {"standardise": True}, {"comments": "none"},
    {"extra_rows": "keep"}, {"encoding": "utf-16"}, {"decimal": "comma"}, {"separator": "blanks"},
]  # fmt: skip
"""Options of tables, tried in turn: a choice that does not fit a file is one more refusal."""


def _read_table(path: Path) -> None:
    """As the window does: a preview, then the patterns and a network for them."""
    chance = random.Random(path.stat().st_size)
    options = chance.choice(READINGS)
    inspect(str(path), Reading())
    experiment, patterns = open_problem(str(path), options=options)
    prepare(experiment, patterns=patterns)


def _with_second(path: Path) -> None:
    """The file as the test rows of a good one."""
    first = path.with_name("first.csv")
    if not first.exists():
        first.write_bytes(_numbers())
    experiment, patterns = open_problem(str(first), options={"test_file": str(path)})
    prepare(experiment, patterns=patterns)


def _numbers() -> bytes:
    return b"x,y\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(50))


def _texts() -> list[bytes]:
    return [
        resource("problems", "iris.csv").read_bytes()[:3000],
        _numbers(),
        b"x;y;art\n"
        + b"".join(b"%d,5;%d,25;%s\n" % (i, i, b"abc"[i % 3 :][:1]) for i in range(60)),
        b'name,"a, b",target\n' + b'"say ""x""",1.5,yes\n"z",2.5,no\n' * 20,
        b"day\tx\ty\n" + b"".join(b"2024-01-%02d\t%d\t%d\n" % (i, i, i % 2) for i in range(1, 29)),
        b"# measured\n" + b"".join(b"%8.3f  %8.3f  %d\n" % (i / 7, i / 3, i % 2)
                                   for i in range(40)) + b"# end\n",
        "größe|y\nm|s\n1,5|2\nNA|4\n3|5\ntotal|11\n".encode("cp1252"),
        "a,b,c\n1,2,x\n3,4,y\n".encode("utf-16"),
    ]  # fmt: skip


def _json() -> list[bytes]:
    columns = {name: [row[name] for row in RECORDS] for name in RECORDS[0]}
    rows = [list(RECORDS[0]), *(list(row.values()) for row in RECORDS)]
    lines = "\n".join(map(json.dumps, RECORDS * 9))
    return [json.dumps(each).encode() for each in (RECORDS * 9, columns, rows)] + [lines.encode()]


def _arrays() -> list[bytes]:
    numbers = np.arange(60.0).reshape(20, 3)
    fields = np.array([(1.0, 2, "a"), (2.0, 3, "b")] * 5, dtype="f8,i4,U3")
    return [_saved(each) for each in (numbers, numbers.astype(">i2"), fields, numbers[:, 0])]


def _saved(array: object) -> bytes:
    out = io.BytesIO()
    np.save(out, np.asarray(array))
    return out.getvalue()


def _archives() -> list[bytes]:
    out = io.BytesIO()
    np.savez(out, x=np.arange(40.0).reshape(20, 2), y=np.arange(20) % 3, images=np.ones((20, 3, 3)))
    return [out.getvalue()]


def _sheets() -> list[bytes]:
    rows = [("size", "site", "y"), *((n / 4, "uvw"[n % 3], n % 2) for n in range(20))]
    return [xlsx(rows, rows[:5]), xlsx(rows)]


def _open_sheets() -> list[bytes]:
    return [ods([("size", "site", "y"), *((n / 4, "uvw"[n % 3], n % 2) for n in range(20))])]


def _example(name: str) -> Callable[[], list[bytes]]:
    """A file of a kind that is tedious to write: three columns and 20 rows."""
    return lambda: [Path(__file__).with_name("examples").joinpath(name).read_bytes()]


def _fann() -> list[bytes]:
    return [b"8 2 1\n" + b"".join(b"%d %d\n%d\n" % (i % 2, i // 2, i % 2) for i in range(8))]


# -- archives: what is inside is changed ------------------------------------------------------


def _member(whole: bytes) -> str:
    """The member of an archive that holds the rows."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return max(archive.infolist(), key=lambda info: info.file_size).filename


def _unzipped(whole: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return archive.read(_member(whole))


def _rezipped(inside: bytes, whole: bytes) -> bytes:
    out, changed = io.BytesIO(), _member(whole)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive, zipfile.ZipFile(out, "w") as other:
        for info in archive.infolist():
            data = inside if info.filename == changed else archive.read(info)
            other.writestr(info.filename, data)
    return out.getvalue()


def _zips() -> list[bytes]:
    found = []
    for text in _texts():
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("table.csv", text)
        found.append(out.getvalue())
    return found


# -- lessons, link texts, settings -------------------------------------------------------------


def _lessons() -> list[bytes]:
    shipped = [path.read_bytes() for path in sorted(resource("lessons").glob("*.toml"))]
    table = resource("problems", "iris.csv")
    return [*shipped, TABLE_LESSON.replace("{table}", str(table)).encode()]


TABLE_LESSON = """title = "On a table"
summary = "Weights by hand on a table"
minutes = 3
[[step]]
title = "One"
text = "$x$ and a table | a | b |"
[step.experiment]
problem = "{table}"
hidden = []
[step.state]
weights = { "input > output" = [[1.0]] }
biases = { "output" = [0.5] }
pattern = 2
show = ["loss"]
"""


def _load_lesson(path: Path) -> None:
    for step in load_lesson(path).steps:
        if step.experiment is not None:
            network = prepare(step.experiment).network
            if step.state.unchecked is not None:
                step.state.unchecked.edits(network)


def _links() -> list[bytes]:
    texts = []
    for name, epochs in (("xor", 0), ("moons", 0), ("iris", 3), ("xor", 40), ("sine", 7)):
        setup = prepare(experiment_for(name, hidden=(Hidden(3, "tanh"),), links=()))
        history = RunHistory(new_run(setup))
        list(history.run.advance(epochs))
        texts.append(instant_text(history, setup).encode())
    return texts


def _unpacked(text: bytes) -> bytes:
    packed = text.partition(b".")[2]
    return zlib.decompress(base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)))


def _packed(plain: bytes, text: bytes) -> bytes:
    packed = base64.urlsafe_b64encode(zlib.compress(plain)).rstrip(b"=")
    return text.partition(b".")[0] + b"." + packed


def _read_link(path: Path) -> None:
    shared = read_link_text(path.read_bytes().decode("utf-8", "replace"))
    open_instant(prepare(shared.experiment), shared.at)


def _settings() -> list[bytes]:
    return [b"theme = dark\nstate = AAAA/wAAAAD9AAAAAwAAAAA=\nlessons/perceptron = 3\n"]


def _read_settings(path: Path) -> None:
    settings = Settings(path)
    for key in ("theme", "state", "lessons/perceptron"):
        settings.text(key), settings.whole(key), settings.data(key)


KINDS: dict[str, FileKind] = {
    "texts": FileKind(".csv", _texts, _read_table),
    "test rows": FileKind(".csv", _texts, _with_second),
    "gz": FileKind(".csv.gz", lambda: [gzip.compress(text) for text in _texts()], _read_table,
                   gzip.decompress, lambda inside, whole: gzip.compress(inside, 1)),
    "zip": FileKind(".zip", _zips, _read_table, _unzipped, _rezipped),
    "JSON": FileKind(".json", _json, _read_table),
    "ARFF": FileKind(".arff", lambda: [ARFF.encode()], _read_table),
    "npy": FileKind(".npy", _arrays, _read_table),
    "npz": FileKind(".npz", _archives, _read_table, _unzipped, _rezipped),
    "Parquet": FileKind(".parquet", lambda: [parquet()], _read_table),
    "xlsx": FileKind(".xlsx", _sheets, _read_table, _unzipped, _rezipped),
    "ods": FileKind(".ods", _open_sheets, _read_table, _unzipped, _rezipped),
    "xls": FileKind(".xls", _example("old.xls"), _read_table),
    "xlsb": FileKind(".xlsb", _example("binary.xlsb"), _read_table, _unzipped, _rezipped),
    "SNNS": FileKind(".pat", lambda: [SNNS.encode()], _read_table),
    "FANN": FileKind(".data", _fann, _read_table),
    "lessons": FileKind(".toml", _lessons, _load_lesson),
    "link texts": FileKind(".txt", _links, _read_link, _unpacked, _packed),
    "settings": FileKind(".txt", _settings, _read_settings),
}  # fmt: skip
"""Every kind of file by name."""
