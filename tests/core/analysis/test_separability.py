"""Whether a line parts two classes, and that the reason given is a proof."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.analysis.separability import LARGEST, Inseparable, Separable, separation

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "not x1 and x2": [0, 1, 0, 0]}


def prove(inputs: np.ndarray, classes: np.ndarray, found: Separable | Inseparable) -> None:
    """Check the given reason alone, in exact fractions where it says that a line parts them."""
    if isinstance(found, Separable):
        weights = [Fraction(float(w)) for w in found.weights]
        for row, label in zip(inputs.tolist(), classes, strict=True):
            terms = [w * Fraction(x) for w, x in zip(weights, row, strict=True)]
            net = sum(terms, Fraction(found.bias))
            assert net > 0 if label else net < 0
        away = np.abs(inputs @ found.weights + found.bias) / np.linalg.norm(found.weights)
        assert found.margin == pytest.approx(away.min(), rel=1e-9)
        return
    assert (found.shares > 0.0).all()
    np.testing.assert_array_equal(found.classes, classes[found.rows])
    assert len(found.rows) <= inputs.shape[1] + 2
    for label in (0, 1):
        mixed = found.rows[found.classes == label]
        shares = found.shares[found.classes == label]
        assert shares.sum() == pytest.approx(1.0, abs=1e-12)
        size = 1.0 + np.abs(inputs).max()
        np.testing.assert_allclose(shares @ inputs[mixed], found.point, atol=1e-8 * size)


@pytest.mark.parametrize("table", TABLES)
def test_what_one_unit_can_learn_has_a_line(table: str) -> None:
    classes = np.array(TABLES[table])
    found = separation(CORNERS, classes)
    assert isinstance(found, Separable)
    prove(CORNERS, classes, found)
    assert found.margin == pytest.approx(0.5 / np.sqrt(2))


def test_xor_has_a_point_in_both_hulls() -> None:
    classes = np.array([0, 1, 1, 0])
    found = separation(CORNERS, classes)
    assert isinstance(found, Inseparable)
    prove(CORNERS, classes, found)
    np.testing.assert_allclose(found.point, [0.5, 0.5])
    assert found.shares.tolist() == [0.5] * 4
    assert "the point (0.5, 0.5) lies between patterns of one class" in found.sentence(("x1", "x2"))


@settings(max_examples=120)
@given(data=st.data(), n=st.integers(1, 4), size=st.sampled_from([1e-3, 1.0, 1e4]))
def test_random_patterns_get_a_proof_of_one_or_the_other(
    data: st.DataObject, n: int, size: float
) -> None:
    """Small whole numbers: many patterns coincide, touch or lie on one line."""
    number = st.integers(-3, 3)
    rows = data.draw(st.lists(st.tuples(*[number] * n), min_size=2, max_size=14))
    classes = np.array([data.draw(st.integers(0, 1)) for _ in rows])
    inputs = size * (np.array(rows, dtype=float) + data.draw(st.sampled_from([0.0, 5.0])))
    found = separation(inputs, classes)
    if len(set(classes.tolist())) == 1:
        assert found is None
        return
    assert found is not None
    prove(inputs, classes, found)


@pytest.mark.parametrize("turn", range(4))
def test_clouds_apart_have_a_line_and_mixed_ones_have_none(turn: int) -> None:
    rng = np.random.default_rng(turn)
    inputs, classes = rng.normal(size=(200, 10)), np.arange(200) % 2
    mixed = separation(inputs, classes)
    apart = separation(inputs + 8.0 * classes[:, None], classes)
    assert isinstance(mixed, Inseparable)
    assert isinstance(apart, Separable)
    prove(inputs, classes, mixed)
    prove(inputs + 8.0 * classes[:, None], classes, apart)


def test_sentences_say_what_was_found() -> None:
    one = separation(CORNERS, np.array(TABLES["and"]))
    assert one is not None
    assert one.sentence(("x1", "x2")) == (
        "Linearly separable: the line x1 + x2 − 1.5 = 0 has a margin of 0.354."
    )
    many = np.arange(16)[:, None] >> np.arange(4) & 1
    names = ("a", "b", "c", "d")
    parity, majority = many.sum(axis=1) % 2, (many.sum(axis=1) > 2).astype(np.int64)
    inseparable, separable = separation(many * 1.0, parity), separation(many * 1.0, majority)
    assert inseparable is not None
    assert separable is not None
    assert "patterns of one class lies between" in inseparable.sentence(names)
    assert "a hyperplane has a margin of 0.25" in separable.sentence(names)


def test_a_question_too_large_stays_open() -> None:
    inputs = np.zeros((LARGEST // 10 + 1, 10))
    assert separation(inputs, np.arange(len(inputs)) % 2) is None
