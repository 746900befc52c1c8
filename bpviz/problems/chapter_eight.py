"""The problems of Rumelhart, Hinton & Williams (1986) whose patterns follow from a rule.

D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning internal representations by error
propagation, chapter 8 of Parallel Distributed Processing, volume 1, MIT Press 1986; symmetry with
the settings of the same authors' letter to Nature 323, 1986. XOR and parity are truth tables;
family trees have a module of their own.
"""

import math
from typing import Any

import numpy as np

from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.values import Matrix
from bpviz.problems.base import Option, Options, Problem, logistic_suits
from bpviz.problems.target_values import TARGETS_OPTION, with_targets

FAMILY = "Rumelhart, Hinton & Williams 1986"


def bits(n: int) -> Matrix:
    """All rows of n bits (2^n, n), counted in binary: the last bit changes fastest."""
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1).astype(float)


def _numbered(letter: str, n: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i + 1}" for i in range(n))


def _set(
    name: str, options: Options, inputs: Matrix, targets: Matrix, *names: tuple[str, ...]
) -> PatternSet:
    n = inputs.shape[1], targets.shape[1]
    input_names, output_names = names or (_numbered("x", n[0]), _numbered("y", n[1]))
    patterns = PatternSet(
        name, "table", Patterns(inputs, targets), input_names, output_names,
        domain=((-0.25, 1.25),) * n[0],
    )  # fmt: skip
    return with_targets(patterns, options)


def _encoder(options: Options) -> PatternSet:
    one_of_n = np.eye(options["n"])
    return _set("encoder", options, one_of_n, one_of_n)


def _encoder_suits(patterns: PatternSet) -> dict[str, Any]:
    return {**ENCODER_SUITS, "hidden": ((code_length(patterns.n_inputs), "logistic"),)}


def code_length(n: int) -> int:
    """Bits that number n things: the hidden units of the n-log2(n)-n encoder."""
    return max(1, math.ceil(math.log2(n)))


def _graded_code(options: Options) -> PatternSet:
    return _set("graded-code", options, bits(2), np.eye(4))


def _symmetry(options: Options) -> PatternSet:
    inputs = bits(options["n"])
    symmetric = (inputs == inputs[:, ::-1]).all(axis=1)
    return _set(
        "symmetry", options, inputs, symmetric[:, None].astype(float),
        _numbered("x", options["n"]), ("symmetric",),
    )  # fmt: skip


def _addition(options: Options) -> PatternSet:
    inputs = bits(4)
    sums = (inputs @ [[2.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 1.0]]).sum(axis=1).astype(int)
    targets = (sums[:, None] >> np.arange(3)[::-1] & 1).astype(float)
    return _set(
        "addition", options, inputs, targets,
        ("a2", "a1", "b2", "b1"), ("s4", "s2", "s1"),
    )  # fmt: skip


def _negation(options: Options) -> PatternSet:
    inputs = bits(4)
    targets = np.where(inputs[:, :1] == 1.0, 1.0 - inputs[:, 1:], inputs[:, 1:])
    return _set(
        "negation", options, inputs, targets,
        ("negate", "x1", "x2", "x3"), _numbered("y", 3),
    )  # fmt: skip


LETTERS = {"T": ("###", ".#.", ".#."), "C": ("##.", "#..", "##.")}
"""Five squares each. Both letters have the same pairs of squares, up to shifts and rotations, so
only detectors that see three squares or more tell them apart."""


def _t_c(options: Options) -> PatternSet:
    side = options["side"]
    images, targets, row = [], [], (side - 3) // 2
    corners = range(side - 2) if options["places"] == "all" else (row,)
    for target, lines in ((1.0, LETTERS["T"]), (0.0, LETTERS["C"])):
        drawn = np.array([[mark == "#" for mark in line] for line in lines], dtype=float)
        for turns in range(4):
            for top in corners:
                for left in corners:
                    image = np.zeros((side, side))
                    image[top : top + 3, left : left + 3] = np.rot90(drawn, -turns)
                    images.append(image.ravel())
                    targets.append(target)
    return with_targets(
        PatternSet(
            "t-c", "classes", Patterns(np.stack(images), np.array(targets)[:, None]),
            tuple(f"r{r + 1}c{c + 1}" for r in range(side) for c in range(side)), ("T?",),
            class_names=("C", "T"), image_shape=(side, side), domain=((0.0, 1.0),) * side**2,
        ),
        options,
    )  # fmt: skip


def _t_c_suits(patterns: PatternSet) -> dict[str, Any]:
    side, _ = patterns.image_shape or (T_C_SIDE, T_C_SIDE)
    return {**T_C_SUITS, "hidden": (((side - 2) ** 2, "logistic"),)}


def _links(*pairs: str, **settings: Any) -> tuple[dict[str, Any], ...]:
    ends = (pair.split(">") for pair in pairs)
    return tuple({"source": a, "target": b, **settings} for a, b in ends)


ENCODER_SUITS = logistic_suits((3,), 0.25, 0.9, 10_000)
T_C_LINKS = (
    {"source": "input", "target": "hidden 1", "field": (3, 3), "shared": True},
    {"source": "hidden 1", "target": "output", "shared": True},
)
T_C_SIDE = 5
T_C_SUITS = logistic_suits(((T_C_SIDE - 2) ** 2,), 0.25, 0.9, 10_000, links=T_C_LINKS)

CHAPTER_EIGHT = (
    Problem(
        "encoder", "Encoder", FAMILY,
        "One of n inputs is 1, and the same output should be: through fewer hidden units, which "
        "must find a code.",
        _encoder,
        (
            Option("n", "number of inputs", "int", 8, 2, 64,
                   help="As many outputs; the smallest code has log2(n) hidden units."),
            TARGETS_OPTION,
        ),
        ENCODER_SUITS, _encoder_suits,
    ),
    Problem(
        "graded-code", "Graded code", FAMILY,
        "Two bits in, one of four out: all must pass a single unit, whose activation takes four "
        "grades.",
        _graded_code, (TARGETS_OPTION,), logistic_suits((1, 4), 0.5, 0.9, 10_000),
    ),
    Problem(
        "symmetry", "Symmetry", FAMILY,
        "1 if the bits read the same from both ends.",
        _symmetry,
        (
            Option("n", "number of inputs", "int", 6, 2, 10,
                   help="All 2^n combinations of n inputs become patterns."),
            TARGETS_OPTION,
        ),
        logistic_suits((2,), 0.1, 0.9, 10_000, spread=0.3),
    ),
    Problem(
        "addition", "Binary addition", FAMILY,
        "Two numbers of two bits, a2 a1 and b2 b1, give their sum s4 s2 s1: a carry must be found.",
        _addition, (TARGETS_OPTION,),
        logistic_suits((1, 1), 0.5, 0.0, 3_000, links=_links(
            "input>hidden 2", "hidden 1>output", "input>output",
        ), training={"optimizer": "descent", "rate": 0.5, "batch": 1}),
    ),
    Problem(
        "negation", "Negation", FAMILY,
        "The last three bits, turned over if the first is 1.",
        _negation, (TARGETS_OPTION,),
        logistic_suits((3,), 0.1, 0.0, 20_000, links=_links("input>output")),
    ),
    Problem(
        "t-c", "T and C", FAMILY,
        "A T or a C, each in four rotations: told apart through small receptive fields that share "
        "their weights.",
        _t_c,
        (
            Option("side", "side of the image", "int", T_C_SIDE, 3, 12,
                   help="Points of the image in each direction; the letters have 3 x 3."),
            Option("places", "places", "choice", "centre", choices=("centre", "all"),
                   labels=("in the centre", "everywhere"),
                   help="Whether each letter appears once, or at every place of the image."),
            TARGETS_OPTION,
        ),
        T_C_SUITS, _t_c_suits,
    ),
)  # fmt: skip
