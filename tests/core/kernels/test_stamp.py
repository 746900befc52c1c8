"""The stamp of machine code changes with the source, in whatever file that is."""

import os
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from bpviz.core.kernels import compiled
from bpviz.core.kernels.machine_code import part, pasted, pasted_row, stamp
from bpviz.core.kernels.row_code import KernelRows, activation_code
from bpviz.core.kernels.warm import is_cached
from bpviz.core.model.activations import ACTIVATIONS
from tests.waiting import DEADLINE

ROOT = Path(__file__).parents[3]


def function_of(text: str, **names: Any) -> Callable[..., Any]:
    """The function f of this text."""
    exec(text, names)
    return names["f"]  # type: ignore[no-any-return]


def double(x: float) -> float:
    return 2.0 * x


def triple(x: float) -> float:
    return 3.0 * x


def module_of(h: Callable[..., Any]) -> ModuleType:
    module = ModuleType("anywhere")
    module.h = h  # type: ignore[attr-defined]
    return module


NAMED = "def f(x): return g(x)"

Here = namedtuple("Here", "rate momentum")
There = namedtuple("Here", "momentum rate")  # type: ignore[name-match]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (function_of("def f(x): return x * 2"), function_of("def f(x): return x * 3")),
        (function_of("def f(x): return x + x"), function_of("def f(x): return x - x")),
        (function_of(NAMED, g=double), function_of(NAMED, g=triple)),
        (function_of(NAMED, g=pasted(double)), function_of(NAMED, g=pasted(triple))),
        (function_of(NAMED, g=pasted(double)), function_of(NAMED, g=part(double))),
        (
            function_of(NAMED, g=function_of(NAMED, g=double)),
            function_of(NAMED, g=function_of(NAMED, g=triple)),
        ),
        (
            function_of("def f(x): return g", g=np.uint32(1)),
            function_of("def f(x): return g", g=np.uint32(2)),
        ),
        (
            function_of("def f(x): return g[0]", g=np.zeros(2)),
            function_of("def f(x): return g[0]", g=np.ones(2)),
        ),
        (
            function_of("def f(x): return g(x, x)", g=Here),
            function_of("def f(x): return g(x, x)", g=There),
        ),
        (
            function_of("def f(x): return (lambda y: g * y)(x)", g=2.0),
            function_of("def f(x): return (lambda y: g * y)(x)", g=3.0),
        ),
        (
            function_of("def f(x): return g.h(x)", g=module_of(double)),
            function_of("def f(x): return g.h(x)", g=module_of(triple)),
        ),
        (function_of("def f(x, y=1): return y"), function_of("def f(x, y=2): return y")),
    ],
    ids=[
        "constant", "operation", "called", "compiled and called", "inlined or not", "called twice",
        "NumPy number", "array", "fields", "inner function", "of a module", "default",
    ],
)  # fmt: skip
def test_a_stamp_sees_every_change(one: Callable[..., Any], other: Callable[..., Any]) -> None:
    assert stamp(one) == stamp(one)
    assert stamp(one) != stamp(other)


def test_a_row_that_changes_changes_the_stamp_of_the_kernel() -> None:
    rows = KernelRows.now()
    same, other = activation_code(rows), activation_code(KernelRows(rows.activations[1:], (), ()))
    assert stamp(same) == stamp(activation_code(rows))
    assert stamp(same) != stamp(other)
    assert compiled.epochs.py_func.__qualname__.startswith("epochs_")  # type: ignore[attr-defined]


def test_what_was_compiled_is_found_in_the_cache() -> None:
    from bpviz.core.kernels.warm import warm

    warm()
    assert is_cached()


def test_a_row_calls_what_its_file_defines() -> None:
    row = ACTIVATIONS["elu"].compiled
    value = njit(function_of("def f(x): return g(x)", g=pasted_row(row[0])))(-1.0)
    assert value == pytest.approx(np.expm1(-1.0), rel=1e-15)


KEPT = """
from bpviz.core.kernels.machine_code import kept, pasted_row
from rows import row

ROW = pasted_row(row)

@kept
def run(x):
    return ROW(x)

print(run(1.0), sum(run.stats.cache_hits.values()))
"""


def test_code_on_disk_is_not_used_once_a_row_in_another_file_has_changed(tmp_path: Path) -> None:
    """Each process here is a start of the program."""
    (tmp_path / "kernel.py").write_text(KEPT)
    env = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]),
        "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    found = []
    for factor in (2.0, 2.0, 3.0):
        (tmp_path / "rows.py").write_text(f"def row(x):\n    return {factor} * x\n")
        done = subprocess.run(
            [sys.executable, "-c", "import kernel"], env=env, capture_output=True, text=True,
            timeout=DEADLINE, check=True,
        )  # fmt: skip
        found.append(done.stdout.split())
    assert found == [["2.0", "0"], ["2.0", "1"], ["3.0", "0"]]
