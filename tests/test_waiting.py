"""What holds on a busy machine: tests wait for conditions, with one deadline, and time nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.waiting import DEADLINE, WAITS

TESTS = Path(__file__).parent
CLOCKS = {"perf_counter", "monotonic", "sleep", "qWait", "qSleep"}
OWN_LIMITS = {"run", "communicate", "wait", "select", "join"}
"""Of processes and threads: they get the common deadline, too."""


def modules() -> list[Path]:
    """What pytest runs; benchmarks and campaigns are programs of their own."""
    return sorted([*TESTS.rglob("test_*.py"), *TESTS.rglob("conftest.py")])


def found(path: Path) -> Iterator[str]:
    """What a test module does by the clock, with its line."""
    text = path.read_text(encoding="utf-8")
    if not any(word in text for word in ("timeout=", "qtbot.wait(", *CLOCKS)):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"{node.lineno}: {a.name}" for a in node.names if a.name in CLOCKS)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        if name in CLOCKS or (name == "wait" and ast.unparse(node.func.value) == "qtbot"):
            yield f"{node.lineno}: {name}"
        limits = [ast.unparse(k.value) for k in node.keywords if k.arg == "timeout"]
        if name in OWN_LIMITS:
            limits = [limit for limit in limits if "DEADLINE" not in limit]
        if limits and name in (*WAITS, *OWN_LIMITS):
            yield f"{node.lineno}: {name} with a limit of its own"


def test_nothing_is_timed_and_all_waits_have_the_common_deadline() -> None:
    by_clock = {str(path.relative_to(TESTS)): list(found(path)) for path in modules()}
    assert {name: places for name, places in by_clock.items() if places} == {}


def test_a_wait_has_the_common_deadline(qtbot: object) -> None:
    for name in WAITS:
        assert getattr(qtbot, name).keywords == {"timeout": int(DEADLINE * 1000)}
