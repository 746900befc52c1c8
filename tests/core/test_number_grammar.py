"""The grammar of numbers: what is read, what is asked back, and that every way in agrees."""

import math
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpviz.core.number_grammar import (
    ambiguity,
    has_comma,
    has_sure_comma,
    lists_of,
    parse_many,
    parse_number,
    parse_pair,
    parse_point,
    parse_whole,
    read,
    read_list,
    read_number,
    write_list,
    write_number,
    write_pair,
    write_whole,
)
from bpviz.core.values import BadValue, check_whole

finite = st.floats(allow_nan=False, allow_infinity=False)
scraps = st.text("0123456789.,+-−eE_ \t\u00a0'’;infax٣", max_size=12)
"""Texts that are nearly numbers, and some that are."""

numerals = st.from_regex(r"[+−-]?[0-9]{0,5}[.,]?[0-9]{0,5}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
thousands = st.from_regex(r"-?[0-9]{1,3}([., '][0-9]{3}){1,3}([.,][0-9]{1,3})?", fullmatch=True)
texts = scraps | numerals | thousands


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5", 0.5), (".5", 0.5), ("5e-1", 0.5), (" 5E-01 ", 0.5), ("5.", 5.0), ("-2", -2.0),
        ("−2", -2.0), ("+3", 3.0), ("1e6", 1e6), ("1e999", math.inf),
        ("", None), ("abc", None), ("0,5", None), ("1_000", None), ("nan", None), ("inf", None),
        ("1e", None), (".", None), ("--1", None), ("0x10", None), ("٣", None),
    ],
)  # fmt: skip
def test_numbers_with_a_point_are_read(text: str, number: float | None) -> None:
    assert parse_point(text) == number


@pytest.mark.parametrize("end", ["", "x", "e", ",", "e9x"])
@pytest.mark.parametrize("part", ["1", "1.", "1,", "1,000", " ", "1e", "."])
def test_a_long_text_takes_no_long_time(part: str, end: str) -> None:
    """A cell of a damaged file: what grows with the square of its length would take minutes."""
    text, before = part * 30_000 + end, process_time()
    for parse in (parse_point, parse_number, parse_whole, has_comma, has_sure_comma, ambiguity):
        parse(text)
    for many in (parse_many, parse_pair):
        with suppress(BadValue):
            many([text] if many is parse_many else text)
    assert process_time() - before < 1.0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,5", 0.5), ("−,5", -0.5), ("12,25", 12.25), ("0,125", 0.125), ("1,0000", 1.0),
        ("1,2345", 1.2345), ("1234,567", 1234.567), ("1,5e3", 1500.0), ("0.5", 0.5),
        ("1,000", None), ("-12,345", None), ("1,5,0", None), ("1.5,0", None), (",", None),
    ],
)  # fmt: skip
def test_decimal_commas_are_read_unless_they_may_be_thousands(
    text: str, number: float | None
) -> None:
    assert parse_number(text) == number
    found = ambiguity(text)
    assert (found is not None and "can mean either" in found[1]) == (text in ("1,000", "-12,345"))


@pytest.mark.parametrize(
    ("text", "whole", "must_be", "why"),
    [
        ("1,234", False, "1.234 or 1234", "a comma before three digits can mean either"),
        ("-1,234", False, "-1.234 or -1234", "a comma before three digits can mean either"),
        ("1,000", True, "1 or 1000", "a comma before three digits can mean either"),
        ("1.000", True, "1 or 1000", "a point before three digits can mean either"),
        ("1.000.000", True, "1000000", "thousands are written without separators"),
        ("1,234", True, "1234", "thousands are written without separators"),
        ("1.234.567", False, "1234567", "thousands are written without separators"),
        ("1,234,567", False, "1234567", "thousands are written without separators"),
        ("1'000", False, "1000", "thousands are written without separators"),
        ("1 000", False, "1000", "thousands are written without separators"),
        ("1.234,5", False, "1234.5", "thousands are written without separators"),
        ("1,234.5", False, "1234.5", "thousands are written without separators"),
    ],
)
def test_separators_between_thousands_are_asked_back(
    text: str, whole: bool, must_be: str, why: str
) -> None:
    assert ambiguity(text, whole=whole) == (must_be, why)
    assert parse_number(text) is None or whole
    assert parse_whole(text) is None


@pytest.mark.parametrize(
    "text", ["x", "", "0,5", "1.234", "1,5", "1,2345", "0,125", "1e3", "1 2", "1,23,456", "1_000"]
)
def test_other_texts_are_not_asked_back(text: str) -> None:
    assert ambiguity(text) is None


@given(texts)
def test_what_is_asked_back_is_read_when_it_is_typed_as_the_sentence_says(text: str) -> None:
    if found := ambiguity(text):
        assert parse_number(text) is None
        assert None not in [parse_number(reading) for reading in found[0].split(" or ")]
    if found := ambiguity(text, whole=True):
        assert parse_whole(text) is None
        assert None not in [parse_whole(reading) for reading in found[0].split(" or ")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1000", 1000), ("1,000", 1000), ("1 000", 1000), ("1\u202f000\u202f000", 1_000_000),
        ("1'000", 1000), ("1e3", 1000), ("7.0", 7), ("-1,000", -1000), ("−5", -5),
        ("10,00", None), ("1,000 000", None), ("0.5", None), ("abc", None), ("", None),
        ("1e400", None), ("1e-400", 0), ("9" * 40, None), ("1e9999999999", None),
        ("1.000", None), ("12.000.000", None), ("0.000", 0), ("1000.0", 1000), ("1,5", None),
        ("1_000", None),
    ],
)  # fmt: skip
def test_whole_numbers_are_read(text: str, number: int | None) -> None:
    assert parse_whole(text, grouped=True) == number
    only_grouped = text.strip("-") in ("1,000", "1 000", "1'000", "1\u202f000\u202f000")
    assert parse_whole(text) == (None if only_grouped else 10 if text == "10,00" else number)


# -- many numbers --------------------------------------------------------------------------


@given(st.lists(st.one_of(finite, st.integers())))
def test_many_numbers_are_read_as_one_by_one(numbers: list[float]) -> None:
    cells = [repr(number) for number in numbers]
    assert parse_many(cells) == [parse_point(cell) for cell in cells]
    assert parse_many([*cells, "1 2"]) is None


@given(st.lists(texts, max_size=4), st.booleans())
@example(["−1", " 2 "], False)
@example(["\u00a01", "2"], False)
@example(["1_0"], False)
@example(["infinity"], False)
@example(["1,5", "2.5"], True)
def test_the_fast_way_through_a_column_reads_what_the_grammar_reads(
    cells: list[str], decimal_comma: bool
) -> None:
    plain = [cell.replace(",", ".") if decimal_comma else cell for cell in cells]
    one_by_one = [parse_point(cell) for cell in plain]
    assert parse_many(cells, decimal_comma) == (None if None in one_by_one else one_by_one)


@given(texts.filter(lambda text: not set(text) & set("\t;")))
@example("1,2345")
@example("1,234e2")
@example("1,234")
@example("1,5 cm")
def test_a_sure_comma_is_one_that_the_grammar_reads(text: str) -> None:
    sure = has_comma(text) and parse_number(text) is not None
    stripped = text.strip(" ")
    for block in (stripped, f"a\t{stripped}", f'"{stripped}";1', f"1\n{stripped}\r\n2"):
        if stripped == stripped.strip():
            assert has_sure_comma(block) == sure


LISTS = [
    ("", []), ("0.1", [0.1]), ("0.1,0.5", [0.1, 0.5]), ("0.1, 0.5", [0.1, 0.5]),
    ("0,5", [0.5]), (",5", [0.5]), ("0,1; 0,5", [0.1, 0.5]), ("0,1 2", [0.1, 2.0]),
    ("1e-3,1e-2", [1e-3, 1e-2]), ("1, 2", [1.0, 2.0]), ("0,1, 0,5", [0.1, 0.5]),
    ("1,2", None), ("0,1,0,5", None), ("1.000,5; 2", None),
    ("1.000,5", None), ("1.125,2.5", [1.125, 2.5]), ("0.1;x", None), ("1,000", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "numbers"), LISTS)
def test_lists_of_numbers_are_read_unless_a_comma_may_mean_two_things(
    text: str, numbers: list[float] | None
) -> None:
    if numbers is None:
        with pytest.raises(BadValue, match=r"^rates must be .*, not "):
            read_list("rates", text, commas=False)
    else:
        assert read_list("rates", text, commas=False) == tuple(numbers)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        *(row for row in LISTS if row[1] is not None and not row[0].startswith("0,5")),
        ("1,2", [1.0, 2.0]), ("1.000,5", [1.0, 5.0]), ("16,8", [16.0, 8.0]),
    ],
)  # fmt: skip
def test_where_commas_stand_between_numbers_they_do(text: str, numbers: list[float]) -> None:
    assert read_list("--rate", text, commas=True) == tuple(numbers)


def test_a_list_with_0_in_it_could_be_a_number_with_a_decimal_comma() -> None:
    with pytest.raises(BadValue) as refusal:
        read_list("--rate", "0,5", commas=True)
    assert str(refusal.value) == (
        "--rate must be 0.0,5.0 or 0.5, not '0,5': a comma can mean either."
    )
    assert read_list("--rate", "0.0,5.0", commas=True) == (0.0, 5.0)
    assert read_list("--rate", "0.5", commas=True) == (0.5,)


@given(texts)
def test_a_text_with_one_list_in_it_is_that_list_for_all(text: str) -> None:
    found = lists_of(text)
    if len(found) == 1:
        assert read_list("rates", text, commas=True) == read_list("rates", text, commas=False)


# -- refusals ------------------------------------------------------------------------------


def test_a_refusal_quotes_what_was_typed() -> None:
    def check(value: int) -> None:
        check_whole("epochs", value, 1, 5000)

    assert read(" 5,000 ", check, whole=True, grouped=True) == 5000
    for text, sentence in (
        ("1,5", "epochs must be a whole number from 1 to 5,000, not '1,5'."),
        ("6,000", "epochs must be 6 or 6000, not '6,000': a comma before three digits can mean"),
        ("6e3", "epochs must be a whole number from 1 to 5,000, not '6e3'."),
        ("1.000", "epochs must be 1 or 1000, not '1.000': a point before three digits can mean"),
    ):
        with pytest.raises(BadValue) as refusal:
            read(text, check, whole=True)
        assert str(refusal.value).startswith(sentence)
    with pytest.raises(
        BadValue, match="epochs must be a whole number from 1 to 5,000, not '6,000'"
    ):
        read("6,000", check, whole=True, grouped=True)


@pytest.mark.parametrize(
    ("text", "must_be"),
    [
        ("x", "a number such as 0.5, −2 or 1e-3, not 'x'."),
        ("1e101", "a number from -1e+100 to 1e+100, not '1e101'."),
        ("1,234", "1.234 or 1234, not '1,234': a comma before three digits can mean either."),
    ],
)
def test_a_number_of_any_size_is_refused_with_examples(text: str, must_be: str) -> None:
    assert read_number("weight", "−0,5") == -0.5
    with pytest.raises(BadValue) as refusal:
        read_number("weight", text)
    assert str(refusal.value) == f"weight must be {must_be}"


# -- writing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("3 x 5", (3, 5)), ("3×5", (3, 5)), ("3,5", (3, 5)), ("3 5", (3, 5)), (" 3X5 ", (3, 5)),
        ("3", None), ("3 x", None), ("a x b", None), ("1 2 3", None), ("-1 x 3", None),
    ],
)  # fmt: skip
def test_rows_and_columns_are_read(text: str, pair: tuple[int, int] | None) -> None:
    assert parse_pair(text) == pair


@given(finite)
def test_a_number_is_what_its_text_says(number: float) -> None:
    text = write_number(number)
    assert parse_point(text) == parse_number(text) == number
    assert read_list("rates", text, commas=True) == (number,)


@given(st.integers(-(10**25), 10**25))
def test_a_whole_number_is_what_its_text_says(number: int) -> None:
    assert parse_whole(write_whole(number), grouped=True) == number
    assert parse_whole(str(number)) == number


@given(st.lists(finite))
def test_a_list_is_what_its_text_says(numbers: list[float]) -> None:
    for commas in (True, False):
        assert read_list("rates", write_list(numbers), commas=commas) == tuple(numbers)


@given(st.tuples(st.integers(0, 999), st.integers(0, 999)))
def test_a_pair_is_what_its_text_says(pair: tuple[int, int]) -> None:
    assert parse_pair(write_pair(pair)) == pair


def test_whole_floats_are_written_without_a_point() -> None:
    assert [write_number(x) for x in (1.0, 0.5, 1e-5)] == ["1", "0.5", "1e-05"]
