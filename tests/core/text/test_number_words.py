"""How numbers and shares are written: one way everywhere."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.text.number_words import counted, number_text, percent, plain, scientific, signed

SOURCES = sorted((Path(__file__).parents[3] / "bpviz").rglob("*.py"))


@pytest.mark.parametrize(
    ("value", "figures", "text"),
    [(1.34e-9, 3, "1.34×10⁻⁹"), (-2e-7, 3, "−2×10⁻⁷"), (1e5, 1, "10⁵"), (-1e-4, 1, "−10⁻⁴"),
     (2.5e-7, 1, "2×10⁻⁷"), (1.20e-30, 3, "1.2×10⁻³⁰"), (1e10, 3, "10¹⁰"), (1e20, 1, "10²⁰")],
)  # fmt: skip
def test_a_power_of_ten_has_raised_digits(value: float, figures: int, text: str) -> None:
    assert scientific(value, figures) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.25, "−2.25"), (284_900, "284,900"), (0.5, "0.5"),
     (0.00025, "0.00025"), (1e-5, "10⁻⁵"), (12_345_678, "1.235×10⁷"), (math.nan, "–"),
     (math.inf, "–"), (99_999.6, "100,000"), (1e7, "10⁷")],
)  # fmt: skip
def test_a_plain_number_is_as_short_as_it_can_be(value: float, text: str) -> None:
    assert plain(value) == text


@given(st.floats(-1e300, 1e300))
def test_no_number_is_written_with_a_hyphen_or_an_e(value: float) -> None:
    for text in (
        plain(value),
        number_text(value),
        scientific(value or 1.0),
        signed(f"{value:.2f}"),
    ):
        assert not re.search(r"[-eE]", text)


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100.0 %"), (0.0, "0.0 %"), (0.75, "75.0 %"), (4999 / 5000, "> 99.9 %"),
     (1 / 5000, "< 0.1 %"), (0.9994, "99.9 %"), (0.0006, "0.1 %"), (math.nan, "–")],
)  # fmt: skip
def test_a_share_is_all_only_where_it_is_all(share: float, text: str) -> None:
    assert percent(share) == text


@given(st.integers(1, 10**9), st.floats(0.0, 1.0), st.integers(0, 3))
def test_one_mistake_is_never_rounded_away(n: int, part: float, places: int) -> None:
    count = round(part * n)
    text = percent(count / n, places, "")
    assert (float(text.lstrip("<> ")) == 100.0) == (count == n)
    assert (float(text.lstrip("<> ")) == 0.0) == (count == 0)
    assert abs(float(text.lstrip("<> ")) - 100 * count / n) <= 10.0**-places


def test_shares_and_powers_of_ten_are_written_in_one_place() -> None:
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r":[0-9>.]*%\}|100(\.0)? \* [^\n]*f\} %", source), f"{path}: percent"
        if path.name != "number_words.py":
            assert not re.search(r":\+?\.?[0-9]*e\}", source), f"{path}: use scientific"


@pytest.mark.parametrize(("n", "text"), [(0, "0 rows"), (1, "1 row"), (2_000, "2,000 rows")])
def test_things_are_counted_with_their_plural(n: int, text: str) -> None:
    assert counted(n, "row") == text
