"""Numbers as people type them."""

import pytest
from bpviz.ui.toolkit.widgets.number_text import (
    all_numbers,
    decimal_wish,
    parse_decimal,
    parse_decimals,
    parse_number,
    parse_pair,
    parse_whole,
    separator_hint,
    shortened,
    write_number,
    write_pair,
    write_whole,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5", 0.5), (".5", 0.5), ("5e-1", 0.5), (" 5E-01 ", 0.5), ("5.", 5.0), ("-2", -2.0),
        ("−2", -2.0), ("+3", 3.0), ("1e6", 1e6),
        ("", None), ("abc", None), ("0,5", None), ("1_000", None), ("nan", None), ("inf", None),
        ("1e", None), (".", None), ("--1", None), ("0x10", None), ("٣", None),
    ],
)  # fmt: skip
def test_numbers_are_read(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,5", 0.5), ("−,5", -0.5), ("12,25", 12.25), ("0,125", 0.125), ("1,0000", 1.0),
        ("1234,567", 1234.567), ("1,5e3", 1500.0), ("0.5", 0.5),
        ("1,000", None), ("-12,345", None), ("1,5,0", None), ("1.5,0", None), (",", None),
    ],
)  # fmt: skip
def test_decimal_commas_are_read_unless_they_may_be_thousands(
    text: str, number: float | None
) -> None:
    assert parse_decimal(text) == number
    assert ("could mean either" in decimal_wish(text)) == (text in ("1,000", "-12,345"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []), ("0.1", [0.1]), ("0.1,0.5", [0.1, 0.5]), ("0.1, 0.5", [0.1, 0.5]),
        ("0,5", [0.5]), (",5", [0.5]), ("0,1; 0,5", [0.1, 0.5]), ("0,1 2", [0.1, 2.0]),
        ("1e-3,1e-2", [1e-3, 1e-2]), ("1, 2", [1.0, 2.0]), ("0,1, 0,5", [0.1, 0.5]),
        ("1,2", None), ("0,1,0,5", None), ("1.000,5; 2", None),
        ("1.000,5", None), ("1.125,2.5", [1.125, 2.5]), ("0.1;x", None),
    ],
)  # fmt: skip
def test_lists_of_numbers_are_read_unless_a_comma_may_mean_two_things(
    text: str, numbers: list[float] | None
) -> None:
    assert parse_decimals(text) == numbers


@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers())))
def test_many_numbers_are_read_as_one_by_one(numbers: list[float]) -> None:
    texts = [repr(number) for number in numbers]
    assert all_numbers(texts) == ([parse_number(text) for text in texts] if texts else None)
    assert all_numbers([*texts, "1 2"]) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1000", 1000), ("1,000", 1000), ("1 000", 1000), ("1\u202f000\u202f000", 1_000_000),
        ("1'000", 1000), ("1e3", 1000), ("7.0", 7), ("-1,000", -1000), ("−5", -5),
        ("10,00", None), ("1,000 000", None), ("0.5", None), ("abc", None), ("", None),
        ("1e400", None), ("1e-400", 0), ("9" * 40, None), ("1e9999999999", None),
        ("1.000", None), ("12.000.000", None), ("0.000", 0), ("1000.0", 1000),
    ],
)  # fmt: skip
def test_whole_numbers_are_read(text: str, number: int | None) -> None:
    assert parse_whole(text) == number


def test_what_separators_may_mean_is_said() -> None:
    assert separator_hint("1.000") == " (write 1000 or 1: the point could mean either)"
    assert separator_hint("1.000.000") == " (write 1000000: the point could mean either)"
    assert separator_hint("x") == ""


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("3 x 5", (3, 5)), ("3×5", (3, 5)), ("3,5", (3, 5)), ("3 5", (3, 5)), (" 3X5 ", (3, 5)),
        ("3", None), ("3 x", None), ("a x b", None), ("1 2 3", None), ("-1 x 3", None),
    ],
)  # fmt: skip
def test_rows_and_columns_are_read(text: str, pair: tuple[int, int] | None) -> None:
    assert parse_pair(text) == pair


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_what_its_text_says(number: float) -> None:
    assert parse_number(write_number(number)) == number


@given(st.integers(-(10**25), 10**25))
def test_a_whole_number_is_what_its_text_says(number: int) -> None:
    assert parse_whole(write_whole(number)) == number


@given(st.tuples(st.integers(0, 999), st.integers(0, 999)))
def test_a_pair_is_what_its_text_says(pair: tuple[int, int]) -> None:
    assert parse_pair(write_pair(pair)) == pair


def test_whole_floats_are_written_without_a_point() -> None:
    assert [write_number(x) for x in (1.0, 0.5, 1e-5)] == ["1", "0.5", "1e-05"]


def test_a_long_text_is_quoted_short() -> None:
    assert shortened("abc") == "abc"
    assert len(shortened("x" * 5000)) == 24
