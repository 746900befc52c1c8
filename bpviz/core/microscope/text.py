"""What the microscope shows, as text for homework and slides: what it says, and as Markdown.

As LaTeX it is ``microscope_latex``.
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
"""Paths of one pattern that a text lists."""

MOST_ROWS = 240
"""Paths of all patterns together that a text lists, at least those of one pattern."""


@dataclass(frozen=True, slots=True)
class PathList:
    """The paths that are listed: (pattern's name, path) row by row, and what was left out.

    ``rests`` are the patterns' names with the sum of the paths that are not listed.
    """

    rows: list[tuple[str, Path]]
    rests: list[tuple[str, float]]
    remark: str


def list_paths(look: MicroscopeReading, names: Sequence[str]) -> PathList:
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


def introduction(look: MicroscopeReading, listed: PathList) -> str:
    """What the products of the list are made of, in words that suit both kinds of text."""
    _, first = max(listed.rows, key=lambda row: len(row[1].factors))
    return (
        "The sum over $k$, path by path. Each product is that of the weights on the way, the "
        "slopes $f'(net)$ of the units between, and the delta at its end, such as "
        f"${path_symbols(look.scene, first)}$:"
    )


def path_rows(look: MicroscopeReading, listed: PathList) -> list[list[str]]:
    """Pattern, way and product of each path, and what the others come to."""
    rows = [
        [name, f"${way_tex(look, path)}$", f"${unmarked(path_tex(look.scene, path))}$"]
        for name, path in listed.rows
    ]
    return rows + [[name, "the others", f"${number(rest)}$"] for name, rest in listed.rests]


def way_tex(look: MicroscopeReading, path: Path) -> str:
    """'h_1 \\to o_1': the units that a path goes through; one beside another: a softmax group."""
    words = unit_symbol(look.scene, look.unit.group, look.unit.unit)
    for factor in path.factors:
        if factor.kind in ARROWS:
            unit = unit_symbol(look.scene, factor.group, factor.unit)
            words += rf" {ARROWS[factor.kind]} {unit}"
    return words


ARROWS = {"weight": r"\to", "beside": r"\leftrightarrow"}


class FormulaTexts(NamedTuple):
    """The formulas of a place as TeX; '' for those that it has not.

    symbols, where            the formula, and what the deltas are that it only names.
    numbers, where_numbers    both with the numbers of one pattern.
    step                      what the optimizer makes of all patterns.
    """

    symbols: str
    where: str
    numbers: str
    where_numbers: str
    step: str


def formulas_of(look: MicroscopeReading, p: int) -> FormulaTexts:
    """The formulas of a place, with the numbers of pattern p of the update."""
    scene, change, unit = look.scene, look.change, look.unit
    if change is None:
        found = [unit_tex(scene, unit), unit_numbers_tex(scene, unit, p), ""]
    else:
        found = [change_tex(scene, change), pattern_tex(scene, change, p), step_tex(scene, change)]
    symbols, numbers, step = map(unmarked, found)
    where = unmarked(where_tex(scene, unit)), unmarked(where_numbers_tex(scene, unit, p))
    return FormulaTexts(symbols, where[0], numbers, where[1], step)


def sum_numbers(look: MicroscopeReading) -> tuple[str, str]:
    """The sum over the patterns of a change, and their mean if that is what counts, as TeX."""
    if look.change is None:
        return "", ""
    total = float(look.change.wishes.sum())
    mean = look.scene.training.reduction == "mean"
    return number(total, 6), number(total / len(look.scene.rows), 6) if mean else ""


def cells(columns: list[TermColumn], p: int) -> list[float]:
    """A pattern's numbers, column by column."""
    return [float(column.values[p]) for column in columns]


# -- Markdown ------------------------------------------------------------------------------------


def markdown(look: MicroscopeReading, title: str, names: Sequence[str]) -> str:
    """Formula, table pattern by pattern, paths, sum and step; formulas between $$."""
    columns, said = term_columns(look), formulas_of(look, 0)
    safe = [_plain(name) for name in names]
    lines = [f"**{_plain(title)}**", "", *_display(said.symbols), *_where(said.where)]
    lines += [f"Pattern {safe[0]}:", "", *_display(said.numbers), *_where(said.where_numbers)]
    lines += _table(["pattern", *(f"${c.tex}$" for c in columns)])
    lines += [
        _row([name, *(f"{value + 0.0:.6g}" for value in cells(columns, p))])
        for p, name in enumerate(safe)
    ]
    if look.change is not None:
        total, mean = sum_numbers(look)
        rest = f"; their mean: ${mean}$" if mean else ""
        lines += ["", f"Sum over the patterns: ${total}${rest}"]
    lines += ["", *_markdown_paths(look, safe)]
    if said.step:
        lines += ["The next step:", "", *_display(said.step)]
    text = "\n".join(lines)
    return MATHEMATICS.sub(lambda found: _protected(found[0]), text)


MATHEMATICS = re.compile(r"(?<!\\)\$\$[^$]+\$\$|(?<!\\)\$[^$]+\$")


def _protected(tex: str) -> str:
    """TeX that means the same to those who read Markdown in it first, as GitHub does.

    To them a backslash before a comma is that comma, and ``_`` between brackets is emphasis.
    """
    tex = re.sub(r"\^(\{\(\d+\)\})_(\{[^{}]*\}|\w)", r"_\2^\1", tex)
    return tex.replace(r",\ ", r",\quad ").replace(r"\,", r"\thinspace ")


def _where(tex: str) -> list[str]:
    return ["where", "", *_display(tex)] if tex else []


def _markdown_paths(look: MicroscopeReading, names: Sequence[str]) -> list[str]:
    listed = list_paths(look, names)
    if not listed.rows:
        return []
    rows = map(_row, path_rows(look, listed))
    lines = [introduction(look, listed), ""]
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
