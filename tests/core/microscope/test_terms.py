"""Marks of terms stay out of what is read, and the numbers behind them multiply to the change."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.settings import Training
from bpviz.core.microscope.error_paths import PathTree
from bpviz.core.microscope.formula_numbers import (
    pattern_tex,
    step_tex,
    unit_numbers_tex,
    where_numbers_tex,
)
from bpviz.core.microscope.formulas import change_tex, unit_tex, where_tex
from bpviz.core.microscope.microscope import read_terms, unit_terms
from bpviz.core.microscope.terms import Term, chains_of, marked, rendered, unmarked
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network, layered
from bpviz.core.model.references import UnitRef, WeightRef, parameter_at
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run

from ..strategies import PAIRS, networks, random_patterns, start_of


def value_of(tex: str) -> float:
    """What a formula with numbers comes to, worked out as it stands."""
    text = unmarked(tex).replace("{-}", "-").replace("[", "(").replace("]", ")")
    text = re.sub(r"\\times 10\^\{(-?\d+)\}", r"e\1", text).replace(r"\cdot", "*")
    text = re.sub(r"(\d) e", r"\1e", text)
    assert re.fullmatch(r"[\d.e+\-*() ]+", text), text
    return float(eval(text))


def test_marks_go_one_within_another() -> None:
    inner = marked("t-o", Term("deviation", 2, 0))
    tex = f"a {marked(f'[{inner} w]', Term('back', 1, 3))} b"
    assert unmarked(tex) == "a [t-o w] b"
    back, deviation = Term("back", 1, 3), Term("deviation", 2, 0)
    assert chains_of(tex) == [(back,), (back, deviation)]
    shown = rendered(tex, lambda c: f"<{c[-1].kind}>", lambda c: f"</{c[-1].kind}>")
    assert shown == "a <back>[<deviation>t-o</deviation> w]</back> b"
    assert marked("", back) == ""


def test_a_symbol_is_like_the_numbers_that_it_stands_for() -> None:
    any_of, one = Term("weight", 2, -1, 1, 0), Term("weight", 2, 1, 1, 0)
    assert any_of.is_like(one)
    assert one.is_like(any_of)
    assert not one.is_like(Term("weight", 2, 0, 1, 0))
    assert not one.is_like(Term("delta", 2, 1))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize(("error", "output"), [PAIRS[0], PAIRS[-2], PAIRS[-1]])
def test_the_numbers_are_those_of_the_change(
    data: st.DataObject, seed: int, error: str, output: str
) -> None:
    """Random networks with shortcuts, masks, ties, clamps: factor times factor is the term."""
    network: Network = data.draw(networks(output))
    rng = np.random.default_rng(seed)
    run = Run(start_of(network, random_patterns(network, LOSSES[error], 3, rng), error=error))
    units = [UnitRef(g, u) for g, group in enumerate(network.groups) for u in range(group.size)]
    if data.draw(st.booleans()):
        apply_edit(run, SetClamps({units[rng.integers(len(units))]: 0.4}))
    update = next_update(run)
    seen = read_terms(update, parameter_at(network, int(rng.integers(network.n_parameters))))
    change, p = seen.change, int(rng.integers(3))
    if change.target.clamped:
        return
    digits, close = 14, {"rel": 1e-10, "abs": 1e-12}
    left, right = pattern_tex(update, change, p, digits, 9).split(" = ")
    assert value_of(left) == pytest.approx(float(change.own[p]), **close)
    assert value_of(right) == pytest.approx(float(change.own[p]), **close)
    delta = unit_numbers_tex(update, seen.unit, p, digits, 9).split(" = ")[1]
    assert value_of(delta) == pytest.approx(float(seen.unit.delta[p]), **close)
    where = where_numbers_tex(update, seen.unit, p, None, digits, 9)
    assert bool(where) <= bool(where_tex(update, seen.unit))
    if where:
        whose = chains_of(where)[0][0]
        one = replace(update, rows=update.rows[p : p + 1])
        later = unit_terms(one, one.trace(), whose.group, whose.unit)
        for side in where.split(" = ")[1:]:
            assert value_of(side) == pytest.approx(float(later.delta[0]), **close)


@pytest.mark.parametrize("optimizer", ["descent", "momentum"])
def test_the_step_s_numbers_are_the_step(optimizer: str) -> None:
    """With decay, too, whose number was left out."""
    network = layered((2, 3, 1), ("tanh", "logistic"))
    patterns = random_patterns(network, LOSSES["squared"], 4, np.random.default_rng(0))
    training = Training(
        optimizer=optimizer, rate=0.3, momentum=0.8, decay_l2=0.02, reduction="mean"
    )
    run = Run(replace(start_of(network, patterns), training=training))
    run.advance(3)
    change = read_terms(next_update(run), WeightRef(0, 0, 1)).change
    text = step_tex(next_update(run), change, 14)
    for side in text.split(" = ")[1:]:
        assert value_of(side) == pytest.approx(change.change, rel=1e-10)
    kinds = [chain[-1].kind for chain in chains_of(text)]
    assert {"change", "rate", "direction", "patterns", "decay"} <= set(kinds)
    assert ("momentum" in kinds) == (optimizer == "momentum")


def test_deltas_that_are_only_named_are_said() -> None:
    deep = layered((2, 3, 2, 1), ("tanh", "logistic", "logistic"))
    patterns = random_patterns(deep, LOSSES["squared"], 2, np.random.default_rng(0))
    update = next_update(Run(start_of(deep, patterns)))
    first, second = (read_terms(update, UnitRef(g, 0)).unit for g in (1, 2))
    assert r"\delta^{(2)}_k\,w_{1,k}" in unmarked(unit_tex(update, first))
    assert unmarked(where_tex(update, first)) == (
        r"\delta^{(2)}_k = [\sum_l (t_l-o_{l})\,o_{l}(1-o_{l})\,w_{kl}]\,"
        r"h^{(2)}_{k}(1-h^{(2)}_{k})"
    )
    assert where_tex(update, second) == ""  # its formula has it all
    steps = PathTree(update, 1).of(1, 0)
    chosen = [chains_of(where_numbers_tex(update, first, 1, step))[0][0].unit for step in steps]
    assert chosen == [0, 1]  # the row that is opened
    strongest = max(steps, key=lambda step: abs(step.product)).unit
    assert chains_of(where_numbers_tex(update, first, 1))[0][0].unit == strongest
    soft = layered((2, 2, 2), ("softmax", "softmax"))
    patterns = random_patterns(soft, LOSSES["squared"], 2, np.random.default_rng(0))
    update = next_update(Run(start_of(soft, patterns)))
    seen = read_terms(update, WeightRef(0, 0, 0))
    assert "e_l" in unmarked(change_tex(update, seen.change))
    assert r"e_l = \sum_k \delta_k\,w_{lk}" in unmarked(where_tex(update, seen.unit))
