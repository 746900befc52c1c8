"""Numbers in cells and sentences, and formulas with numbers as rich text, not typeset."""

import math
import re

from bpviz.core.text.number_words import number_text, power_of_ten, scientific

SYMBOLS = {
    r"\Delta": "Δ", r"\delta": "δ", r"\epsilon": "ε", r"\alpha": "α", r"\cdot": "·",
    r"\Rightarrow": "⇒", r"\quad": "\u2003", r"\,": "\u200a", r"\ ": "\u00a0", "-": "−",
}  # fmt: skip
"""TeX -> characters of HTML, for the commands that formulas with numbers use."""

HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"


def html_of(tex: str) -> str:
    """A formula with numbers (see formula_numbers) as HTML."""
    text = tex.replace("{-}", "-").replace(r"\Delta ", r"\Delta")
    text = re.sub(r"\\hat\{(\w)\}", rf"<i>\1{HAT}</i>", text)
    text = re.sub(r"\\mathrm\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\s*\\times\s*10\^\{(-?\d+)\}", _power, text)
    text = _indices(text)
    for symbol, letter in SYMBOLS.items():
        text = text.replace(symbol, letter)
    return re.sub(r"(?<![\w<&/])([a-z])(?![\w>])", r"<i>\1</i>", text)


def _power(found: re.Match[str]) -> str:
    return f"×{power_of_ten(int(found[1]))}"


def _indices(text: str) -> str:
    """Subscripts and superscripts, the innermost first."""
    before = ""
    while before != text:
        before = text
        text = re.sub(r"_\{([^{}]*)\}", r"<sub>\1</sub>", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"<sup>\1</sup>", text)
    return text


def cell_words(value: float) -> str:
    """A number in few characters: '−0.0127', '0.0013', '2.1×10⁻⁴'."""
    size = abs(value)
    if not math.isfinite(value) or not value or size >= 0.01:
        return number_text(value)
    if size >= 0.00095:
        return number_text(value, 4)
    return scientific(value, 2)
