"""The problems of Rumelhart, Hinton & Williams (1986): patterns, and the networks that suit."""

import itertools
from collections import Counter

import numpy as np
import pytest

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for, open_problem
from bpviz.experiment.prepare import prepare
from bpviz.problems.chapter_eight import CHAPTER_EIGHT, LETTERS
from bpviz.problems.table import PROBLEMS


def rows(patterns: PatternSet) -> dict[str, str]:
    """The inputs and targets of truth tables as texts of digits."""
    train = patterns.train
    pairs = zip(train.inputs.astype(int), train.targets.astype(int), strict=True)
    return {"".join(map(str, a)): "".join(map(str, b)) for a, b in pairs}


def test_addition_adds() -> None:
    sums = rows(PROBLEMS["addition"].load())
    assert len(sums) == 16
    for digits, answer in sums.items():
        assert int(digits[:2], 2) + int(digits[2:], 2) == int(answer, 2)


def test_negation_turns_the_bits_over_if_the_first_one_is_1() -> None:
    answers = rows(PROBLEMS["negation"].load())
    assert answers["0101"] == "101"
    assert answers["1101"] == "010"
    assert len(answers) == 16


@pytest.mark.parametrize("n", [2, 6, 7])
def test_symmetry_is_reading_the_same_from_both_ends(n: int) -> None:
    answers = rows(PROBLEMS["symmetry"].load({"n": n}))
    assert len(answers) == 2**n
    assert all((answer == "1") == (bits == bits[::-1]) for bits, answer in answers.items())


@pytest.mark.parametrize(("n", "hidden"), [(4, 2), (8, 3), (16, 4), (5, 3), (2, 1)])
def test_an_encoder_has_as_many_hidden_units_as_its_code_needs(n: int, hidden: int) -> None:
    experiment, patterns = open_problem("encoder", options={"n": n})
    assert [group.size for group in experiment.hidden] == [hidden]
    assert np.array_equal(patterns.train.inputs, np.eye(n))
    assert np.array_equal(patterns.train.targets, np.eye(n))


def test_the_graded_code_names_each_of_two_bits_patterns() -> None:
    assert rows(PROBLEMS["graded-code"].load()) == {
        "00": "1000", "01": "0100", "10": "0010", "11": "0001",
    }  # fmt: skip


def test_t_and_c_are_told_apart_by_no_pair_of_squares_but_by_triples() -> None:
    def groups(letter: str, size: int) -> Counter[frozenset[complex]]:
        lines = LETTERS[letter]
        squares = [complex(x, y) for y in range(3) for x in range(3) if lines[y][x] == "#"]
        return Counter(_up_to_moves(some) for some in itertools.combinations(squares, size))

    assert sum(groups("T", 1).values()) == sum(groups("C", 1).values()) == 5
    assert groups("T", 2) == groups("C", 2)
    assert groups("T", 3) != groups("C", 3)


def _up_to_moves(squares: tuple[complex, ...]) -> frozenset[complex]:
    """The same set for squares that a shift or a rotation by a quarter turns into each other."""
    turned = [[square * 1j**turn for square in squares] for turn in range(4)]
    shifted = []
    for some in turned:
        corner = complex(min(s.real for s in some), min(s.imag for s in some))
        shifted.append(sorted((s - corner for s in some), key=lambda s: (s.real, s.imag)))
    return frozenset(min(shifted, key=lambda some: [(s.real, s.imag) for s in some]))


@pytest.mark.parametrize(("options", "n"), [({}, 8), ({"places": "all"}, 72), ({"side": 7}, 8)])
def test_t_and_c_have_four_rotations_each(options: dict[str, object], n: int) -> None:
    patterns = PROBLEMS["t-c"].load(options)
    assert len(patterns.train) == n
    assert (patterns.train.inputs.sum(axis=1) == 5).all()
    assert len(np.unique(patterns.train.inputs, axis=0)) == n
    assert patterns.train.targets.sum() == n / 2


def test_the_fields_of_t_and_c_share_their_weights_and_their_way_to_the_output() -> None:
    experiment, patterns = open_problem("t-c", options={"side": 6})
    network = prepare(experiment, patterns=patterns).network
    assert network.groups[1].size == 16
    parameters = np.random.default_rng(0).normal(size=network.n_parameters)
    network.constrain(parameters)
    fields, out = network.weights(parameters, 0), network.weights(parameters, 1)
    assert len(np.unique(fields[fields != 0.0])) == 9
    assert len(np.unique(out)) == 1
    assert len(np.unique(network.biases(parameters, 1))) == 1


@pytest.mark.parametrize(
    "name", [*(row.name for row in CHAPTER_EIGHT), "xor", "parity", "family-trees"]
)
def test_targets_can_be_within_reach_of_logistic_units(name: str) -> None:
    plain, within = (PROBLEMS[name].load({"target_values": t}) for t in ("0/1", "0.1/0.9"))
    assert np.array_equal(plain.train.inputs, within.train.inputs)
    assert np.allclose(within.train.targets, np.where(plain.train.targets == 1.0, 0.9, 0.1))


def test_a_carry_reaches_the_second_digit_and_the_output_sees_everything() -> None:
    network = prepare(experiment_for("addition")).network
    pairs = {(link.source, link.target) for link in network.connections}
    assert pairs == {(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)}


def test_other_targets_are_refused() -> None:
    with pytest.raises(BadValue, match=r"target values must be one of 0/1, 0.1/0.9, not '0'"):
        PROBLEMS["encoder"].load({"target_values": "0"})
