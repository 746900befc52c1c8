"""How numbers are typed and shown in fields: text to number and back, nothing lost on the way."""

import re

_GROUP = ", \u00a0\u2009\u202f'’"
_WHOLE_IN_GROUPS = re.compile(rf"[+-]?[0-9]{{1,3}}([{_GROUP}])[0-9]{{3}}(\1[0-9]{{3}})*")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_PAIR = re.compile(r"([0-9]{1,6})\s*(?:[x×,*]|\s)\s*([0-9]{1,6})", re.IGNORECASE)

LARGEST_WHOLE = 2**53
"""Beyond it a float stands for several whole numbers: 1e300 is no way to write one."""

SHOWN_CHARACTERS = 24


def parse_number(text: str) -> float | None:
    """The number that '0.5', '.5', '5e-1' or '−2' stands for; None if it is none."""
    plain = text.strip().replace("−", "-")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def parse_whole(text: str) -> int | None:
    """The whole number that '1000', '1,000', '1 000', '1e3' or '7.0' stands for, or None."""
    plain = text.strip().replace("−", "-")
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
