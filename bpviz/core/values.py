"""The array types of the core, and the one way in which it refuses a value."""

from collections.abc import Iterable
from numbers import Real

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""float64 array; a row a pattern, a column a unit, unless a docstring says otherwise."""

Vector = NDArray[np.float64]
Integers = NDArray[np.int64]


class BadValue(ValueError):
    """A setting that is not allowed, said in one sentence.

    The sentence names the field, the value given and what is allowed; ``field`` lets a
    window mark the widget that holds it.
    """

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"{field} is {value!r}: allowed is {allowed}.")


def check_number(field: str, value: float, low: float, high: float, *, above: bool = False) -> None:
    """Refuse a value outside low..high (``above``: or equal to low), or not finite."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    low_ok = is_number and (value > low if above else value >= low)
    if not (low_ok and value <= high and np.isfinite(value)):  # isfinite(10**400) would raise
        start = f"above {_plain(low)}" if above else f"from {_plain(low)}"
        raise BadValue(field, value, f"a number {start} to {_plain(high)}")


def _plain(number: float) -> str:
    """1,000,000 rather than 1e+06, but 1e+300."""
    return f"{number:,.12g}" if abs(number) < 1e12 else f"{number:g}"


def check_whole(field: str, value: int, low: int, high: int) -> None:
    """Refuse a value that is not a whole number in low..high."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadValue(field, value, f"a whole number from {low:,} to {high:,}")


def check_choice(field: str, value: str, choices: Iterable[str]) -> None:
    """Refuse a name that is not among the choices."""
    known = list(choices)
    if value not in known:
        raise BadValue(field, value, "one of " + ", ".join(known))


def read_only(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same array, no longer writable through this name."""
    view = array.view()
    view.flags.writeable = False
    return view
