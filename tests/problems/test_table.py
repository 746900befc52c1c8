"""Every row of the table of problems: what holds for all of them, and that each one learns."""

from typing import Any

import numpy as np
import pytest

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.base import Option, Problem
from bpviz.problems.table import PROBLEMS, find_problem
from bpviz.problems.tables.problem import table_problem


def rows(problems: list[Problem]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("problem", problems, ids=[row.name for row in problems])


def with_option(name: str) -> list[Problem]:
    return [row for row in PROBLEMS.values() if name in row.complete({})]


every_problem = rows(list(PROBLEMS.values()))

ROWS = [*PROBLEMS.values(), table_problem("any.csv")]
every_option = pytest.mark.parametrize(
    ("problem", "option"),
    [(row, option) for row in ROWS for option in row.options],
    ids=[f"{row.name}-{option.name}" for row in ROWS for option in row.options],
)


def parts(patterns: PatternSet) -> list[Patterns]:
    return [patterns.train, *([patterns.test] if patterns.test else [])]


def numbers(patterns: PatternSet) -> bytes:
    return b"".join(part.inputs.tobytes() + part.targets.tobytes() for part in parts(patterns))


def test_all_problems_that_were_promised_are_there() -> None:
    assert set(PROBLEMS) >= {
        "xor", "and", "or", "not", "majority", "parity",
        "circle", "xor-clouds", "gauss", "spiral", "moons", "plane", "multi-gauss",
        "sine", "step", "abs", "noisy-sine", "expression", "iris", "digits",
    }  # fmt: skip


@every_problem
def test_it_loads_with_its_defaults(problem: Problem) -> None:
    patterns = problem.load()
    assert patterns.name == problem.name
    for part in parts(patterns):
        assert part.inputs.shape == (len(part), len(patterns.input_names))
        assert part.targets.shape == (len(part), len(patterns.output_names))
        assert np.isfinite(part.inputs).all()
        assert np.isfinite(part.targets).all()
    for names in (patterns.input_names, patterns.output_names, patterns.class_names):
        assert all(names)
        assert len(set(names)) == len(names)


@every_problem
def test_people_can_read_what_it_is(problem: Problem) -> None:
    assert problem.label
    assert problem.family
    assert problem.about
    for option in problem.options:
        assert option.label
        assert option.help


@every_problem
def test_equal_seeds_give_equal_numbers_to_the_bit(problem: Problem) -> None:
    assert numbers(problem.load()) == numbers(problem.load())


@rows(with_option("data_seed"))
def test_another_data_seed_gives_other_patterns(problem: Problem) -> None:
    assert numbers(problem.load({"data_seed": 1})) != numbers(problem.load({"data_seed": 2}))


@every_problem
def test_the_domain_covers_the_data(problem: Problem) -> None:
    patterns = problem.load()
    assert len(patterns.domain) == patterns.n_inputs
    low, high = np.array(patterns.domain).T
    for part in parts(patterns):
        assert (part.inputs >= low).all()
        assert (part.inputs <= high).all()


@rows([row for row in PROBLEMS.values() if row.load().kind == "classes"])
def test_classes_are_coded_as_their_names_promise(problem: Problem) -> None:
    patterns = problem.load()
    for part in parts(patterns):
        assert set(np.unique(part.targets)) <= {0.0, 1.0}
        if patterns.one_hot:
            assert (part.targets.sum(axis=1) == 1.0).all()


@rows(with_option("test_share"))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_the_test_share_is_kept_out_of_training(problem: Problem, share: float) -> None:
    patterns = problem.load({"test_share": share})
    n_test = len(patterns.test) if patterns.test else 0
    total = len(patterns.train) + n_test
    # One pattern of each class stays in training, whatever the share.
    assert n_test == pytest.approx(share * total, abs=len(patterns.class_names) + 1)
    assert total == len(problem.load().train) + len(problem.load().test or [])


@every_option
def test_an_option_takes_what_it_says(problem: Problem, option: Option) -> None:
    allowed: list[Any] = [option.default, *option.choices]
    if option.kind in ("int", "float"):
        kind = int if option.kind == "int" else float
        allowed += [kind(option.low), kind(option.high)]
    for value in allowed:
        assert problem.complete({option.name: value})[option.name] == value


WRONG: dict[str, tuple[Any, ...]] = {
    "int": (1.5, "3", True, None, 10**400),
    "float": ("3", True, None, float("nan"), float("inf"), 10**400),
    "bool": (0, 1, "yes", None),
    "text": (3, None, b"x"),
    "choice": ("something else", None, 0, []),
    "set": ("", "x1,", "x1,something else", None, 0, ["x1"]),
}


@every_option
def test_an_option_refuses_everything_else(problem: Problem, option: Option) -> None:
    wrong = [*WRONG[option.kind]]
    if option.kind in ("int", "float"):
        wrong += [int(option.low) - 1, int(option.high) + 1]
    for value in wrong:
        with pytest.raises(BadValue, match=option.label):
            problem.complete({option.name: value})


@every_problem
def test_it_loads_at_both_ends_of_its_options(problem: Problem) -> None:
    for option in problem.options:
        if option.kind not in ("int", "float"):
            continue
        for end in (option.low, option.high):
            value = int(end) if option.kind == "int" else end
            # A range of x needs both its ends.
            other = {"from": {"to": 1000.0}, "to": {"from": -1000.0}}.get(option.name, {})
            if value in other.values():
                continue
            assert len(problem.load({**other, option.name: value}).train) >= 1


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(
        BadValue, match=r"option of problem circle must be one of size, .*, not 'sise'"
    ):
        PROBLEMS["circle"].load({"sise": 3})


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadValue, match=r"problem must be .* one of xor, and, or.*, not 'xro'"):
        find_problem("xro")


# Least share of right answers after the suggested number of epochs, (training, test).
LEARNED = {
    "multi-gauss": (0.9, 0.75),
    "noisy-sine": (0.8, 0.0),  # it has room to learn the noise
    "iris": (0.95, 0.9),
    "digits": (0.99, 0.95),
    "abs": (0.95, 0.9),
    "overlap": (0.85, 0.85),  # no line separates it
    "letters": (1.0, 0.9),
    "addition": (0.9, 0.0),  # a quarter of the seeds learn it with two carries
    "negation": (0.6, 0.0),  # one of forty seeds gets stuck, this one too
    "family-trees": (0.9, 0.0),  # whether the facts held out are right depends on the seed
}


@every_problem
def test_what_suits_it_learns_it(problem: Problem) -> None:
    experiment = experiment_for(problem.name, seed=1)
    assert experiment.stop.epochs is not None
    record = new_run(prepare(experiment)).advance(experiment.stop.epochs)[-1]
    least, least_on_test = LEARNED.get(problem.name, (1.0, 0.95))
    assert record.train_right >= least
    assert not record.test_right < least_on_test  # nan: no test patterns
