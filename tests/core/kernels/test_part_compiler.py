"""A part has no machine code of its own: it becomes a piece of its callers'."""

import numpy as np
import pytest

pytest.importorskip("numba")

from numba import njit

from bpviz.core.kernels.machine_code import part, pasted
from bpviz.core.kernels.part_compiler import PartLibrary


@part
def cubed(x: float) -> float:
    return x * x * x


@part
def summed(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += cubed(value)
    return total


@pasted
def squared(x: float) -> float:
    return x * x


@njit
def four_times(x: float) -> float:
    return 4.0 * squared(x)


@njit
def twice(values: np.ndarray) -> float:
    return 2.0 * summed(values)


def test_a_part_is_compiled_into_its_caller() -> None:
    assert twice(np.array([1.0, 2.0, 3.0])) == 72.0
    for function in (cubed, summed):
        (overload,) = function.overloads.values()  # type: ignore[attr-defined]
        assert isinstance(overload.library, PartLibrary)
        assert overload.library.get_pointer_to_function(overload.fndesc.llvm_func_name) == 0


def test_a_part_that_is_called_from_python_says_so_and_nothing_crashes() -> None:
    """Before and after compiled code has called it."""
    for _ in range(2):
        for function, given in ((cubed, 2.0), (summed, np.ones(3)), (squared, 2.0)):
            with pytest.raises(TypeError, match="is a part of compiled code"):
                function(given)
        assert twice(np.array([1.0, 2.0, 3.0])) == 72.0
    assert four_times(3.0) == 36.0
