"""Experiments as tables and as link texts: there and back, and every refusal a sentence."""

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import Training
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Hidden, Link, Stop, experiment_for, with_rule
from bpviz.experiment.mapping import experiment_from, to_mapping
from bpviz.problems.table import PROBLEMS
from bpviz.sharing.link_text import LONGEST, experiment_of, link_text


def one_of(table: dict[str, Any]) -> Any:
    return st.sampled_from(sorted(table))


def number(low: float, high: float, **more: Any) -> Any:
    return st.floats(low, high, allow_nan=False, **more)


below_1 = number(0.0, 1.0, exclude_max=True)
groups = st.lists(
    st.builds(Hidden, st.integers(1, 1024), one_of(ACTIVATIONS), number(0.0, 0.95)), max_size=8
)
names = st.sampled_from(["input", "hidden 1", "hidden 2", "output"])
links = st.lists(
    st.builds(
        Link, names, names, number(0.0, 1.0, exclude_min=True),
        st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
        st.booleans(), st.booleans(), st.booleans(),
    ),
    max_size=4,
)  # fmt: skip
trainings = st.builds(
    Training, one_of(OPTIMIZERS), number(0.0, 1e6), below_1, below_1, below_1, below_1,
    number(0.0, 1e3), number(0.0, 1e3), number(0.0, 1.0), st.sampled_from(["sum", "mean"]),
    st.just("all") | st.integers(1, 1_000_000), st.sampled_from(["fixed", "permuted"]),
    st.sampled_from(["", "20: 0.01/0.9", "1: 0.5; 30: 0.25"]),
)  # fmt: skip
plain = st.integers() | number(-1e300, 1e300) | st.booleans() | st.text(max_size=20)
options = st.dictionaries(st.text(max_size=8), plain)
stops = st.builds(
    Stop, st.none() | st.integers(0, 10**12), st.none() | number(0.0, 1e300), st.booleans()
)
experiments = st.builds(
    Experiment, one_of(PROBLEMS) | st.text(max_size=30), options, groups.map(tuple),
    one_of(ACTIVATIONS), one_of(LOSSES), one_of(RULES), links.map(tuple),
    st.lists(st.integers(1, 1000), max_size=8).map(tuple), one_of(INITIALIZERS),
    number(0.0, 1e3), trainings, number(0.0, 1e9, exclude_min=True), st.integers(0, 2**32 - 1),
    stops,
)  # fmt: skip


@given(experiment=experiments)
def test_any_experiment_comes_back_as_it_was(experiment: Experiment) -> None:
    assert experiment_from(to_mapping(experiment), Experiment()) == experiment
    assert experiment_of(link_text(experiment)) == experiment
    assert experiment_of(f" bpviz --state '{link_text(experiment)}'\n") == experiment


def test_what_suits_a_problem_is_a_short_text() -> None:
    assert to_mapping(Experiment()) == {}
    for name in PROBLEMS:
        assert len(link_text(experiment_for(name))) < 400


def test_a_text_holds_what_differs_and_no_more() -> None:
    fixed = Experiment(hidden=(Hidden(2, "tanh"),), seed=1234, training=Training(rate=0.25))
    written = link_text(fixed)
    assert experiment_of(written) == fixed
    plain = zlib.decompress(base64.urlsafe_b64decode(written[3:] + "=="))
    assert json.loads(plain) == {
        "hidden": [{"size": 2, "activation": "tanh"}], "seed": 1234, "training": {"rate": 0.25},
    }  # fmt: skip


# -- tables --------------------------------------------------------------------------------


def test_a_table_changes_what_suits_its_problem_or_a_base() -> None:
    table = {"problem": "xor", "hidden": [2, {"size": 3, "activation": "tanh"}], "seed": 4,
             "training": {"rate": 0.1}, "stop": {"solved": True}}  # fmt: skip
    found = experiment_from(table)
    suited = experiment_for("xor")
    assert found == replace(
        suited, hidden=(Hidden(2), Hidden(3, "tanh")), seed=4,
        training=replace(suited.training, rate=0.1), stop=Stop(solved=True),
    )  # fmt: skip
    assert experiment_from({"spread": 1.0}, found) == replace(found, spread=1.0)
    other = experiment_from({"problem": "moons"}, replace(found, options={"size": 9}))
    assert (other.problem, other.options) == ("moons", {})
    single = experiment_from({"problem": "or", "rule": "perceptron", "seed": 3})
    assert single == replace(with_rule(experiment_for("or"), "perceptron"), seed=3)


REFUSALS: list[tuple[Any, str, Any, str]] = [
    ({}, "problem", "missing", "the name of a problem"),
    ([], "experiment", [], "a table of fields"),
    ({"problem": 5}, "problem", 5, "a text"),
    ({"problem": "xro"}, "problem", "xro", "one of xor"),
    ({"problem": "xor", "hiden": []}, "field of experiment", "hiden", "one of error, hidden"),
    ({"problem": "xor", "hidden": 3}, "hidden", 3, "a list"),
    ({"problem": "xor", "hidden": ["3"]}, "hidden 1", "3", "a table"),
    ({"problem": "xor", "hidden": [{"units": 3}]}, "field of hidden 1", "units", "size"),
    ({"problem": "xor", "hidden": [{}]}, "size of hidden 1", "missing", "given"),
    ({"problem": "xor", "hidden": [{"size": 3, "activation": []}]}, "activation of hidden 1", [],
     "a text"),
    ({"problem": "xor", "hidden": [0]}, "units of hidden 1", 0, "from 1"),
    ({"problem": "xor", "training": {"speed": 1}}, "field of training", "speed", "rate"),
    ({"problem": "xor", "training": 1}, "training", 1, "a table"),
    ({"problem": "xor", "training": {"rate": "fast"}}, "learning rate", "fast", "a number"),
    ({"problem": "xor", "stop": {"solved": 1}}, "stop when solved", 1, "true or false"),
    ({"problem": "xor", "options": {"n": []}}, "option n", [], "a number, a text"),
    ({"problem": "xor", "seed": 1.5}, "seed", 1.5, "a whole number"),
    ({"problem": "xor", "rule": "hebb"}, "rule", "hebb", "one of backpropagation"),
    ({"problem": "xor", "links": [{"source": "input"}]}, "target of link", "missing", "given"),
    ({"problem": "xor", "links": [{"source": 1, "target": "output"}]}, "source", 1, "a text"),
    ({"problem": "xor", "links": [{"source": "input", "target": "output", "fixed": 1}]},
     "fixed of connection input to output", 1, "true or false"),
    ({"problem": "xor", "links": [{"source": "input", "target": "output", "field": [3]}]},
     "field of connection input to output", [3], "two whole numbers"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "field", "value", "allowed"), REFUSALS, ids=[f"{row[1]} {row[2]}" for row in REFUSALS]
)
def test_a_wrong_table_is_refused(table: Any, field: str, value: Any, allowed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        experiment_from(table)
    assert (refusal.value.field, refusal.value.value) == (field, value)
    assert allowed in refusal.value.allowed


# -- texts ---------------------------------------------------------------------------------


def packed(plain: str) -> str:
    return "b1." + base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


GOOD = link_text(experiment_for("spiral"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with 'b1.'"),
        ("hello", "begins with 'b1.'"),
        ("https://example.org/x", "begins with 'b1.'"),
        ("b3" + GOOD[2:], "version 1"),
        (GOOD[:-5], "missing or changed"),
        (GOOD[:20] + ("A" if GOOD[20] != "A" else "B") + GOOD[21:], "missing or changed"),
        (GOOD + "ABCD", "missing or changed"),
        ("b1.", "missing or changed"),
        ("b1.äöü", "missing or changed"),
        ("b1." + "A" * LONGEST, "at most 16,000 characters"),
        (packed("[" * 50_000), "missing or changed"),
        (packed('{"seed":' + "9" * 5000 + "}"), "missing or changed"),
        (packed(" " * 300_000), "missing or changed"),
        (packed("[1,2]"), "a table of fields"),
        (packed('{"seed":-1}'), "a whole number from 0"),
        (packed('{"spread":NaN}'), "a number from 0"),
        (packed('{"colour":"red"}'), "one of error, hidden"),
    ],
    ids=lambda text: str(text)[:24],
)
def test_a_bad_text_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(BadValue) as refusal:
        experiment_of(text)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 400


@given(text=st.text(max_size=60), at=st.integers(0, len(GOOD) - 1))
def test_no_text_is_a_traceback(text: str, at: int) -> None:
    for bad in (text, f"b1.{text}", GOOD[:at] + text + GOOD[at + 1 :]):
        try:
            experiment_of(bad)
        except BadValue as error:
            assert error.field  # noqa: PT017 (some texts are good ones)
