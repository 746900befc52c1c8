"""Damaged and hostile files of every kind that bpviz reads: a sentence, soon, and never more.

Each try takes a good file, mutates it (bytes changed, cut, repeated, swapped; numbers and names
replaced by extreme ones) and reads it as the program would. See file_kinds for the kinds.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bpviz.core.values import BadValue
from bpviz.lessons.model import BadLesson
from tests.campaigns.common import Budget, Findings
from tests.campaigns.file_kinds import KINDS, FileKind

SLOW = 5.0
"""Seconds of the processor in which a file of some kilobytes must be read or refused."""

MEMORY = 6 * 2**30
"""Bytes of address space."""

EXTREMES = [
    "nan", "inf", "-inf", "1e999", "9" * 400, "1" * 5000, "", " ", "\x00", "\u202e", "😀", "-0",
    "1_0", "0x1F", "=1+1", '"', "'", "<img src=x>", "[[", "]]", "{", "}", "$" * 50, "a" * 10_000,
    "\t", "\r", ",,,,", ";", "1,5", "1.000",
]  # fmt: skip


def mutated(data: bytes, random: random.Random) -> bytes:
    """The data with one to four changes."""
    for _ in range(random.choice([1, 1, 1, 2, 3, 4])):
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


WHOLE = 0.3
"""The share of tries in which an archive itself is changed, not what is inside it."""


def damaged(kind: FileKind, whole: bytes, chance: random.Random) -> bytes:
    """A changed copy of a good file."""
    if chance.random() < WHOLE:
        return mutated(whole, chance)
    return kind.pack(mutated(kind.inside(whole), chance), whole)


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Within it a file that fills the memory ends in a MemoryError, where the system can do so."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@bounded_memory()
def campaign(budget: Budget) -> Findings:
    """Read mutated files of every kind in turns."""
    found = Findings("files")
    refused, slowest = 0, (0.0, "")
    tried: Counter[str] = Counter()
    examples = {name: kind.examples() for name, kind in KINDS.items()}
    with TemporaryDirectory() as folder:
        while budget.goes_on(found.tried):
            chance = random.Random(f"{budget.seed} {found.tried}")
            name = list(KINDS)[found.tried % len(KINDS)]
            kind = KINDS[name]
            data = damaged(kind, chance.choice(examples[name]), chance)
            path = Path(folder) / f"file{kind.ending}"
            path.write_bytes(data)
            detail = f"{name}, try {found.tried}, {len(data)} bytes: {data[:300]!r}"
            began = process_time()
            try:
                kind.read(path)
            except (BadValue, BadLesson) as error:
                refused += 1
                if len(str(error)) > 1000:
                    found.fault(f"{name}: a sentence of {len(str(error))} characters", detail)
            except Exception as error:
                found.exception(error, detail)
            seconds = process_time() - began
            if seconds > SLOW:
                found.fault(f"{name}: more than {SLOW:g} s", f"{seconds:.1f} s, {detail}")
            slowest = max(slowest, (seconds, f"{name}, try {found.tried}"))
            found.tried += 1
            tried[name] += 1
    found.figures = {
        "fewest_of_a_kind": min(tried[name] for name in KINDS), "kinds": len(KINDS),
        "refused": refused, "slowest_s": round(slowest[0], 2), "slowest": slowest[1],
    }  # fmt: skip
    return found
