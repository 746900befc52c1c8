"""A weight's change as Markdown and LaTeX: complete, right, bounded, and safe to paste."""

import re
from math import prod

import numpy as np
import pytest

from bpviz.core.formula_numbers import path_symbols
from bpviz.core.losses import LOSSES
from bpviz.core.microscope import Look, Place, Scene, look
from bpviz.core.microscope_text import MOST_PATHS, MOST_ROWS, latex, list_paths, markdown
from bpviz.core.network import Network, layered
from bpviz.core.patterns import Patterns
from bpviz.core.run import Run

from .strategies import XOR, random_patterns, start_of


def look_of(network: Network, place: Place, patterns: Patterns = XOR, **settings: object) -> Look:
    run = Run(start_of(network, patterns, optimizer="descent", rate=0.5, **settings))
    run.advance(3)
    return look(Scene.of(run), place)


def rows_of(text: str, head: str) -> list[list[str]]:
    """The cells below the Markdown table whose head begins so."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(head)) + 2
    found = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def numbers_of(tex: str) -> tuple[list[float], float]:
    """The factors and the product of '$(-0.1) \\cdot 0.2 = ...$'."""
    tex = tex.strip("$").replace("{-}", "-")
    tex = re.sub(r"\\cdot 10\^\{(-?\d+)\}", r"e\1", tex)
    left, right = tex.split(" = ")
    return [float(part.strip(" ()")) for part in left.split(r"\cdot")], float(right)


NAMES = ["0 0", "0 1", "1 0", "1 1"]


def test_factors_multiply_to_the_term_and_paths_sum_to_the_error() -> None:
    network = layered((2, 3, 2, 1), ("tanh", "logistic", "logistic"))
    seen = look_of(network, Place("weight", 1, 1, 0, 0))
    text = markdown(seen, "weight x1 → h1.2", NAMES)
    table, paths = rows_of(text, "| pattern | $\\sum"), rows_of(text, "| pattern | path")
    assert [row[0] for row in table] == NAMES
    assert len(paths) == 4 * 2  # h1.2 -> h2.1 or h2.2 -> the output
    total = 0.0
    for name, signal, slope, delta, source, term in table:
        assert float(signal) * float(slope) == pytest.approx(float(delta), rel=1e-4, abs=1e-9)
        assert float(delta) * float(source) == pytest.approx(float(term), rel=1e-4, abs=1e-9)
        products = []
        for _, way, filled in (row for row in paths if row[0] == name):
            assert re.fullmatch(r"\$h\^.*_\{2\} \\to h\^.* \\to o_\{1\}\$", way)
            factors, product = numbers_of(filled)
            assert len(factors) == 4  # weight, slope, weight, delta of the output
            assert prod(factors) == pytest.approx(product, rel=2e-3)
            products.append(product)
        rounding = 1e-3 * sum(map(abs, products))
        assert sum(products) == pytest.approx(float(signal), rel=0, abs=rounding)
        total += float(term)
    said = re.search(r"Sum over the patterns: (\S+)", text)
    assert float(said[1]) == pytest.approx(total, rel=1e-4)
    assert float(said[1]) == pytest.approx(seen.change.direction, rel=1e-5)
    assert text.count("$$") % 2 == 0
    assert r"\Delta w_{1,2} = 0.5 \cdot" in text
    assert "-0 " not in text
    assert r"w_{h^{(1)}_{2} h^{(2)}_{1}}\,f'(net_{h^{(2)}_{1}})\,w_{h^{(2)}_{1} o_{1}}" in text


def test_it_says_where_it_stops() -> None:
    """Too many paths: one row a first step, the largest, and what the others come to."""
    network = layered((3, 4, 50, 30, 2), ("tanh", "tanh", "tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 40, np.random.default_rng(0))
    seen = look_of(network, Place("bias", 1, 2), patterns, spread=0.2)
    names = [str(p) for p in range(40)]
    listed = list_paths(seen, names)
    shown = MOST_ROWS // MOST_PATHS
    assert len(listed.rows) == shown * MOST_PATHS
    assert "All 3,000 paths" in listed.remark
    assert f"The {MOST_PATHS} largest of 50 rows" in listed.remark
    assert f"Of 40 patterns the first {shown}" in listed.remark
    for p in range(shown):
        own = [path.product for name, path in listed.rows if name == str(p)]
        assert sorted(own, key=abs, reverse=True) == own
        rest = dict(listed.rests)[str(p)]
        assert sum(own) + rest == pytest.approx(seen.unit.signal[p], rel=1e-10)
    for write in (markdown, latex):
        text = write(seen, "bias of h1.3", names)
        assert listed.remark in text
        assert "the others" in text
        assert len(text) < 60_000


def test_output_units_softmax_and_tied_weights_say_what_their_columns_are() -> None:
    network = layered((2, 2, 2), ("softmax", "softmax"))
    patterns = random_patterns(network, LOSSES["squared"], 3, np.random.default_rng(1))
    for place in (Place("weight", 2, 0, 1, 1), Place("weight", 1, 0, 0, 1)):
        seen = look_of(network, place, patterns)
        text = markdown(seen, "w", ["1", "2", "3"])
        for cells in rows_of(text, "| pattern | $"):
            *before, signal, slope, delta, source, term = map(float, cells[1:])
            assert len(before) == (place.group == 2)  # t - o, and the error that softmax shares
            assert signal * slope == pytest.approx(delta, rel=1e-4)
            assert delta * source == pytest.approx(term, rel=1e-4)
    assert r"h_{1} \leftrightarrow h_{2} \to o_{1}" in text  # beside, in the softmax group
    symbols = [path_symbols(seen.scene, path) for _, path in list_paths(seen, ["1"]).rows]
    assert r"-h_{2}\,w_{h_{2} o_{1}}\,\delta_{o_{1}}" in symbols


def test_a_unit_has_a_text_too() -> None:
    seen = look_of(layered((2, 3, 1), ("tanh", "logistic")), Place("unit", 1, 0))
    text = markdown(seen, "unit h1", NAMES)
    assert r"\delta_{h_{1}} = [\sum_k" in text
    assert "Sum over the patterns" not in text
    assert len(rows_of(text, "| pattern | $net$")) == 4
    of_input = look_of(layered((2, 3, 1), ("tanh", "logistic")), Place("unit", 0, 0))
    assert r"i_{1} = 1" not in latex(of_input, "unit x1", NAMES)
    assert r"i_{1} = 0" in latex(of_input, "unit x1", NAMES)


def test_names_cannot_break_the_document() -> None:
    seen = look_of(layered((2, 3, 1), ("tanh", "logistic")), Place("weight", 1, 0, 0, 0))
    names = ["−1 1", "a|b", "50 % & more_", "x$^{2}"]
    title = "weight sepal_length → h1, 100 %"
    tex = latex(seen, title, names)
    assert r"\paragraph{weight sepal\_length $\to$ h1, 100 \%}" in tex
    assert r"50 \% \& more\_ &" in tex
    assert r"$-$1 1 &" in tex
    assert r"x\$\textasciicircum{}\{2\} &" in tex
    assert tex.isascii()
    assert tex.count(r"\begin{tabular}") == tex.count(r"\end{tabular}") == 2
    for line in tex.splitlines():  # inside a table every row has as many cells as its head
        assert "→" not in line
    plain = re.sub(r"\\[{}]", "", tex)
    assert plain.count("{") == plain.count("}")
    text = markdown(seen, title, names)
    assert r"a\|b" in text
    assert len(rows_of(text, "| pattern | $\\sum")) == 4


def test_long_tables_of_latex_go_over_pages() -> None:
    network = layered((2, 2, 1), ("tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 60, np.random.default_rng(0))
    tex = latex(look_of(network, Place("bias", 1, 0), patterns), "b", [str(p) for p in range(60)])
    assert tex.startswith("% \\usepackage{amsmath,longtable}")
    assert tex.count(r"\begin{longtable}") == 2
