"""Expressions: what they mean, and that nothing but a formula gets in."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpviz.core.values import BadValue
from bpviz.problems.expression import CHOOSERS, CONSTANTS, FUNCTIONS, parse
from bpviz.problems.table import PROBLEMS

X = np.array([-2.0, -0.5, 0.0, 0.25, 1.0, 3.0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", X),
        ("  x  ", X),
        ("3", np.full(6, 3.0)),
        ("2*x + 1", 2 * X + 1),
        ("-x**2", -(X**2)),
        ("+x - -x", 2 * X),
        ("(x - 1)/4", (X - 1) / 4),
        ("2**-x", 2.0**-X),
        ("1e2 + .5", np.full(6, 100.5)),
        ("pi*e", np.full(6, math.pi * math.e)),
        ("x > 0", [0, 0, 0, 1, 1, 1]),
        ("-1 < x <= 1", [0, 1, 1, 1, 1, 0]),
        ("(x == 0) + 2*(x != 0)", [2, 2, 1, 2, 2, 2]),
        ("min(x, 1, 0.5)", [-2, -0.5, 0, 0.25, 0.5, 0.5]),
        ("max(x, 0)", [0, 0, 0, 0.25, 1, 3]),
        ("step(x)", [0, 0, 0, 1, 1, 1]),
        ("sign(x)", [-1, -1, 0, 1, 1, 1]),
        ("floor(x)", [-2, -1, 0, 0, 1, 3]),
        ("logistic(x)", 1 / (1 + np.exp(-X))),
        ("sin(x)**2 + cos(x)**2", np.ones(6)),
        ("abs(tanh(x))", np.abs(np.tanh(X))),
    ],
)
def test_meaning(text: str, expected: object) -> None:
    assert np.allclose(parse(text)(X), expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_the_one_of_its_name(name: str) -> None:
    x = np.array([0.1, 0.5, 0.9])
    own = {
        "abs": abs, "round": round, "sign": lambda v: math.copysign(1, v),
        "step": lambda v: 1.0, "logistic": lambda v: 1 / (1 + math.exp(-v)),
        "relu": lambda v: v,
    }  # fmt: skip
    function = own.get(name) or getattr(math, name)
    assert np.allclose(parse(f"{name}(x)")(x), [function(v) for v in x])


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("  x^2", 4),
        ("y + 1", 1),
        ("x + sinn(x)", 5),
        ("x.real", 1),
        ("__import__('os')", 12),
        ("().__class__", 1),
        ("x + [1]", 5),
        ("sin", 1),
        ("sin()", 1),
        ("sin(x, x)", 1),
        ("1 + max(x)", 5),
        ("sin(x=1)", 1),
        ("min(*x)", 5),
        ("2(x)", 1),
        ("sin(x)(x)", 1),
        ("True + x", 1),
        ("1j*x", 1),
        ("x if x else 1", 1),
        ("x and 1", 1),
        ("not x", 1),
        ("x in x", 1),
        ("x is 1", 1),
        ("lambda x: x", 9),
        ("x\n+1", 2),
        ("x @ x", 3),
        ("x // 2", 1),
        ("x, 1", 1),
        ("1e999", 1),
        ("0,5*x", 1),
        ("α", 1),
        ("\0", 1),
    ],
)
def test_refusals_name_the_column(text: str, column: int) -> None:
    with pytest.raises(BadValue, match=rf"^expression must be .*, not .* \(column {column}\)\.$"):
        parse(text)


@pytest.mark.parametrize("text", ["2x", "2 x", "sin x", "(x", "x)", "x +", "9" * 199 + "x", "x=1"])
def test_what_cannot_be_read_is_refused_with_a_column(text: str) -> None:
    # Which column it is depends on the Python that reads it.
    with pytest.raises(BadValue, match=r"with a \* between factors .* \(column (\d+)\)") as refusal:
        parse(text)
    column = int(str(refusal.value).rpartition("column ")[2].rstrip(")."))
    assert 1 <= column <= len(text)


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadValue, match="expression must be one in x, such as"):
        parse(text)


def test_length_and_nesting_are_bounded() -> None:
    with pytest.raises(BadValue, match="at most 200 characters"):
        parse("x + " * 50 + "x")
    with pytest.raises(BadValue, match="at most 30 operations inside each other"):
        parse("-" * 40 + "x")
    with pytest.raises(BadValue, match="column"):
        parse("(" * 100 + "x" + ")" * 99)


def test_huge_powers_are_infinite_at_once() -> None:
    assert np.isinf(parse("9**9**9**9")(X)).all()


NAMES = [*FUNCTIONS, *CHOOSERS, *CONSTANTS, "x", "y", "if", "else", "lambda", "not", "True"]
pieces = st.sampled_from(
    [*NAMES, *"0123456789.()+-*/<>=!,^ \"'[]{}:;_@%&|~\\\n\t\0#", "**", "//", "e5", "==", "1j", "∞"]
)
soup = st.lists(pieces, max_size=40).map("".join)
formulas = st.recursive(
    st.sampled_from(["x", "2", "0.5", "pi", "e", "1e300", "0"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "<", "=="]), inner).map(
            lambda parts: f"({parts[0]}{parts[1]}{parts[2]})"
        ),
        st.tuples(st.sampled_from(list(FUNCTIONS)), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"max({parts[0]}, -{parts[1]})"),
    ),
    max_leaves=12,
)


@given(st.text() | soup | formulas)
@example("1if x else 2")
@example("0x1for x")
@example("'\\d'")
@example("1_000*x")
@example("\ud800")
@settings(deadline=None)
def test_any_text_gives_finite_numbers_or_a_sentence(text: str) -> None:
    refused: BadValue | None = None
    try:
        patterns = PROBLEMS["expression"].load({"expression": text})
    except BadValue as refusal:
        refused = refusal
    if refused is None:
        assert np.isfinite(patterns.train.targets).all()
    else:
        assert refused.field == "expression"
        assert str(refused).startswith("expression must be ")
