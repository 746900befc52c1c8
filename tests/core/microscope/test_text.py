"""A weight's change as Markdown and LaTeX: complete, right, bounded, and safe to paste."""

import re
import subprocess
from math import prod
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from latex2mathml.converter import convert
from markdown_it import MarkdownIt

from bpviz.core.microscope.formula_numbers import path_symbols
from bpviz.core.microscope.latex import latex
from bpviz.core.microscope.microscope import MicroscopeReading, read_terms
from bpviz.core.microscope.text import (
    MATHEMATICS,
    MOST_PATHS,
    MOST_ROWS,
    list_paths,
    markdown,
)
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network, layered
from bpviz.core.model.patterns import Patterns
from bpviz.core.model.references import BiasRef, NetworkRef, UnitRef, WeightRef
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run
from tests.waiting import DEADLINE

from ..strategies import XOR, random_patterns, start_of


def look_of(
    network: Network, ref: NetworkRef, patterns: Patterns = XOR, **settings: object
) -> MicroscopeReading:
    run = Run(start_of(network, patterns, optimizer="descent", rate=0.5, **settings))
    run.advance(3)
    return read_terms(next_update(run), ref)


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
    tex = re.sub(r"\\times 10\^\{(-?\d+)\}", r"e\1", tex)
    left, right = tex.split(" = ")
    return [float(part.strip(" ()")) for part in left.split(r"\cdot")], float(right)


NAMES = ["0 0", "0 1", "1 0", "1 1"]


def test_factors_multiply_to_the_term_and_paths_sum_to_the_error() -> None:
    network = layered((2, 3, 2, 1), ("tanh", "logistic", "logistic"))
    seen = look_of(network, WeightRef(0, 0, 1))
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
            assert re.fullmatch(r"\$h_\{2\}\^.* \\to h_.\d.\^.* \\to o_\{1\}\$", way)
            factors, product = numbers_of(filled)
            assert len(factors) == 4  # weight, slope, weight, delta of the output
            assert prod(factors) == pytest.approx(product, rel=2e-3)
            products.append(product)
        rounding = 1e-3 * sum(map(abs, products))
        assert sum(products) == pytest.approx(float(signal), rel=0, abs=rounding)
        total += float(term)
    said = re.search(r"Sum over the patterns: \$(.+)\$", text)
    _, summed = numbers_of(f"0 = {said[1]}")
    assert summed == pytest.approx(total, rel=1e-4)
    assert summed == pytest.approx(seen.change.direction, rel=1e-5)
    assert text.count("$$") % 2 == 0
    assert r"\Delta w_{1,2} = 0.5 \cdot" in text
    assert "-0 " not in text
    way = r"w_{h^{(1)}_{2} h^{(2)}_{1}}\,f'(net_{h^{(2)}_{1}})\,w_{h^{(2)}_{1} o_{1}}"
    assert way in latex(seen, "w", NAMES).replace(r"\allowbreak ", "")
    assert r"w_{h_{2}^{(1)} h_{1}^{(2)}}\thinspace f'(net_{h_{1}^{(2)}})" in text


def test_it_says_where_it_stops() -> None:
    """Too many paths: one row a first step, the largest, and what the others come to."""
    network = layered((3, 4, 50, 30, 2), ("tanh", "tanh", "tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 40, np.random.default_rng(0))
    seen = look_of(network, BiasRef(1, 2), patterns, spread=0.2)
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
    for ref in (WeightRef(1, 1, 0), WeightRef(0, 1, 0)):
        seen = look_of(network, ref, patterns)
        text = markdown(seen, "w", ["1", "2", "3"])
        for cells in rows_of(text, "| pattern | $"):
            *before, signal, slope, delta, source, term = map(float, cells[1:])
            assert len(before) == (ref.connection == 1)  # t - o, and the error that softmax shares
            assert signal * slope == pytest.approx(delta, rel=1e-4)
            assert delta * source == pytest.approx(term, rel=1e-4)
    assert r"h_{1} \leftrightarrow h_{2} \to o_{1}" in text  # beside, in the softmax group
    symbols = [path_symbols(seen.update, path) for _, path in list_paths(seen, ["1"]).rows]
    assert r"-h_{2}\,w_{h_{2} o_{1}}\,\delta_{o_{1}}" in symbols


def test_a_unit_has_a_text_too() -> None:
    seen = look_of(layered((2, 3, 1), ("tanh", "logistic")), UnitRef(1, 0))
    text = markdown(seen, "unit h1", NAMES)
    assert r"\delta_{h_{1}} = [\sum_k" in text
    assert "Sum over the patterns" not in text
    assert len(rows_of(text, "| pattern | $net$")) == 4
    of_input = look_of(layered((2, 3, 1), ("tanh", "logistic")), UnitRef(0, 0))
    assert r"i_{1} = 1" not in latex(of_input, "unit x1", NAMES)
    assert r"i_{1} = 0" in latex(of_input, "unit x1", NAMES)


BAD_NAMES = [
    "−1 1", "a|b", "50 % & more_", "x$^{2}", "Länge (µm) ≤ λ₁", "ß–Ørsted “Œ”", "*b* [c](d)",
    "Ω < Δ > ~^\\ #",
]  # fmt: skip


def test_names_cannot_break_the_document() -> None:
    seen = look_of(layered((2, 3, 1), ("tanh", "logistic")), WeightRef(0, 0, 0))
    title = "weight sepal_length → h1, 100 %"
    tex = latex(seen, title, BAD_NAMES[:4])
    assert r"\paragraph{weight sepal\_length $\to$ h1, 100 \%}" in tex
    assert r"50 \% \& more\_ &" in tex
    assert r"$-$1 1 &" in tex
    assert r"x\$\textasciicircum{}\{2\} &" in tex
    other = latex(seen, title, BAD_NAMES[4:])
    assert r"L\"{a}nge ($\mu$m) $\le$ $\lambda$$_1$ &" in other
    assert r"\ss{}--\O{}rsted ``\OE{}'' &" in other
    assert r"$\Omega$ $<$ $\Delta$ $>$" in other
    for text in (tex, other):
        assert text.isascii()
        assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
        plain = re.sub(r"\\[{}]", "", text)
        assert plain.count("{") == plain.count("}")
    assert "lualatex" not in tex
    assert "lualatex" in latex(seen, "重み", NAMES)
    text = markdown(seen, title, BAD_NAMES[:4])
    assert r"a\|b" in text
    assert len(rows_of(text, "| pattern | $\\sum")) == 4


# -- what others make of it ----------------------------------------------------------------------


def exports() -> list[tuple[MicroscopeReading, str, list[str]]]:
    """Wide, deep, softmax, every optimizer, decay and mean, names of all kinds."""
    found = []
    rng = np.random.default_rng(3)
    for sizes, acts, ref, optimizer in (
        ((2, 3, 1), ("tanh", "logistic"), WeightRef(0, 0, 0), "momentum"),
        (
            (2, 3, 3, 2, 2), ("tanh", "relu", "softmax", "softmax"),
            WeightRef(0, 1, 1), "adam",
        ),
        ((2, 2, 2), ("softmax", "softmax"), WeightRef(0, 1, 0), "rmsprop"),
        ((3, 30, 4, 3), ("tanh", "logistic", "linear"), UnitRef(1, 2), "descent"),
        ((2, 2), ("softmax",), BiasRef(1, 1), "adam"),
    ):  # fmt: skip
        network = layered(sizes, acts, shortcuts=len(sizes) > 3)
        patterns = random_patterns(network, LOSSES["squared"], 4, rng)
        settings = {"decay_l2": 0.01, "decay_l1": 0.001, "decay_share": 0.002, "reduction": "mean"}
        run = Run(start_of(network, patterns, optimizer=optimizer, rate=1e-5, **settings))
        run.advance(2)
        names = BAD_NAMES[:4] if len(found) % 2 else BAD_NAMES[4:]
        found.append((read_terms(next_update(run), ref), f"weight of {names[0]}", names))
    return found


MATH = re.compile(r"(?<!\\)\$((?:[^$\\]|\\.)+)\$|\\\[ (.*) \\\]")


def test_latex_is_what_a_parser_takes_for_latex() -> None:
    """Every formula is one to latex2mathml, every row of a table has its cells."""
    for seen, title, names in exports():
        tex = latex(seen, title, names)
        formulas = [a or b for a, b in MATH.findall(tex)]
        assert len(formulas) > 20
        for formula in formulas:
            mathml = convert(formula.replace(r"\allowbreak", ""))
            assert "merror" not in mathml
            assert "\\" not in re.sub(r"<mtext>.*?</mtext>", "", mathml), formula
        outside = MATH.sub("", tex)
        assert "$" not in outside.replace(r"\$", "")
        for table in re.findall(r"\\begin\{tabular\}(.*?)\\end\{tabular\}", tex, re.DOTALL):
            rows = [line for line in table.splitlines()[1:] if line.endswith((r"\\", r"\hline"))]
            assert len({len(re.findall(r"(?<!\\)&", row)) for row in rows}) == 1


@pytest.mark.skipif(which("pdflatex") is None, reason="needs pdflatex")
def test_latex_compiles_and_fits_its_page(tmp_path: Path) -> None:
    texts = [latex(*export) for export in exports()]
    needed = set(re.findall(r"\\usepackage.*", "\n".join(texts)))
    body = "\n\n".join(texts)
    document = rf"\documentclass{{article}}{needed.pop()}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "a.tex").write_text(document.replace("{document}%", "{document}\n%"))
    command = ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=nonstopmode", "a.tex"]
    for _ in range(2):  # long tables know their columns' widths the second time
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=DEADLINE)
        assert done.returncode == 0, done.stdout[-1500:].decode(errors="replace")
    log = (tmp_path / "a.log").read_text(errors="replace")
    assert not re.findall(r"Overfull .hbox.*|Missing character.*", log)


def test_markdown_leaves_the_formulas_alone() -> None:
    """Nothing in a formula is a link, emphasis or an escape to those who read Markdown first."""
    parser = MarkdownIt("commonmark").enable("table")
    for seen, title, names in exports():
        text = markdown(seen, title, names)
        tokens = [t for block in parser.parse(text) for t in (block.children or [])]
        assert {t.type for t in tokens} <= {"text", "softbreak", "strong_open", "strong_close",
                                            "text_special"}  # fmt: skip
        assert sum(t.type == "strong_open" for t in tokens) == 1  # the title
        seen_text = "".join("\n" if t.type == "softbreak" else t.content for t in tokens)
        formulas = [found[0] for found in MATHEMATICS.finditer(text)]
        assert len(formulas) > 8
        for formula in formulas:
            assert formula in seen_text


def test_long_tables_of_latex_go_over_pages() -> None:
    network = layered((2, 2, 1), ("tanh", "linear"))
    patterns = random_patterns(network, LOSSES["squared"], 60, np.random.default_rng(0))
    tex = latex(look_of(network, BiasRef(1, 0), patterns), "b", [str(p) for p in range(60)])
    assert r"% \usepackage{amsmath,array,longtable}" in tex
    assert tex.count(r"\begin{longtable}") == 2
