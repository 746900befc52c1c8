"""The array types of the core, and the one way in which it refuses a value."""

from collections.abc import Iterable
from difflib import get_close_matches
from numbers import Real
from unicodedata import bidirectional

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""float64 array; a row a pattern, a column a unit, unless a docstring says otherwise."""

Vector = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_SHOWN = 60
"""Characters of a value that a sentence shows at most."""

LONGEST_NAME, LONGEST_ALLOWED, LONGEST_WHY = 200, 600, 400
"""Characters of the parts of a refusal, at most: each may hold names and numbers of a file."""


class Unquoted(str):
    """A value that a refusal describes instead of quoting: not empty, instead of not 'empty'."""

    __slots__ = ()


class BadValue(ValueError):
    """A setting that is not allowed, said in one sentence: "X must be Z, not 'y': reason."

    ``field`` lets a window mark the widget that holds it; ``name`` is X where a sentence calls
    the field otherwise: an option of the command line, a cell of a file. ``allowed`` is Z, and
    ``why`` the reason, if there is more to say; one that ends with a question mark ends the
    sentence.
    """

    def __init__(
        self, field: str, value: object, allowed: str, why: str = "", *, name: str = ""
    ) -> None:
        # The words of a library may be a sentence already, and quote all of a file.
        why = shortened(why.removesuffix("."), LONGEST_WHY)
        self.field, self.value, self.allowed, self.why = field, value, allowed, why
        self.name = name or field
        what, allowed = shortened(self.name, LONGEST_NAME), shortened(allowed, LONGEST_ALLOWED)
        sentence = f"{what} must be {allowed}, not {quoted(value)}"
        sentence += f": {why}" if why else ""
        super().__init__(sentence if why.endswith("?") else f"{sentence}.")

    def typed(self, value: object, name: str = "") -> "BadValue":
        """The same refusal of a value as it was typed, under the name of where it was typed."""
        return BadValue(self.field, value, self.allowed, self.why, name=name or self.name)


def quoted(value: object) -> str:
    """A value as a sentence shows it: texts in quotes, long values without their middle."""
    if isinstance(value, Unquoted):
        return isolated(shortened(value))
    return isolated(shortened(repr(value.item() if isinstance(value, np.generic) else value)))


def isolated(text: str) -> str:
    """The text so that letters of a script from right to left do not reorder the sentence around
    it: between the marks of Unicode for that (first strong isolate)."""
    if text.isascii() or not any(bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        return text
    return f"\u2068{text}\u2069"


def shortened(text: str, most: int = MOST_SHOWN) -> str:
    """The text, without its middle if it is longer than a sentence can show."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 1]}…{text[-end:]}"


def check_number(field: str, value: float, low: float, high: float, *, above: bool = False) -> None:
    """Refuse a value outside low..high (``above``: or equal to low), or not finite."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    low_ok = is_number and (value > low if above else value >= low)
    if not (low_ok and value <= high and np.isfinite(value)):  # isfinite(10**400) would raise
        start = f"above {_plain(low)} and at most" if above else f"from {_plain(low)} to"
        raise BadValue(field, value, f"a number {start} {_plain(high)}")


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
        raise BadValue(field, value, one_of(known), meant(value, known))


def one_of(choices: Iterable[str]) -> str:
    """'one of a, b, c', or the only one."""
    known = list(choices)
    return ("one of " if len(known) > 1 else "") + ", ".join(known)


def meant(value: object, choices: Iterable[str]) -> str:
    """'did you mean tanh?' for 'thanh'; '' where no choice is like the value."""
    known = {choice.casefold(): choice for choice in choices}
    text = value.strip().casefold() if isinstance(value, str) else ""
    close = get_close_matches(text[:MOST_SHOWN], known, 1, 0.65)
    return f"did you mean {known[close[0]]}?" if close else ""


def read_only(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same array, no longer writable through this name."""
    view = array.view()
    view.flags.writeable = False
    return view
