"""Capital letters on a retina of 20 x 20 points, as the Mark I Perceptron saw them.

The letters are drawn here, on grids of 5 x 7; each point of a letter covers 2 x 2 points of the
retina (F. Rosenblatt, The perceptron, Psychological Review 65, 1958; Mark I Perceptron
Operators' Manual, 1960).
"""

from typing import Any

import numpy as np

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue, Matrix
from bpviz.problems.base import Option, Options, Problem
from bpviz.problems.sampling import DATA_SEED, NOISE, POINTS, generator, split, test_share

SIDE = 20
HEIGHT, WIDTH, ZOOM = 7, 5, 2
SHIFT = (SIDE - ZOOM * HEIGHT) // 2

GLYPHS = {
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "B": "11110 10001 10001 11110 10001 10001 11110",
    "C": "01111 10000 10000 10000 10000 10000 01111",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "F": "11111 10000 10000 11110 10000 10000 10000",
    "G": "01111 10000 10000 10011 10001 10001 01111",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "I": "11111 00100 00100 00100 00100 00100 11111",
    "J": "00111 00010 00010 00010 00010 10010 01100",
    "K": "10001 10010 10100 11000 10100 10010 10001",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "M": "10001 11011 10101 10101 10001 10001 10001",
    "N": "10001 11001 11001 10101 10011 10011 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "Q": "01110 10001 10001 10001 10101 10010 01101",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "S": "01111 10000 10000 01110 00001 00001 11110",
    "T": "11111 00100 00100 00100 00100 00100 00100",
    "U": "10001 10001 10001 10001 10001 10001 01110",
    "V": "10001 10001 10001 10001 01010 01010 00100",
    "W": "10001 10001 10001 10101 10101 11011 10001",
    "X": "10001 10001 01010 00100 01010 10001 10001",
    "Y": "10001 10001 01010 00100 00100 00100 00100",
    "Z": "11111 00001 00010 00100 01000 10000 11111",
}
"""Seven rows of five points each, 1 where there is ink."""


def glyph(letter: str) -> Matrix:
    """A letter in the middle of the retina (20, 20): 1 where there is ink."""
    rows = GLYPHS[letter].split()
    small = np.array([[float(point) for point in row] for row in rows])
    retina = np.zeros((SIDE, SIDE))
    top, left = SHIFT, (SIDE - ZOOM * WIDTH) // 2
    retina[top : top + ZOOM * HEIGHT, left : left + ZOOM * WIDTH] = np.kron(
        small, np.ones((ZOOM, ZOOM))
    )
    return retina


def _make(options: Options) -> PatternSet:
    letters = _checked(options["letters"])
    n = options["size"]
    seed, classes = options["data_seed"], np.arange(n) % len(letters)
    moves = generator(seed, POINTS).integers(-options["shift"], options["shift"] + 1, (n, 2))
    places = zip(classes, moves, strict=True)
    drawn = [np.roll(glyph(letters[c]), move, axis=(0, 1)) for c, move in places]
    inputs = np.stack(drawn).reshape(n, -1)
    flipped = generator(seed, NOISE).random(inputs.shape) < options["noise"]
    inputs = np.where(flipped, 1.0 - inputs, inputs)
    targets = np.eye(len(letters))[classes]
    if len(letters) == 2:
        targets = targets[:, 1:]
    train, test = split(inputs, targets, options["test_share"], seed, classes)
    return PatternSet(
        "letters", "classes", train,
        tuple(f"r{row + 1}c{column + 1}" for row in range(SIDE) for column in range(SIDE)),
        tuple(letters) if len(letters) > 2 else (letters[1],),
        test=test, class_names=tuple(letters), image_shape=(SIDE, SIDE),
        domain=((0.0, 1.0),) * SIDE**2,
    )  # fmt: skip


def _checked(letters: str) -> str:
    text = letters.upper().replace(" ", "").replace(",", "")
    if not (len(text) >= 2 and len(set(text)) == len(text) and set(text) <= set(GLYPHS)):
        raise BadValue("letters", letters, "two or more different capital letters, such as ABXO")
    return text


MARK_ONE: dict[str, Any] = {
    "hidden": ((300, "step"),),
    "links": ({"source": "input", "target": "hidden 1", "density": 0.05, "fixed": True},),
    "output": "step",
    "error": "squared",
    "rule": "perceptron",
    "initializer": "normal",
    "spread": 1.0,
    "tolerance": 0.5,
    "training": {"optimizer": "descent", "rate": 0.1, "batch": 1},
    "stop": {"epochs": 12},
}
"""Random fixed wiring to 300 association units, and trained response units."""

LETTERS = (
    Problem(
        "letters", "Letters", "Letters on a retina",
        "Capital letters on 20 x 20 points: moved about, with some points wrong.",
        _make,
        (
            Option(
                "letters", "letters", "text", "ABC",
                help="The letters to tell apart: two or more, such as XO or ABCD.",
            ),
            Option("size", "number of patterns", "int", 400, 54, 5000,
                   help="Training and test patterns together; every letter equally often."),
            Option("shift", "shift", "int", 1, 0, SHIFT,
                   help="How many points a letter may lie from the middle, each way."),
            Option("noise", "noise", "float", 0.02, 0.0, 0.5,
                   help="The share of points that are wrong."),
            test_share(0.25),
            DATA_SEED,
        ),
        MARK_ONE,
    ),
)  # fmt: skip
