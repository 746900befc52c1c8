"""Numbers as text for display: on the screen, in formulas, in reports."""

import math

MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def counted(n: int, thing: str) -> str:
    """'1 row', '2,000 rows'."""
    return f"{n:,} {thing}{'s' * (n != 1)}"


def power_of_ten(exponent: int) -> str:
    """'10⁻³'."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def scientific(value: float, figures: int = 3) -> str:
    """A finite number with a power of ten: '1.34×10⁻⁹', '10⁵'; zeros at the end are dropped."""
    mantissa, exponent = f"{abs(value):.{figures - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = power_of_ten(int(exponent))
    text = power if mantissa == "1" else f"{mantissa}×{power}"
    return MINUS + text if value < 0.0 else text


def number_text(value: float, places: int | None = None) -> str:
    """A number for a tick or a readout: '1,204', '0.05', '−2.5×10⁻⁷'.

    ``places`` is the number of decimals; without it, there are three significant figures.
    Numbers below 10⁻⁴ and from 10⁷ on are written with a power of ten.
    """
    if not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0" if places is None else f"{0.0:.{places}f}"
    if not 1e-4 <= abs(value) < 1e7:
        return scientific(value)
    if places is None:
        places = max(0, 2 - math.floor(math.log10(abs(value))))
    return signed(f"{value:,.{places}f}")


def plain(value: float, figures: int = 4) -> str:
    """A number in its shortest form, of at most so many figures: '1', '0.5', '−2.25', '284,900'.

    Numbers below 10⁻⁴ and from 10⁷ on are written with a power of ten.
    """
    if not math.isfinite(value):
        return "–"
    rounded = float(f"{value:.{figures}g}") + 0.0  # -0 becomes 0
    if rounded and not 1e-4 <= abs(rounded) < 1e7:
        return scientific(rounded, figures)
    text = f"{rounded:,.10f}".rstrip("0").rstrip(".")
    return signed(text)


def ungrouped(value: float, figures: int = 4) -> str:
    """As ``plain``, without commas between thousands: a year or a code of data stays as it is."""
    return plain(value, figures).replace(",", "")


def signed(text: str) -> str:
    """The same number with a true minus sign."""
    return text.replace("-", MINUS)


def percent(share: float, places: int = 1, unit: str = " %") -> str:
    """A share in per cent: '75.0 %'. Only all is '100.0 %', and only nothing is '0.0 %'.

    What would be rounded to them is '> 99.9 %' or '< 0.1 %'; nan is '–'.
    """
    if not math.isfinite(share):
        return "–"
    text = f"{100.0 * share:.{places}f}"
    step = 10.0**-places
    if share < 1.0 and float(text) >= 100.0:
        text = f"> {100.0 - step:.{places}f}"
    elif share > 0.0 and float(text) == 0.0:
        text = f"< {step:.{places}f}"
    return text + unit
