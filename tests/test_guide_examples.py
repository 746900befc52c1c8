"""The examples of "How to extend it" work as they stand: put where they say, in a copy of bpviz."""

import ast
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bpviz.resources import resource
from tests.waiting import DEADLINE

ROOT = Path(__file__).parents[1]
PAGE = (resource("guide") / "how-to-extend.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"^```(?:python|toml)\n# (\S+), (above|a row of|a whole) (\w+)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES = [line for text in CONSOLE.findall(PAGE) for line in text.splitlines()][::-1]
"""From the end of the page: the engine is compiled meanwhile, which its first examples need."""


@dataclass(frozen=True)
class Copy:
    """A copy of the program, and the process that compiles its engine."""

    folder: Path
    compiling: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy of the program with every example of the page in its place."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("bpviz", "resources", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("benchmarks"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, place, table, text in EXAMPLE.findall(PAGE):
        put(folder / name, place, table, text)
    warm = [sys.executable, "-m", "bpviz.core.kernels.warm"]
    with subprocess.Popen(warm, cwd=folder, env=environment(folder)) as compiling:
        yield Copy(folder, compiling)


def put(path: Path, place: str, table: str, text: str) -> None:
    """Do with a file what the first line of an example says."""
    if place == "a whole":
        assert not path.exists()
        path.write_text(text, encoding="utf-8")
        return
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    if place == "above":
        (at,) = [n for n, line in enumerate(lines) if re.match(rf"{table}\b.* = ", line)]
        lines[at:at] = [f"{text}\n\n"]
    elif rows := rows_of_class(table, source):
        lines[rows[-1].end_lineno : rows[-1].end_lineno] = [textwrap.indent(text, "    ")]
    else:
        row, column, comma = end_of(table, source)
        line = lines[row]
        lines[row] = f"{line[:column]}{comma}\n{textwrap.indent(text, '    ')}{line[column:]}"
    path.write_text("".join(lines), encoding="utf-8")


def rows_of_class(name: str, source: str) -> list[ast.Assign]:
    """The rows of a table that is a class: the assignments in it."""
    found = [n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == name]
    return [row for each in found for row in each.body if isinstance(row, ast.Assign)]


def end_of(table: str, source: str) -> tuple[int, int, str]:
    """Line and column of the bracket that ends the rows, and the comma if it is missing there."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    words = [token.string for token in tokens]
    at = next(n for n, t in enumerate(tokens) if t.string == table and t.start[1] == 0)
    at = next(n for n in range(words.index("=", at), len(words)) if words[n] in "({")
    if ["for", "row", "in", "("] in (found := [words[n : n + 4] for n in range(at, at + 12)]):
        at += found.index(["for", "row", "in", "("]) + 3
    depth = 0
    for n in range(at, len(words)):
        depth += words[n] in ("(", "[", "{")
        depth -= words[n] in (")", "]", "}")
        if depth == 0:
            break
    before = next(w for w in reversed(words[:n]) if w.strip())
    return tokens[n].start[0] - 1, tokens[n].start[1], "" if before == "," else ","


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder), "QT_QPA_PLATFORM": "offscreen"}


def run(copy: Copy, *words: str) -> None:
    if words[:2] == ("bpviz", "train") or "tests/core/kernels" in words:
        assert copy.compiling.wait(DEADLINE) == 0
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=copy.folder, env=environment(copy.folder),
        capture_output=True, text=True, timeout=DEADLINE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("line", LINES)
def test_what_an_example_says_can_be_done(copy: Copy, line: str) -> None:
    prompt, *words = shlex.split(line)
    assert prompt == "$"
    run(copy, *words)  # pytest fails where there is no such test, too


def test_every_example_is_put_somewhere_and_used() -> None:
    assert PAGE.count("\n```python\n") + PAGE.count("\n```toml\n") == len(EXAMPLE.findall(PAGE))
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    for section in sections:
        assert bool(EXAMPLE.search(section)) == bool(CONSOLE.search(section)), section[:40]


def test_every_row_is_in_the_file_that_is_named() -> None:
    rows = re.findall(r"`([A-Z_]+)` in\s+`(bpviz/[\w/.]+)`", PAGE)
    assert rows
    for table, path in rows:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^{table}\b.* = ", text, re.MULTILINE), table
