"""Damaged and hostile files of every kind that bpviz reads: a sentence, soon, and never more.

Each try takes a good file, mutates it (bytes changed, cut, repeated, swapped; numbers and names
replaced by extreme ones) and reads it as the program would.
"""

import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for, open_problem
from bpviz.experiment.prepare import prepare
from bpviz.lessons.loader import load_lesson
from bpviz.lessons.model import BadLesson
from bpviz.resources import resource
from bpviz.session.recording.share_instant import open_instant
from bpviz.sharing.checkpoint import SharedExperiment
from bpviz.sharing.link_text import read_link_text, text_of
from bpviz.ui.toolkit.settings import Settings
from tests.campaigns.common import Budget, Findings

SLOW = 5.0
"""Seconds of the processor in which a file of some kilobytes must be read or refused."""

EXTREMES = [
    "nan", "inf", "-inf", "1e999", "9" * 400, "1" * 5000, "", " ", "\x00", "\u202e", "😀", "-0",
    "1_0", "0x1F", "=1+1", '"', "'", "<img src=x>", "[[", "]]", "{", "}", "$" * 50, "a" * 10_000,
    "\t", "\r", ",,,,", ";", "1,5", "1.000",
]  # fmt: skip


def mutated(data: bytes, random: random.Random) -> bytes:
    """The data with one to four changes."""
    for _ in range(random.randint(1, 4)):
        data = random.choice(_MUTATIONS)(data, random)
    return data[:200_000]


def _flip(data: bytes, random: random.Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, random: random.Random) -> bytes:
    first, last = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + data[last:]


def _end(data: bytes, random: random.Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _repeat(data: bytes, random: random.Random) -> bytes:
    first, last = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:last] + data[first:last] * random.choice([1, 2, 50]) + data[last:]


def _insert(data: bytes, random: random.Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(EXTREMES).encode() + data[at:]


def _replace_word(data: bytes, random: random.Random) -> bytes:
    words = data.split(b" ") if b" " in data else data.split(b",")
    words[random.randrange(len(words))] = random.choice(EXTREMES).encode()
    return (b" " if b" " in data else b",").join(words)


def _swap_lines(data: bytes, random: random.Random) -> bytes:
    lines = data.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def _recode(data: bytes, random: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(random.choice(["utf-16", "latin-1", "utf-8-sig", "utf-32"]), "replace")


_MUTATIONS = [_flip, _cut, _end, _repeat, _insert, _insert, _replace_word, _swap_lines, _recode]


# -- kinds of files ------------------------------------------------------------------------


def _tables() -> list[bytes]:
    return [
        resource("problems", "iris.csv").read_bytes()[:3000],
        b"x,y\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(50)),
        b"x;y;art\n"
        + b"".join(b"%d,5;%d,25;%s\n" % (i, i, b"abc"[i % 3 :][:1]) for i in range(60)),
        b'name,"a, b",target\n' + b'"say ""x""",1.5,yes\n"z",2.5,no\n' * 20,
    ]


def _read_table(path: Path) -> None:
    experiment, patterns = open_problem(str(path))
    prepare(experiment, patterns=patterns)


def _lessons() -> list[bytes]:
    return [path.read_bytes() for path in sorted(resource("lessons").glob("*.toml"))]


def _links() -> list[bytes]:
    experiments = [experiment_for(name) for name in ("xor", "moons", "iris")]
    return [text_of(SharedExperiment(experiment)).encode() for experiment in experiments]


def _read_link(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    shared = read_link_text(text)
    open_instant(prepare(shared.experiment), shared.at)


def _settings() -> list[bytes]:
    return [b"theme = dark\nstate = AAAA/wAAAAD9AAAAAwAAAAA=\nlessons/perceptron = 3\n"]


def _read_settings(path: Path) -> None:
    settings = Settings(path)
    for key in ("theme", "state", "lessons/perceptron"):
        settings.text(key), settings.whole(key), settings.data(key)


KINDS: dict[str, tuple[str, Callable[[], list[bytes]], Callable[[Path], object]]] = {
    "tables": (".csv", _tables, _read_table),
    "lessons": (".toml", _lessons, load_lesson),
    "links": (".txt", _links, _read_link),
    "settings": (".txt", _settings, _read_settings),
}
"""Kind -> the ending of its files, good examples, and how the program reads them."""


def campaign(budget: Budget) -> Findings:
    """Read mutated files of every kind in turns."""
    found = Findings("files")
    refused, slowest = 0, 0.0
    examples = {kind: row[1]() for kind, row in KINDS.items()}
    with TemporaryDirectory() as folder:
        while budget.goes_on(found.tried):
            chance = random.Random(f"{budget.seed} {found.tried}")
            kind = list(KINDS)[found.tried % len(KINDS)]
            ending, _, read = KINDS[kind]
            data = mutated(chance.choice(examples[kind]), chance)
            path = Path(folder) / f"file{ending}"
            path.write_bytes(data)
            detail = f"{kind}, try {found.tried}, {len(data)} bytes: {data[:300]!r}"
            began = process_time()
            try:
                read(path)
            except (BadValue, BadLesson) as error:
                refused += 1
                if len(str(error)) > 1000:
                    found.fault(f"{kind}: a sentence of {len(str(error))} characters", detail)
            except Exception as error:
                found.exception(error, detail)
            seconds = process_time() - began
            if seconds > SLOW:
                found.fault(f"{kind}: {seconds:.1f} s", detail)
            slowest = max(slowest, seconds)
            found.tried += 1
    found.figures = {"refused": refused, "slowest_s": round(slowest, 2)}
    return found
