"""How numbers are typed and shown in fields: text to number and back, nothing lost on the way."""

import re
from collections.abc import Sequence

_GROUP = ", \u00a0\u2009\u202f'’"
_WHOLE_IN_GROUPS = re.compile(rf"[+-]?[0-9]{{1,3}}([{_GROUP}])[0-9]{{3}}(\1[0-9]{{3}})*")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_ONE_WAY = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"
"""As _NUMBER, but there is one way only to find it: looking for many must not try them all."""

_ROW = re.compile(rf"(?:{_ONE_WAY}\x1f)*{_ONE_WAY}")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]{1,4})?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_POINTED = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_POINTED_COMMA = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+,[0-9]*")
_BETWEEN = re.compile(r"\s*;\s*|\s*,\s+|\s+")
_FRACTION = re.compile(r"[+-]?0*,")
_PAIR = re.compile(r"([0-9]{1,6})\s*(?:[x×,*]|\s)\s*([0-9]{1,6})", re.IGNORECASE)

LARGEST_WHOLE = 2**53
"""Beyond it a float stands for several whole numbers: 1e300 is no way to write one."""

SHOWN_CHARACTERS = 24


def parse_number(text: str) -> float | None:
    """The number that '0.5', '.5', '5e-1' or '−2' stands for; None if it is none."""
    plain = text.strip().replace("−", "-")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def parse_decimal(text: str) -> float | None:
    """As parse_number, and '0,5' as much of the world writes it; None for '1,000', which may be
    a thousand."""
    plain = text.strip().replace("−", "-")
    if _COMMA.fullmatch(plain) and not _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", ".")
    return parse_number(plain)


def has_decimal_comma(text: str) -> bool:
    """Whether a text is a number with a comma in it, whatever the comma means."""
    return _COMMA.fullmatch(text.strip().replace("−", "-")) is not None


def all_numbers(cells: Sequence[str]) -> list[float] | None:
    """What parse_number says to each, at the price of one; None if it refuses any."""
    return list(map(float, cells)) if _ROW.fullmatch("\x1f".join(cells)) else None


def decimal_wish(text: str) -> str:
    """What is allowed instead of a text that parse_decimal does not read."""
    plain = text.strip().replace("−", "-")
    if _THOUSANDS.fullmatch(plain):
        one, thousand = plain.replace(",", ".", 1), plain.replace(",", "")
        return f"{one} or {thousand}: the comma could mean either"
    return "a number such as 0.5, −2 or 1e-3"


def parse_decimals(text: str) -> list[float] | None:
    """The numbers of '0.1,0.5', '0.1; 0.5' or '0,1 0,5'; None if one is none, or where commas
    could stand in numbers or between them ('1,2')."""
    tokens = [token for cell in _BETWEEN.split(text.strip()) if (token := cell.rstrip(","))]
    cells: list[str] = []
    for token in tokens:
        parts = token.split(",")
        if _COMMA.fullmatch(token):
            if len(tokens) == 1 and not _FRACTION.match(token):
                return None
            cells.append(token)
        elif _POINTED_COMMA.fullmatch(token) or (
            len(parts) > 1 and all(part.isdecimal() for part in parts)
        ):
            return None
        else:
            cells += parts
    numbers = [parse_decimal(cell) for cell in cells]
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(numbers) else None


def separator_hint(text: str) -> str:
    """What to say, behind what is allowed, about a number that is refused for its separators."""
    plain = text.strip().replace("−", "-")
    if _THOUSANDS.fullmatch(plain):
        return f" (write {decimal_wish(plain)})"
    if _POINTED.fullmatch(plain):
        other = f" or {plain.partition('.')[0]}" if plain.count(".") == 1 else ""
        return f" (write {plain.replace('.', '')}{other}: the point could mean either)"
    return ", without separators between thousands" if "," in plain else ""


def parse_whole(text: str) -> int | None:
    """The whole number that '1000', '1,000', '1 000', '1e3' or '7.0' stands for, or None.

    '1.000' is none: in one half of the world it is a thousand, in the other it is 1.
    """
    plain = text.strip().replace("−", "-")
    if _POINTED.fullmatch(plain):
        return None
    if _WHOLE_IN_GROUPS.fullmatch(plain):
        plain = re.sub(f"[{_GROUP}]", "", plain)
    if re.fullmatch(r"[+-]?[0-9]{1,30}", plain):
        return int(plain)
    number = parse_number(plain)
    if number is None or abs(number) > LARGEST_WHOLE or not number.is_integer():
        return None
    return int(number)


def parse_pair(text: str) -> tuple[int, int] | None:
    """Rows and columns of '3 x 3', '3×5' or '3, 3'; None if it is not two whole numbers."""
    match = _PAIR.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def write_number(value: float) -> str:
    """The shortest text that parse_number reads as exactly this number."""
    text = repr(float(value))
    return text.removesuffix(".0")


def write_whole(value: int) -> str:
    """'1,000': groups of three figures."""
    return f"{value:,}"


def write_pair(value: tuple[int, int]) -> str:
    """'3 × 3'."""
    return f"{value[0]} × {value[1]}"


def shortened(text: str) -> str:
    """A typed text as a sentence can quote it."""
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
