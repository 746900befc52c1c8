"""Texts and whole numbers that are dates or times, as days since the first of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np

from bpviz.core.values import Vector

FORMATS = (
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%y", "%d.%m.%y %H:%M",
    "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M", "%Y/%m/%d", "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%b %Y", "%B %Y",
    "%b-%y", "%Y-%m", "%H:%M", "%H:%M:%S", "%I:%M %p", "%Y.%m.%d", "%d.%b.%Y",
)  # fmt: skip
"""Besides ISO 8601; of two that fit all cells the first is taken."""

EITHER_WAY = frozenset(
    form for form in FORMATS if form[:2] in ("%d", "%m") and "%m" in form and form[2] in "/-"
)
"""Formats that read some cells with day and month exchanged; with points the day comes first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0


def days_of(texts: Sequence[str], order: str = "auto") -> tuple[list[float], str] | None:
    """Days since 1970 for each text, and what was taken to come first, "day" or "month", if both
    could; otherwise "".

    ``order`` is "day first", "month first" or "auto". None if one of the texts is no date in the
    common format.
    """
    if not texts or not any(c.isdigit() for c in texts[0]):
        return None
    if (found := _parsed(texts, datetime.fromisoformat, iso=True)) is not None:
        return found, ""
    for form in FORMATS:
        first = "day" if form.startswith("%d") else "month"
        if form in EITHER_WAY and order not in ("auto", f"{first} first"):
            continue
        found = _in_format(texts, form)
        if found is not None:
            other = _in_format(texts, _exchanged(form)) if form in EITHER_WAY else None
            return found, first if other not in (None, found) else ""
    return None


def _in_format(texts: Sequence[str], form: str) -> list[float] | None:
    return _parsed(texts, lambda text: datetime.strptime(text, form))


def _exchanged(form: str) -> str:
    """The format with day and month exchanged."""
    return form.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")


def _parsed(texts: Iterable[str], parse: object, iso: bool = False) -> list[float] | None:
    assert callable(parse)
    days = []
    for text in texts:
        if iso and (len(text) < 10 or text[4] != "-"):
            return None
        try:
            moment = parse(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        days.append((moment - _EPOCH).total_seconds() / _DAY)
    return days


def compact_days(numbers: Vector) -> Vector | None:
    """Days since 1970 of whole numbers such as 20240131, nan kept; None if they are no dates."""
    there = ~np.isnan(numbers)
    if not 19_000_101 <= numbers[there][:1].sum() <= 21_001_231:  # most numbers end here
        return None
    values = np.unique(numbers[there])
    if len(values) < 2 or (values < 19_000_101).any() or (values > 21_001_231).any():
        return None
    if (values != np.round(values)).any():
        return None
    days = days_of_compact(values)
    if days is None:
        return None
    found = np.full(len(numbers), np.nan)
    found[there] = np.array(days)[np.searchsorted(values, numbers[there])]
    return found


def days_of_compact(values: Vector) -> list[float] | None:
    """Days since 1970 of each of some whole numbers; None if one is no date."""
    texts = [str(int(value)) for value in values.tolist()]
    return _parsed(texts, lambda text: datetime.strptime(text, "%Y%m%d"))
