"""Letters on a retina: the patterns, and the Mark I Perceptron that tells them apart."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.core.analysis.separability import Inseparable, Separable
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.letters import GLYPHS, SIDE, glyph
from bpviz.problems.table import PROBLEMS

LETTERS = PROBLEMS["letters"]
CLEAN = {"shift": 0, "noise": 0.0, "test_share": 0.0}


def test_all_letters_are_drawn_and_differ() -> None:
    assert "".join(GLYPHS) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    pictures = [glyph(letter) for letter in GLYPHS]
    assert all(picture.shape == (SIDE, SIDE) for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 26
    assert set(np.unique(pictures)) == {0.0, 1.0}


def test_patterns_are_letters_of_the_chosen_classes() -> None:
    patterns = LETTERS.load({**CLEAN, "letters": "xot", "size": 60})
    assert patterns.class_names == ("X", "O", "T")
    assert patterns.image_shape == (20, 20)
    for row, target in zip(patterns.train.inputs, patterns.train.targets, strict=True):
        np.testing.assert_array_equal(row.reshape(20, 20), glyph("XOT"[int(target.argmax())]))
    two = LETTERS.load({"letters": "XO"})
    assert two.n_outputs == 1
    assert set(np.unique(two.train.targets)) == {0.0, 1.0}


def test_shift_moves_all_ink_and_noise_flips_its_share() -> None:
    moved = LETTERS.load({**CLEAN, "shift": 3, "letters": "AB"}).train
    ink = {glyph(letter).sum() for letter in "AB"}
    assert set(moved.inputs.sum(axis=1)) == ink
    assert len(np.unique(moved.inputs, axis=0)) > 50
    noisy = LETTERS.load({**CLEAN, "noise": 0.1, "letters": "AB"}).train
    flipped = np.abs(noisy.inputs - LETTERS.load({**CLEAN, "letters": "AB"}).train.inputs)
    assert flipped.mean() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("letters", ["", "A", "AA", "AB1", "AÄ", "a b a"])
def test_other_texts_are_refused(letters: str) -> None:
    with pytest.raises(
        BadValue, match=r"letters must be two or more different capital letters, .*, not "
    ):
        LETTERS.load({"letters": letters})


def test_the_mark_one_learns_letters_and_knows_new_ones() -> None:
    experiment = experiment_for("letters", options={"letters": "XOT", "size": 240}, seed=1)
    setup = prepare(experiment)
    run = new_run(setup)
    wiring = setup.network.weights(run.parameters, 0).copy()
    assert np.count_nonzero(wiring) / wiring.size == pytest.approx(0.05, abs=0.01)
    run.advance(30, done=lambda record: record.solved)
    assert run.record.solved
    assert run.record.test_right > 0.8  # of three letters: chance is one third
    np.testing.assert_array_equal(setup.network.weights(run.parameters, 0), wiring)


def test_two_sides_are_separable_and_overlapping_clouds_are_not() -> None:
    for problem, kind in (("two-sides", Separable), ("overlap", Inseparable)):
        setup = prepare(experiment_for(problem))
        assert isinstance(setup.separation, kind)
        run = new_run(replace(setup, experiment=replace(setup.experiment, seed=1)))
        run.advance(60, done=lambda record: record.solved)
        assert run.record.solved == (kind is Separable)
