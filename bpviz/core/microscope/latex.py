"""A reading of the microscope as LaTeX, to be pasted into a document."""

import re
import unicodedata
from collections.abc import Sequence

from bpviz.core.microscope.columns import term_columns
from bpviz.core.microscope.formula_numbers import number
from bpviz.core.microscope.microscope import MicroscopeReading
from bpviz.core.microscope.text import (
    cells,
    formulas_of,
    introduction,
    list_paths,
    path_rows,
    sum_numbers,
)

HEAD = r"""% Paste this into a document whose preamble has
% \usepackage{amsmath,array,longtable}"""

FOREIGN = "% and which xelatex or lualatex sets, in a font with all letters of the names."
"""The comment if names have letters that pdflatex cannot set."""

LONG = 40
"""The most rows of a table that is not broken over pages."""

DIGITS = 4

WIDE = 320.0
"""The widest formula in points that is not broken over lines; those of an article have 345."""


def latex(reading: MicroscopeReading, title: str, names: Sequence[str]) -> str:
    """Formula, table of patterns, paths, sum and step, as a part of a document.

    Its first lines are comments with the packages that the document must load.
    """
    columns, said = term_columns(reading), formulas_of(reading, 0)
    safe = [_escaped(name) for name in names]
    parts = [rf"\paragraph{{{_escaped(title)}}}", *_displayed(said.symbols)]
    parts += [*_where(said.where), f"Pattern {safe[0]}:", *_displayed(said.numbers)]
    parts += _where(said.where_numbers)
    rows = [
        [name, *(f"${number(value, DIGITS)}$" for value in cells(columns, p))]
        for p, name in enumerate(safe)
    ]
    heads = ["pattern", *(f"${column.tex}$" for column in columns)]
    parts += _tabular(heads, rows, _names_column(names) + "r" * len(columns))
    total, mean = sum_numbers(reading)
    if total:
        rest = f"; their mean: ${mean}$" if mean else ""
        parts += ["", rf"\smallskip\noindent Sum over the patterns: ${total}${rest}."]
    parts += _paths(reading, safe, _names_column(names))
    if said.step:
        parts += ["", r"\medskip\noindent The next step:", *_displayed(said.step)]
    text = "\n".join([*parts, ""])
    return "\n".join([HEAD, *([] if text.isascii() else [FOREIGN]), text])


def _where(tex: str) -> list[str]:
    return ["where", *_displayed(tex)] if tex else []


def _paths(reading: MicroscopeReading, names: Sequence[str], names_column: str) -> list[str]:
    listed = list_paths(reading, names)
    if not listed.rows:
        return []
    columns = f"{names_column}{_broken(0.3)}{_broken(0.44)}"
    table = _tabular(["pattern", "path", "product"], path_rows(reading, listed), columns)
    words = introduction(reading, listed).replace(r"\,", r"\,\allowbreak ")
    remark = [rf"\smallskip\noindent {listed.remark}"] if listed.remark else []
    return ["", rf"\medskip\noindent {words}", r"\smallskip", "", *table, *remark]


# -- formulas ------------------------------------------------------------------------------------


def _displayed(tex: str) -> list[str]:
    """A formula, centred on its line, or left-aligned over several lines."""
    if _points(tex) <= WIDE:
        return [rf"\[ {tex} \]"]
    for space in (r"\,", r",\quad", r",\ "):
        tex = tex.replace(space, rf"{space}\allowbreak ")
    return [r"\begin{flushleft}", rf"$\displaystyle {tex}$", r"\end{flushleft}"]


def _points(tex: str) -> float:
    """An estimate of the width of a formula at 10 points."""
    text = re.sub(r"\\frac\{[^{}]*\}", "", tex)
    text = re.sub(r"\\mathrm|\\hat|\\sqrt|\\[,! ]", "", text)
    text = re.sub(r"\\[A-Za-z]+", "x", text)
    small = sum(len(found[1]) for found in re.finditer(r"[_^]\{([^{}]*)\}", text))
    letters = len(re.sub(r"[{}_^\s]", "", text))
    spaces = len(re.findall(r" [-+=x] ", text))
    return 5.6 * letters - 1.8 * small + 5.0 * spaces


# -- tables --------------------------------------------------------------------------------------


LONG_NAME = 12
"""The most letters of a pattern's name that is not broken over lines."""


def _names_column(names: Sequence[str]) -> str:
    return _broken(0.18) if max(map(len, names)) > LONG_NAME else "l"


def _broken(share: float) -> str:
    """A column with a share of the line's width, whose cells are broken over lines."""
    return rf">{{\raggedright\arraybackslash}}p{{{share}\linewidth}}"


def _tabular(heads: Sequence[str], rows: Sequence[Sequence[str]], columns: str) -> list[str]:
    kind = "longtable" if len(rows) > LONG else "tabular"
    head = " & ".join(heads) + r" \\ \hline"
    body = [" & ".join(row) + r" \\" for row in rows]
    more = [r"\endhead"] if kind == "longtable" else []
    return [
        r"\begingroup\footnotesize\setlength{\tabcolsep}{4pt}\renewcommand{\arraystretch}{1.2}",
        *([r"\noindent"] if kind == "tabular" else []),
        rf"\begin{{{kind}}}{{{columns}}}", head, *more, *body, rf"\end{{{kind}}}",
        r"\par\endgroup",
    ]  # fmt: skip


# -- names ---------------------------------------------------------------------------------------

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": "$-$", "→": r"$\to$", "·": r"$\cdot$", "×": r"$\times$",
    "≤": r"$\le$", "≥": r"$\ge$", "<": "$<$", ">": "$>$", "|": "$|$", "°": r"$^\circ$",
    "µ": r"$\mu$", "–": "--", "—": "---", "…": r"\dots{}", "“": "``", "”": "''", "‘": "`",
    "’": "'", "\N{NO-BREAK SPACE}": "~", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}",
    "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}",
    "ı": r"\i{}", "ς": r"$\varsigma$", "ο": "o",
    **{mark: f"$^{n}$" for n, mark in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{mark: f"$_{n}$" for n, mark in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip
"""Characters with a meaning in LaTeX, or missing in its fonts -> how they are written."""

ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d",
    "\u0327": "c", "\u0331": "b",
}  # fmt: skip
"""Combining accents -> their commands in LaTeX."""

LIKE_LATIN = "ALPHA BETA EPSILON ZETA ETA IOTA KAPPA MU NU OMICRON RHO TAU CHI"
"""Greek capitals without a command in LaTeX: they look like Latin ones."""

LATIN = dict(zip(LIKE_LATIN.split(), "ABEZHIKMNOPTX", strict=True))


def _escaped(text: str) -> str:
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(letter: str) -> str:
    """One letter as LaTeX; letters of scripts other than Latin and Greek are unchanged."""
    if letter in LATEX:
        return LATEX[letter]
    if letter.isascii():
        return letter
    base, marks = (parts := unicodedata.normalize("NFD", letter))[0], parts[1:]
    if base.isascii() and marks and all(mark in ACCENTS for mark in marks):
        text = base
        for mark in marks:
            text = rf"\{ACCENTS[mark]}{{{text}}}"
        return text
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(letter, ""))
    if not found:
        return letter
    name = found[2].replace("LAMDA", "LAMBDA")
    if found[1] == "SMALL":
        return rf"$\{name.lower()}$"
    return rf"$\mathrm{{{LATIN[name]}}}$" if name in LATIN else rf"$\{name.capitalize()}$"
