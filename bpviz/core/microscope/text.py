"""A reading of the microscope as text, for documents and slides: its parts, and as Markdown.

``latex`` writes the same as LaTeX.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bpviz.core.microscope.columns import TermColumn, term_columns
from bpviz.core.microscope.error_paths import Path, PathTree, count_paths
from bpviz.core.microscope.formula_numbers import (
    number,
    path_symbols,
    path_tex,
    pattern_tex,
    step_tex,
    unit_numbers_tex,
    where_numbers_tex,
)
from bpviz.core.microscope.formulas import change_tex, unit_symbol, unit_tex, where_tex
from bpviz.core.microscope.microscope import MicroscopeReading
from bpviz.core.microscope.terms import unmarked

MOST_PATHS = 24
"""The most paths of one pattern in a text."""

MOST_ROWS = 240
"""The most paths of all patterns in a text; those of one pattern are always listed."""


@dataclass(frozen=True, slots=True)
class PathList:
    """Rows of (pattern's name, path), and a remark about paths that are left out.

    ``rests`` are (pattern's name, sum of its paths that are not listed).
    """

    rows: list[tuple[str, Path]]
    rests: list[tuple[str, float]]
    remark: str


def list_paths(reading: MicroscopeReading, names: Sequence[str]) -> PathList:
    """The paths along which the error reaches the unit.

    Complete paths if there are at most MOST_PATHS; otherwise paths of one step, each of which
    stands for all paths that begin with it, and of these the largest.
    """
    update, (group, unit) = reading.update, (reading.unit.group, reading.unit.unit)
    n_complete = count_paths(update, group, unit)
    whole = n_complete <= MOST_PATHS
    rows: list[tuple[str, Path]] = []
    rests, steps, shown = [], 0, 0
    for p, name in enumerate(names):
        tree = PathTree(update, p)
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


def introduction(reading: MicroscopeReading, listed: PathList) -> str:
    """A sentence that explains the products of the list, for Markdown and LaTeX."""
    _, first = max(listed.rows, key=lambda row: len(row[1].factors))
    return (
        "The sum over $k$, path by path. Each product is that of the weights on the way, the "
        "slopes $f'(net)$ of the units between, and the delta at its end, such as "
        f"${path_symbols(reading.update, first)}$:"
    )


def path_rows(reading: MicroscopeReading, listed: PathList) -> list[list[str]]:
    """Pattern, path and product of each row, and the sums of the other paths."""
    rows = [
        [name, f"${way_tex(reading, path)}$", f"${unmarked(path_tex(reading.update, path))}$"]
        for name, path in listed.rows
    ]
    return rows + [[name, "the others", f"${number(rest)}$"] for name, rest in listed.rests]


def way_tex(reading: MicroscopeReading, path: Path) -> str:
    """'h_1 \\to o_1': the units of a path; a double arrow within a softmax group."""
    words = unit_symbol(reading.update, reading.unit.group, reading.unit.unit)
    for factor in path.factors:
        if factor.kind in ARROWS:
            unit = unit_symbol(reading.update, factor.group, factor.unit)
            words += rf" {ARROWS[factor.kind]} {unit}"
    return words


ARROWS = {"weight": r"\to", "beside": r"\leftrightarrow"}


class FormulaTexts(NamedTuple):
    """The formulas of a reading as TeX; '' if it does not have one.

    symbols, where            the formula, and those of the deltas that it only names.
    numbers, where_numbers    both with the numbers of one pattern.
    step                      the optimizer's step, with numbers.
    """

    symbols: str
    where: str
    numbers: str
    where_numbers: str
    step: str


def formulas_of(reading: MicroscopeReading, p: int) -> FormulaTexts:
    """The formulas of a reading, with the numbers of pattern p of the update."""
    update, change, unit = reading.update, reading.change, reading.unit
    if change is None:
        found = [unit_tex(update, unit), unit_numbers_tex(update, unit, p), ""]
    else:
        found = [
            change_tex(update, change),
            pattern_tex(update, change, p),
            step_tex(update, change),
        ]
    symbols, numbers, step = map(unmarked, found)
    where = unmarked(where_tex(update, unit)), unmarked(where_numbers_tex(update, unit, p))
    return FormulaTexts(symbols, where[0], numbers, where[1], step)


def sum_numbers(reading: MicroscopeReading) -> tuple[str, str]:
    """The sum of a change's contributions and, if gradients are averaged, the mean, as TeX."""
    if reading.change is None:
        return "", ""
    total = float(reading.change.contributions.sum())
    mean = reading.update.training.reduction == "mean"
    return number(total, 6), number(total / len(reading.update.rows), 6) if mean else ""


def cells(columns: list[TermColumn], p: int) -> list[float]:
    """A pattern's numbers, column by column."""
    return [float(column.values[p]) for column in columns]


# -- Markdown ------------------------------------------------------------------------------------


def markdown(reading: MicroscopeReading, title: str, names: Sequence[str]) -> str:
    """Formula, table of patterns, paths, sum and step; formulas are between $$."""
    columns, said = term_columns(reading), formulas_of(reading, 0)
    safe = [_plain(name) for name in names]
    lines = [f"**{_plain(title)}**", "", *_display(said.symbols), *_where(said.where)]
    lines += [f"Pattern {safe[0]}:", "", *_display(said.numbers), *_where(said.where_numbers)]
    lines += _table(["pattern", *(f"${c.tex}$" for c in columns)])
    lines += [
        _row([name, *(f"{value + 0.0:.6g}" for value in cells(columns, p))])
        for p, name in enumerate(safe)
    ]
    if reading.change is not None:
        total, mean = sum_numbers(reading)
        rest = f"; their mean: ${mean}$" if mean else ""
        lines += ["", f"Sum over the patterns: ${total}${rest}"]
    lines += ["", *_markdown_paths(reading, safe)]
    if said.step:
        lines += ["The next step:", "", *_display(said.step)]
    text = "\n".join(lines)
    return MATHEMATICS.sub(lambda found: _protected(found[0]), text)


MATHEMATICS = re.compile(r"(?<!\\)\$\$[^$]+\$\$|(?<!\\)\$[^$]+\$")


def _protected(tex: str) -> str:
    """TeX that keeps its meaning where Markdown is parsed first, as on GitHub.

    There a backslash before a comma is a comma, and ``_`` between brackets is emphasis.
    """
    tex = re.sub(r"\^(\{\(\d+\)\})_(\{[^{}]*\}|\w)", r"_\2^\1", tex)
    return tex.replace(r",\ ", r",\quad ").replace(r"\,", r"\thinspace ")


def _where(tex: str) -> list[str]:
    return ["where", "", *_display(tex)] if tex else []


def _markdown_paths(reading: MicroscopeReading, names: Sequence[str]) -> list[str]:
    listed = list_paths(reading, names)
    if not listed.rows:
        return []
    rows = map(_row, path_rows(reading, listed))
    lines = [introduction(reading, listed), ""]
    lines += [*_table(["pattern", "path", "product"]), *rows, ""]
    return [*lines, listed.remark, ""] if listed.remark else lines


def _display(tex: str) -> list[str]:
    return ["$$", tex, "$$", ""]


def _table(heads: Sequence[str]) -> list[str]:
    return [_row(heads), "|" + "---|" * len(heads)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """A name with Markdown's special characters escaped."""
    return re.sub(r"([\\`*_\[\]<>|$#])", r"\\\1", text)
