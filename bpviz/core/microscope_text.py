"""What the microscope shows, as text for homework and slides: Markdown and LaTeX."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bpviz.core.formula_numbers import (
    number,
    path_symbols,
    path_tex,
    pattern_tex,
    step_tex,
    unit_numbers_tex,
)
from bpviz.core.formulas import change_tex, unit_symbol, unit_tex
from bpviz.core.microscope import Look
from bpviz.core.microscope_columns import TermColumn, term_columns
from bpviz.core.paths import Path, PathTree, count_paths
from bpviz.core.terms import unmarked

MOST_PATHS = 24
"""Paths of one pattern that a text lists."""

MOST_ROWS = 240
"""Paths of all patterns together that a text lists, at least those of one pattern."""

LONG = 40
"""Rows beyond which a table must be allowed to go over pages."""


@dataclass(frozen=True, slots=True)
class PathList:
    """The paths that are listed: (pattern's name, path) row by row, and what was left out.

    ``rests`` are the patterns' names with the sum of the paths that are not listed.
    """

    rows: list[tuple[str, Path]]
    rests: list[tuple[str, float]]
    remark: str


def list_paths(look: Look, names: Sequence[str]) -> PathList:
    """The paths by which the error reaches the unit, as many as are still readable.

    Complete ones if there are few; otherwise those of one step (each stands for all that begin
    with it), and of these the largest.
    """
    scene, (group, unit) = look.scene, (look.unit.group, look.unit.unit)
    n_complete = count_paths(scene, group, unit)
    whole = n_complete <= MOST_PATHS
    rows: list[tuple[str, Path]] = []
    rests, steps, shown = [], 0, 0
    for p, name in enumerate(names):
        tree = PathTree(scene, p)
        paths = list(tree.complete(group, unit)) if whole else list(tree.of(group, unit))
        steps = len(paths)
        kept = paths
        if steps > MOST_PATHS:
            kept = sorted(paths, key=lambda path: -abs(path.product))[:MOST_PATHS]
            rests.append((name, sum(p.product for p in paths) - sum(p.product for p in kept)))
        if shown and len(rows) + len(kept) > MOST_ROWS:
            break
        rows += [(name, path) for path in kept]
        shown += 1
    return PathList(rows, rests[:shown], _remark(whole, n_complete, steps, shown, len(names)))


def _remark(whole: bool, complete: float, steps: int, shown: int, patterns: int) -> str:
    said = []
    if not whole:
        said.append(
            f"All {complete:,.0f} paths to the outputs are too many to list: each row stands for "
            "those that begin with its weight."
        )
    if steps > MOST_PATHS:
        said.append(f"The {MOST_PATHS} largest of {steps:,} rows of each pattern are listed.")
    if shown < patterns:
        said.append(f"Of {patterns:,} patterns the first {shown:,} are listed.")
    return " ".join(said)


def _introduction(look: Look, listed: PathList) -> str:
    """What the products of the list are made of, in words that suit both kinds of text."""
    _, first = listed.rows[0]
    return (
        "The sum over $k$, path by path. Each product is that of the weights on the way, the "
        "slopes $f'(net)$ of the units between, and the delta at its end; for the first, "
        f"${path_symbols(look.scene, first)}$:"
    )


def _path_rows(look: Look, listed: PathList) -> list[list[str]]:
    """Pattern, way and product of each path, and what the others come to."""
    rows = [
        [name, f"${way_tex(look, path)}$", f"${unmarked(path_tex(look.scene, path))}$"]
        for name, path in listed.rows
    ]
    return rows + [[name, "the others", f"${number(rest)}$"] for name, rest in listed.rests]


def way_tex(look: Look, path: Path) -> str:
    """'h_1 \\to o_1': the units that a path goes through; one beside another: a softmax group."""
    words = unit_symbol(look.scene, look.unit.group, look.unit.unit)
    for factor in path.factors:
        if factor.kind in ARROWS:
            unit = unit_symbol(look.scene, factor.group, factor.unit)
            words += rf" {ARROWS[factor.kind]} {unit}"
    return words


ARROWS = {"weight": r"\to", "beside": r"\leftrightarrow"}


def _formulas(look: Look, p: int) -> tuple[str, str, str]:
    """The formula in symbols, of one pattern with numbers, and the step ('' for a unit)."""
    scene, change = look.scene, look.change
    if change is None:
        found = unit_tex(scene, look.unit), unit_numbers_tex(scene, look.unit, p), ""
    else:
        found = change_tex(scene, change), pattern_tex(scene, change, p), step_tex(scene, change)
    symbols, numbers, step = map(unmarked, found)
    return symbols, numbers, step


def _cells(columns: list[TermColumn], p: int) -> list[float]:
    return [float(column.values[p]) for column in columns]


# -- Markdown ------------------------------------------------------------------------------------


def markdown(look: Look, title: str, names: Sequence[str]) -> str:
    """Formula, table pattern by pattern, paths, sum and step; formulas between $$."""
    columns = term_columns(look)
    symbols, numbers, step = _formulas(look, 0)
    safe = [_plain(name) for name in names]
    lines = [f"**{_plain(title)}**", "", *_display(symbols), f"Pattern {safe[0]}:", ""]
    lines += [*_display(numbers), *_table(["pattern", *(f"${c.tex}$" for c in columns)])]
    lines += [
        _row([name, *(f"{value + 0.0:.6g}" for value in _cells(columns, p))])
        for p, name in enumerate(safe)
    ]
    if look.change is not None:
        lines += ["", f"Sum over the patterns: {float(look.change.wishes.sum()):.6g}"]
    lines += ["", *_markdown_paths(look, safe)]
    return "\n".join([*lines, *(_display(step) if step else [])])


def _markdown_paths(look: Look, names: Sequence[str]) -> list[str]:
    listed = list_paths(look, names)
    if not listed.rows:
        return []
    rows = map(_row, _path_rows(look, listed))
    lines = [_introduction(look, listed), ""]
    lines += [*_table(["pattern", "path", "product"]), *rows, ""]
    return [*lines, listed.remark, ""] if listed.remark else lines


def _display(tex: str) -> list[str]:
    return ["$$", tex, "$$", ""]


def _table(heads: Sequence[str]) -> list[str]:
    return [_row(heads), "|" + "---|" * len(heads)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """A name that Markdown takes for nothing else."""
    return re.sub(r"([\\`*_\[\]<>|$#])", r"\\\1", text)


# -- LaTeX ---------------------------------------------------------------------------------------


def latex(look: Look, title: str, names: Sequence[str]) -> str:
    """The same as LaTeX, to be pasted into a document; its first line says what that must load."""
    columns = term_columns(look)
    symbols, numbers, step = _formulas(look, 0)
    safe = [_escaped(name) for name in names]
    rows = [
        [name, *(f"${number(value, 6)}$" for value in _cells(columns, p))]
        for p, name in enumerate(safe)
    ]
    parts = [
        r"% \usepackage{amsmath,longtable}",
        rf"\paragraph{{{_escaped(title)}}}",
        rf"\[ {symbols} \]",
        f"Pattern {safe[0]}:",
        rf"\[ {numbers} \]",
        *_tabular(["pattern", *(f"${c.tex}$" for c in columns)], rows, "l" + "r" * len(columns)),
    ]
    if look.change is not None:
        parts.append(rf"\[ \sum_p = {number(float(look.change.wishes.sum()), 6)} \]")
    parts += _latex_paths(look, safe)
    return "\n".join([*parts, *([rf"\[ {step} \]"] if step else []), ""])


def _latex_paths(look: Look, names: Sequence[str]) -> list[str]:
    listed = list_paths(look, names)
    if not listed.rows:
        return []
    rows = [
        [name, f"${way_tex(look, path)}$", f"${unmarked(path_tex(look.scene, path))}$"]
        for name, path in listed.rows
    ]
    rows += [[name, "the others", f"${number(rest)}$"] for name, rest in listed.rests]
    heads = ["pattern", "path", "product"]
    table = _tabular(heads, rows, "lll")
    return ["", _introduction(look, listed), "", *table, "", listed.remark]


def _tabular(heads: Sequence[str], rows: Sequence[Sequence[str]], columns: str) -> list[str]:
    kind = "longtable" if len(rows) > LONG else "tabular"
    head = " & ".join(heads) + r" \\ \hline"
    body = [" & ".join(row) + r" \\" for row in rows]
    more = [r"\endhead"] if kind == "longtable" else []
    return [rf"\begin{{{kind}}}{{{columns}}}", head, *more, *body, rf"\end{{{kind}}}"]


LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": "$-$", "→": r"$\to$", "²": "$^2$", "·": r"$\cdot$", "×": r"$\times$", "≤": r"$\le$",
}  # fmt: skip
"""What LaTeX takes for something else, or what its fonts lack -> how it is written."""


def _escaped(text: str) -> str:
    return "".join(LATEX.get(letter, letter) for letter in text)
