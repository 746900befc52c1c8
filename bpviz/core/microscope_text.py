"""A weight's change as text for homework and slides: Markdown and LaTeX."""

from collections.abc import Sequence

from bpviz.core.formulas import change_tex, number, pattern_tex, step_tex
from bpviz.core.microscope import Change, Scene


def headings(change: Change) -> list[str]:
    """The columns of the table, as TeX: the factors of a pattern's term, and the product."""
    unit = change.target
    names = [r"t-o"] if unit.deviation is not None else [r"\sum_k \delta_k w_{jk}"]
    if not unit.plain:
        names.append(r"f'(net)")
    names.append(r"\delta")
    if change.place.kind == "weight":
        names.append("a")
    return [*names, r"\delta\,a" if change.place.kind == "weight" else r"\delta"]


def factors(change: Change, p: int) -> list[float]:
    """The numbers of one pattern, under ``headings``."""
    unit = change.target
    values = [float(unit.signal[p] if unit.deviation is None else unit.deviation[p])]
    if not unit.plain:
        values.append(float(unit.slope[p]))
    values.append(float(unit.delta[p]))
    if change.place.kind == "weight":
        values.append(float(change.source[p]))
    return [*values, float(change.wishes[p])]


def markdown(scene: Scene, change: Change, title: str, names: Sequence[str]) -> str:
    """The formula, the table pattern by pattern, the sum and the step; formulas between $$."""
    rows = [
        f"| {name} | " + " | ".join(f"{value:.6g}" for value in factors(change, p)) + " |"
        for p, name in enumerate(names)
    ]
    heads = ["pattern", *(f"${tex}$" for tex in headings(change))]
    first = [f"$$\n{pattern_tex(scene, change, 0)}\n$$", ""] if len(names) else []
    return "\n".join(
        [
            f"**{title}**", "", f"$$\n{change_tex(scene, change)}\n$$", "", *first,
            "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *rows, "",
            f"Sum over the patterns: {float(change.wishes.sum()):.6g}", "",
            f"$$\n{step_tex(scene, change)}\n$$", "",
        ]
    )  # fmt: skip


def latex(scene: Scene, change: Change, title: str, names: Sequence[str]) -> str:
    """The same as LaTeX, to be pasted into a document that loads amsmath."""
    heads = headings(change)
    rows = [
        " & ".join([name, *(f"${number(value, 6)}$" for value in factors(change, p))]) + r" \\"
        for p, name in enumerate(names)
    ]
    return "\n".join(
        [
            rf"\paragraph{{{title}}}", rf"\[ {change_tex(scene, change)} \]",
            rf"\begin{{tabular}}{{l{'r' * len(heads)}}}",
            " & ".join(["pattern", *(f"${tex}$" for tex in heads)]) + r" \\ \hline", *rows,
            r"\end{tabular}",
            rf"\[ \sum_p = {number(float(change.wishes.sum()), 6)} \]",
            rf"\[ {step_tex(scene, change)} \]", "",
        ]
    )  # fmt: skip
