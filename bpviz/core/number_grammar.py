"""How numbers are written: the one grammar of fields, command line, tables and files.

A number has a sign (also the typographic minus), digits with a decimal point or a decimal comma,
and an exponent; blanks may surround it. There are no underscores, no inf or nan, no hexadecimal
digits and no separators between thousands. A comma before three digits ('1,234') could be a
decimal comma or one between thousands: it is no number, and ``ambiguity`` says what it may mean.
For a whole number that holds for a point, too.

In a list without blanks or semicolons a comma stands between numbers: see ``lists_of``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bpviz.core.values import BadValue, check_number

EXAMPLES = "a number such as 0.5, −2 or 1e-3"
WITH_SEMICOLONS = "numbers with ; between them, such as 0.1; 0.5"
WITH_COMMAS = "numbers with commas between them, such as 0.1,0.5"

LARGEST_WHOLE = 2**53
"""Beyond it a float stands for several whole numbers: 1e300 is no way to write one."""

_MINUS = "−"
_EXPONENT = "(?:[eE][+-]?[0-9]+)?"
_POINT = re.compile(rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){_EXPONENT}")
"""Digits in one way only: their time would grow with the square of their number."""

_COMMA = re.compile(rf"[+-]?[0-9]*,[0-9]+{_EXPONENT}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_BLANKS = " \u00a0\u2009\u202f'’"
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_THOUSANDS = re.compile(
    rf"(?P<whole>[+-]?[1-9][0-9]{{0,2}}(?P<mark>[.,{_BLANKS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*)"
    r"(?:(?!(?P=mark))[.,](?P<fraction>[0-9]*))?"
)
_IN_GROUPS = re.compile(rf"[+-]?[0-9]{{1,3}}([,{_BLANKS}])[0-9]{{3}}(?:\1[0-9]{{3}})*")
_IN_NUMBERS = b"0123456789eE+-. \t"
_BETWEEN = re.compile(r"\s*;\s*|\s*,\s+|\s+")
_PAIR = re.compile(r"([0-9]{1,6})\s*(?:[x×,*]|\s)\s*([0-9]{1,6})", re.IGNORECASE)
_END = r"""(?=[ "]*(?:[\t;\r\n]|\Z))"""
_SURE_COMMA = re.compile(
    rf"""(?:\A|[\t;\n])[ "]*[+\-{_MINUS}]?(?![1-9][0-9]{{0,2}},[0-9]{{3}}{_END})"""
    rf"[0-9]*,[0-9]+{_EXPONENT}{_END}"
)


def _plain(text: str) -> str:
    return text.strip().replace(_MINUS, "-")


# -- one number ----------------------------------------------------------------------------


def parse_point(text: str) -> float | None:
    """The number of a text whose decimal mark can only be a point; None if it is none.

    A number too large for float64 is inf, which every check of a range refuses.
    """
    plain = _plain(text)
    return float(plain) if _POINT.fullmatch(plain) else None


def parse_number(text: str) -> float | None:
    """The number that '0.5', '0,5', '5e-1' or '−2' stands for; None for any other text, and for
    '1,000', which could be a thousand."""
    if has_comma(text) and not _EITHER.fullmatch(_plain(text)):
        text = text.replace(",", ".")
    return parse_point(text)


def has_comma(text: str) -> bool:
    """Whether a text is a number with a comma in it, whatever the comma means."""
    return _COMMA.fullmatch(_plain(text)) is not None


def parse_whole(text: str, *, grouped: bool = False) -> int | None:
    """The whole number that '1000', '1e3' or '7.0' stands for; None for any other text, and for
    '1.000' and '1,000', which could be 1 or a thousand.

    ``grouped`` allows groups of three digits with a comma, a blank or an apostrophe between
    them, as ``write_whole`` writes them; there a comma is no decimal comma.
    """
    plain = _plain(text)
    if grouped and _IN_GROUPS.fullmatch(plain):
        plain = re.sub(f"[,{_BLANKS}]", "", plain)
    if _WHOLE.fullmatch(plain):
        return int(plain)
    parse = parse_point if grouped else parse_number
    number = None if _EITHER.fullmatch(plain) else parse(plain)
    if number is None or abs(number) > LARGEST_WHOLE or not number.is_integer():
        return None
    return int(number)


def ambiguity(text: str, *, whole: bool = False) -> tuple[str, str] | None:
    """What to type instead of a number with separators between thousands, and why; None for any
    other text.

    Both are parts of a BadValue's sentence: what must be typed, with all that the text may mean,
    and the reason.
    """
    plain = _plain(text)
    match = _THOUSANDS.fullmatch(plain)
    if match is None or (not whole and parse_number(plain) is not None):
        return None
    digits = re.sub(rf"[.,{_BLANKS}]", "", match["whole"])
    digits += f".{match['fraction']}" if match["fraction"] else ""
    readings = [digits]
    if _EITHER.fullmatch(plain):
        readings.insert(0, plain.replace(",", "."))
    if whole:
        readings = [str(int(float(r))) for r in readings if float(r).is_integer()]
    if len(readings) > 1:
        mark = "comma" if match["mark"] == "," else "point"
        return " or ".join(readings), f"a {mark} before three digits can mean either"
    return (readings[0], "thousands are written without separators") if readings else None


def read(
    text: str, check: Callable[[Any], object], *, whole: bool = False, grouped: bool = False
) -> Any:
    """The number that a text stands for, if ``check`` allows it.

    ``check(value)`` raises BadValue for a value that is not allowed, and for any text. Raises
    BadValue, too: that refusal with the text as it was typed, or what the text may mean.
    """
    value = parse_whole(text, grouped=grouped) if whole else parse_number(text)
    try:
        check(text.strip() if value is None else value)
    except BadValue as error:
        found = ambiguity(text, whole=whole) if value is None else None
        if found is None:
            raise error.typed(text.strip()) from None
        raise BadValue(error.field, text.strip(), *found, name=error.name) from None
    return value


def read_number(field: str, text: str, largest: float = 1e100) -> float:
    """The number of a text, at most ``largest`` in size. Raises BadValue of this field."""

    def check(value: Any) -> None:
        if isinstance(value, str):
            raise BadValue(field, value, EXAMPLES)
        check_number(field, value, -largest, largest)

    return float(read(text, check))


# -- many numbers --------------------------------------------------------------------------


def parse_many(cells: Sequence[str], decimal_comma: bool = False) -> list[float] | None:
    """The number of each cell; None if one is no number.

    The decimal mark of all of them is a point; ``decimal_comma`` allows a comma, too, and reads
    it as a decimal comma in any case. Gives what ``parse_point`` gives for each cell, faster.
    """
    joined = "".join(cells)
    if decimal_comma and "," in joined:
        cells = [cell.replace(",", ".") for cell in cells]
        joined = joined.replace(",", ".")
    if joined.encode("ascii", "replace").translate(None, _IN_NUMBERS):
        return _one_by_one(cells)
    try:
        return list(map(float, cells))  # of such characters float() reads what _POINT matches
    except ValueError:
        return None


def _one_by_one(cells: Sequence[str]) -> list[float] | None:
    numbers: list[float] = []
    for cell in cells:
        number = parse_point(cell)
        if number is None:
            return None
        numbers.append(number)
    return numbers


def has_sure_comma(block: str) -> bool:
    """Whether the comma in one cell of a block can only be a decimal comma.

    Tabs, semicolons or line ends are between the cells.
    """
    return _SURE_COMMA.search(block) is not None


def lists_of(text: str) -> list[tuple[float, ...]]:
    """Every list of numbers that a text can stand for; none if it is no list of numbers.

    Semicolons or blanks are between numbers with decimal commas ('0,1; 0,5'). Without them
    commas are between numbers ('0.1,0.5'): this list comes first, before those with decimal
    commas or commas between thousands ('1,5').
    """
    if not text.strip():
        return [()]
    cells = _cells(text)
    if len(cells) > 1:
        return _all_read([map(parse_number, cells)])
    parts = cells[0].split(",")
    lists = [map(parse_point, parts)]
    if len(parts) % 2 == 0:
        lists.append(map(parse_number, map(",".join, zip(parts[::2], parts[1::2], strict=True))))
    found = _all_read(lists)
    if found and (asked := ambiguity(cells[0])):
        found += [(float(reading),) for reading in asked[0].split(" or ")]
    return list(dict.fromkeys(found))


def _cells(text: str) -> list[str]:
    """What semicolons, blanks or commas with blanks behind them separate."""
    return [cell.rstrip(",") for cell in _BETWEEN.split(text.strip().rstrip(";,"))]


def _all_read(lists: Iterable[Iterable[float | None]]) -> list[tuple[float, ...]]:
    """The lists in which every number could be read."""
    read_lists = [(list(some), [n for n in some if n is not None]) for some in map(list, lists)]
    return [tuple(numbers) for some, numbers in read_lists if len(numbers) == len(some)]


def read_list(field: str, text: str, *, commas: bool) -> tuple[float, ...]:
    """The numbers that a text lists, such as '0.1; 0.5'. Raises BadValue of this field.

    Where a comma could be a decimal comma or stand between two numbers ('1,5'), ``commas`` says
    that it stands between them, unless one of them is 0 ('0,5'): that is refused, and what it
    can mean is named. Without ``commas`` '0,5' is 0.5 and '1,5' is refused.
    """
    found = lists_of(text)
    if not found:
        raise _no_list(field, text, WITH_COMMAS if commas else WITH_SEMICOLONS)
    if len(found) == 1 or (commas and 0.0 not in found[0]):
        return found[0]
    if not commas and len(found) == 2 and len(found[0]) == 2 and found[0][0] == 0.0:
        return found[1]
    written = [",".join(map(repr, some)) if commas else write_list(some) for some in found]
    raise BadValue(field, text.strip(), " or ".join(written), "a comma can mean either")


def read_wholes(field: str, text: str) -> tuple[int, ...]:
    """The whole numbers of a text such as '24,12' or '24; 12'; none of an empty text.

    Raises BadValue of this field.
    """
    parts = [part for part in re.split("[;,]", text) if text.strip()]
    numbers = [parse_whole(part) for part in parts]
    if None in numbers:
        allowed = "whole numbers with commas between them"
        raise BadValue(field, text.strip(), allowed, "such as 24, 12")
    return tuple(n for n in numbers if n is not None)


def _no_list(field: str, text: str, allowed: str) -> BadValue:
    for cell in _cells(text):
        if asked := ambiguity(cell):
            return BadValue(field, cell, *asked)
    return BadValue(field, text.strip(), allowed)


def parse_pair(text: str) -> tuple[int, int] | None:
    """Rows and columns of '3 x 3', '3×5' or '3, 3'; None if it is not two whole numbers."""
    match = _PAIR.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


# -- writing -------------------------------------------------------------------------------


def write_number(value: float) -> str:
    """The shortest text that parse_number reads as exactly this number."""
    text = repr(float(value))
    return text.removesuffix(".0")


def write_whole(value: int) -> str:
    """'1,000': groups of three digits, which ``parse_whole(..., grouped=True)`` reads."""
    return f"{value:,}"


def write_list(values: Sequence[float]) -> str:
    """'0.1; 0.5'."""
    return "; ".join(map(write_number, values))


def write_wholes(values: Sequence[int]) -> str:
    """'24, 12'."""
    return ", ".join(map(str, values))


def write_pair(value: tuple[int, int]) -> str:
    """'3 × 3'."""
    return f"{value[0]} × {value[1]}"
