"""Pattern files of other simulators: SNNS (.pat) and FANN (.data): numbers of known columns."""

import re
from dataclasses import replace

import numpy as np

from bpviz.core.values import Matrix
from bpviz.problems.tables.cells import table_of_columns
from bpviz.problems.tables.model import BadTable, RawTable, Reading
from bpviz.problems.tables.source import Source, encoding_of

_SNNS = re.compile(r"No\. of (patterns|input units|output units)\s*:\s*([0-9]+)", re.IGNORECASE)
_FANN = re.compile(r"\s*([0-9]+)[ \t]+([0-9]+)[ \t]+([0-9]+)[ \t]*\r?\n")


def read_snns(source: Source, reading: Reading) -> RawTable:
    """The patterns of an SNNS file: after its head, inputs and targets of each pattern."""
    text = _text(source, reading)
    found = {name.lower(): int(n) for name, n in _SNNS.findall(text[:4000])}
    if "patterns" not in found or "input units" not in found:
        why = "its head lacks the number of patterns or of input units"
        raise BadTable(source.path, "an SNNS pattern file", why)
    lines = [line.partition("#")[0] for line in text.splitlines()]
    body = [line for line in lines if line.strip() and not line.lstrip().startswith(("SNNS",
            "generated", "No."))]  # fmt: skip
    shape = (found["patterns"], found["input units"], found.get("output units", 0))
    return _patterns(source, " ".join(body), shape, reading)


def read_fann(source: Source, reading: Reading) -> RawTable:
    """The patterns of a FANN file: numbers of pairs, inputs and outputs, then these in turn."""
    text = _text(source, reading)
    match = _FANN.match(text)
    assert match is not None  # is_fann says so
    shape = int(match[1]), int(match[2]), int(match[3])
    return _patterns(source, text[match.end() :], shape, reading)


def is_fann(head: bytes) -> bool:
    """Whether a file begins as FANN's do: three counts that fit the two lines below them."""
    text = head.decode("ascii", errors="replace")
    match = _FANN.match(text)
    if match is None or min(int(n) for n in match.groups()) < 1:
        return False
    lines = [line.split() for line in text[match.end() :].splitlines() if line.strip()][:2]
    return [len(line) for line in lines] == [int(match[2]), int(match[3])]


def _text(source: Source, reading: Reading) -> str:
    with source.text(encoding_of(source, reading.encoding)[0]) as file:
        return file.read()


def _patterns(source: Source, body: str, shape: tuple[int, int, int], reading: Reading) -> RawTable:
    rows, n_in, n_out = shape
    try:
        numbers = np.array(body.split(), dtype=np.float64)
    except ValueError as error:
        why = str(error).partition(": ")[2] or "one is a text"
        raise BadTable(source.path, "a pattern file of numbers", f"{why} is none") from None
    if len(numbers) != rows * (n_in + n_out) or not rows:
        raise BadTable(
            source.path, f"a pattern file of {rows:,} patterns with {n_in} + {n_out} numbers",
            f"it has {len(numbers):,} numbers",
        )  # fmt: skip
    table: Matrix = numbers.reshape(rows, n_in + n_out)
    names = [f"input {n}" for n in range(1, n_in + 1)]
    names += [f"output {n}" for n in range(1, n_out + 1)]
    found = table_of_columns(source, list(zip(names, table.T, strict=True)), reading)
    targets = tuple(f"output {n}" for n in range(1, n_out + 1))
    return replace(found, targets=targets)
