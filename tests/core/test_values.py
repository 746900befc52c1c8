"""How the core refuses a value."""

import re

import numpy as np
import pytest

from bpviz.core.values import (
    MOST_SHOWN,
    BadValue,
    Unquoted,
    check_choice,
    check_number,
    check_whole,
    read_only,
    shortened,
)


def test_a_refusal_is_one_sentence_with_field_value_and_what_is_allowed() -> None:
    error = BadValue("batch", 0, "a whole number from 1")
    assert str(error) == "batch must be a whole number from 1, not 0."
    assert (error.field, error.value, error.allowed) == ("batch", 0, "a whole number from 1")
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5, 1, np.float64(0.25), np.float32(0.5), 0])
def test_numbers_in_the_range_pass(value: float) -> None:
    check_number("rate", value, 0.0, 1.0)


@pytest.mark.parametrize(
    "value",
    [-1e-9, 1.1, np.nan, np.inf, -np.inf, 10**400, "0.5", None, True, [0.5], 1j],
)
def test_other_numbers_and_what_is_none_are_refused(value: object) -> None:
    with pytest.raises(BadValue) as refusal:
        check_number("rate", value, 0.0, 1.0)  # type: ignore[arg-type]
    assert refusal.value.field == "rate"
    assert refusal.value.value is value
    assert refusal.value.allowed == "a number from 0 to 1"


def test_the_lower_end_may_be_left_out() -> None:
    check_number("density", 1e-300, 0.0, 1.0, above=True)
    with pytest.raises(
        BadValue, match=r"density must be a number above 0 and at most 1, not 0\.0\."
    ):
        check_number("density", 0.0, 0.0, 1.0, above=True)


@pytest.mark.parametrize("value", [1, 2, 1024])
def test_whole_numbers_in_the_range_pass(value: int) -> None:
    check_whole("units", value, 1, 1024)


@pytest.mark.parametrize("value", [0, 1025, -1, 1.0, "3", None, True, np.nan])
def test_other_whole_numbers_and_what_is_none_are_refused(value: object) -> None:
    with pytest.raises(BadValue) as refusal:
        check_whole("units", value, 1, 1024)  # type: ignore[arg-type]
    assert str(refusal.value) == f"units must be a whole number from 1 to 1,024, not {value!r}."


def test_a_name_must_be_among_the_choices() -> None:
    check_choice("order", "fixed", ("fixed", "permuted"))
    with pytest.raises(BadValue, match=r"must be one of fixed, permuted, not 'sorted'\.$"):
        check_choice("order", "sorted", iter(("fixed", "permuted")))


def test_read_only_closes_one_name_only() -> None:
    array = np.zeros(3)
    view = read_only(array)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0
    array[0] = 1.0
    assert view[0] == 1.0


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 1e6, "from 0 to 1,000,000"),
        (-0.5, 0.25, "from -0.5 to 0.25"),
        (0.0, 1e300, "from 0 to 1e+300"),
    ],
)
def test_limits_are_written_as_people_write_them(low: float, high: float, words: str) -> None:
    with pytest.raises(BadValue, match=re.escape(f"a number {words}, not nan.")):
        check_number("rate", float("nan"), low, high)


def test_a_refusal_says_why_and_may_have_another_name() -> None:
    error = BadValue("seeds", 9, "at most 5", "there is no room", name="--seeds")
    assert str(error) == "--seeds must be at most 5, not 9: there is no room."
    assert (error.field, error.name, error.why) == ("seeds", "--seeds", "there is no room")
    assert str(error.typed("9.0")) == "--seeds must be at most 5, not '9.0': there is no room."
    assert str(error.typed("9", "Seeds")).startswith("Seeds must be at most 5, not '9'")


def test_a_reason_that_is_a_sentence_ends_in_one_full_stop() -> None:
    said = str(BadValue("engine", "numba", "numpy", "No module named numba."))
    assert said == "engine must be numpy, not 'numba': No module named numba."


def test_names_and_numbers_of_a_file_make_no_endless_sentence() -> None:
    long = "9" * 5000
    assert len(str(BadValue("a", 1, f"{long} numbers", long, name=f"column {long}"))) < 1300


def test_a_value_that_is_described_is_not_quoted() -> None:
    assert str(BadValue("list", Unquoted("empty"), "longer")) == "list must be longer, not empty."
    assert str(BadValue("list", np.float64(0.5), "longer")) == "list must be longer, not 0.5."


def test_a_long_value_is_shown_without_its_middle() -> None:
    assert shortened("abc") == "abc"
    assert len(shortened("x" * 5000)) == MOST_SHOWN
    said = str(BadValue("problem", "/home/" + "a" * 500 + "/data.csv", "a file"))
    assert said.startswith("problem must be a file, not '/home/aaa")
    assert said.endswith("aaa/data.csv'.")
    assert "…" in said


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("thanh", ": did you mean tanh?"),
        ("Tanh", ": did you mean tanh?"),
        (" relu", ": did you mean relu?"),
        ("quadratic", "'."),
        (7, "not 7."),
    ],
)
def test_a_name_that_is_nearly_a_choice_is_recognised(value: str, words: str) -> None:
    with pytest.raises(BadValue) as refusal:
        check_choice("activation", value, ("tanh", "relu"))
    assert str(refusal.value).endswith(words)
