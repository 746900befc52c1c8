"""A broken lesson file gets a sentence with its line and the reason; a good one is read whole."""

from pathlib import Path

import numpy as np
import pytest

from bpviz.core.model.references import WeightRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetParameters
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Hidden
from bpviz.experiment.prepare import new_run, prepare
from bpviz.experiment.race_order import DEFAULT_SEEDS
from bpviz.lessons.loader import find_lesson, load_lesson, shipped_lessons
from bpviz.lessons.model import BadLesson
from bpviz.sharing.shown import Shown

GOOD = '''title = "One"
summary = "About one thing."
sources = ["Author (1986)"]

[[step]]
title = "First"
text = """
[[step]] in a text is no step
epochs = "neither is this a key"
"""

[step.experiment]
problem = "xor"
hidden = [{ size = 2 }]
training = { rate = 0.25 }

[step.state]
epochs = 7
pattern = 3
weights = { "hidden 1 > output" = [[5.0], [-6.0]] }
show = ["output"]
grain = "phase"
look = { weight = "hidden 1 > output", from = 2 }
compare = { preset = "batch", epochs = 40 }
solve = true

[[step.claim]]
says = "It does not learn in ten epochs."
kind = "solved"
holds = false
seeds = 2
epochs = 10
at_least = 0.5

[[step.claim]]
says = "Three are better than none."
kind = "race"
shares = { "3 hidden" = [0.5, 1] }

[step.race]
hidden = [2, "3"]
rate = [0.5]
activation = ["tanh"]
seeds = 50
first_seed = 3
epochs = 900
until_solved = true

[[step]]
title = "Second"
text = "No experiment."
'''


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    return tmp_path / "one.toml"


def test_a_lesson_is_read(lesson_file: Path) -> None:
    lesson_file.write_text(GOOD)
    lesson = load_lesson(lesson_file)
    assert (lesson.key, lesson.title, len(lesson.steps)) == ("one", "One", 2)
    first, second = lesson.steps
    assert first.experiment is not None
    assert first.experiment.training.rate == 0.25
    assert first.experiment.training.momentum == 0.9  # what suits XOR
    assert (first.state.epochs, first.state.pattern, first.state.show) == (7, 2, ("output",))
    assert second.experiment is None
    assert first.state.grain == "phase"
    assert first.state.look == WeightRef(1, 1, 0)
    assert first.state.compare == ("batch", 40)
    assert (first.state.solve, second.state.solve) == (True, False)
    claim, about_race = first.claims
    assert claim.experiment == first.experiment
    assert (claim.holds, claim.values["seeds"]) == (False, 2)
    assert (first.race, second.race) == (about_race.race, None)
    assert first.race is not None
    assert (first.race.hidden, first.race.rates) == ("2,3", (0.5,))
    order = first.race.order
    assert [variant.label for variant in order.variants] == ["2 hidden", "3 hidden"]
    assert order.variants[1].experiment.hidden == (Hidden(3, "tanh"),)
    assert order.variants[1].experiment.training.rate == 0.5
    assert (order.seeds, order.first_seed, order.epochs, order.until_solved) == (50, 3, 900, True)


def test_a_race_is_as_in_its_window_where_nothing_is_said(lesson_file: Path) -> None:
    begin, end = GOOD.index("[[step.claim]]"), GOOD.index('[[step]]\ntitle = "Second')
    lesson_file.write_text(GOOD[:begin] + "[step.race]\n" + GOOD[end:])
    race = load_lesson(lesson_file).steps[0].race
    assert race is not None
    assert (race.hidden, race.order.seeds) == ("", DEFAULT_SEEDS)
    assert [variant.experiment.hidden[0].size for variant in race.order.variants] == [2]


def test_weights_are_set_by_the_names_of_groups(lesson_file: Path) -> None:
    lesson_file.write_text(GOOD)
    step = load_lesson(lesson_file).steps[0]
    assert step.experiment is not None
    setup = prepare(step.experiment)
    run = new_run(setup)
    before = run.parameters.copy()
    (edit,) = step.state.edits
    assert isinstance(edit, SetParameters)
    apply_edit(run, edit)
    weights = setup.network.weights(run.parameters, 1)
    assert weights.tolist() == [[5.0], [-6.0]]
    assert np.count_nonzero(run.parameters != before) == 2


# (what to replace, by what, words of the sentence)
BROKEN = [
    ('title = "One"', "title = ", ["line 1"]),
    ('title = "One"', 'titel = "One"', ["line 1", "name must be one of", "'titel'", "title"]),
    (
        'summary = "About one thing."',
        'summary = ""',
        ["line 2", "summary must be a text that is not empty", "not ''"],
    ),
    ('problem = "xor"', 'problem = "xro"', ["line 13", "problem must be", "not 'xro'", "xor"]),
    ('problem = "xor"', 'problme = "xor"', ["line 12", "'problme'", "problem"]),
    ("hidden = [{ size = 2 }]", "hidden = [{ size = 0 }]", ["units of hidden 1 must be", "not 0"]),
    ("hidden = [{ size = 2 }]", "hidden = [{ units = 2 }]", ["line 12", "units"]),
    ("rate = 0.25", "rate = -1.0", ["learning rate must be", "not -1.0"]),
    ("rate = 0.25", "ratte = 1.0", ["ratte"]),
    ("epochs = 7", "epochs = 7.5", ["line 18", "epochs must be", "not 7.5", "a whole number"]),
    ("epochs = 7", "epochs = -7", ["line 18", "epochs must be", "not -7"]),
    ("pattern = 3", "pattern = 5", ["line 19", "pattern must be", "not 5", "from 1 to 4"]),
    ('"hidden 1 > output"', '"hidden 2 > output"', ["line 20", "hidden 2 > output", "hidden 1"]),
    ("[[5.0], [-6.0]]", "[[5.0, -6.0]]", ["hidden 1 > output", "2 rows of 1 numbers"]),
    ('grain = "phase"', 'grain = "day"', ["line 22", "grain must be", "not 'day'", "phase"]),
    ("from = 2", "from = 3", ["line 23", "not 3", "a unit of hidden 1 from 1 to 2"]),
    ("from = 2", "of = 2", ["line 23", "look must be", "not 'of'", "from"]),
    ('hidden 1 > output", from', 'hidden > output", from', ["line 23", "hidden > output"]),
    ('"batch", epochs', '"bach", epochs', ["line 24", "compare must be", "not 'bach'", "batch"]),
    ("epochs = 40", "epochs = 0", ["line 24", "compare must be", "not 0"]),
    ("solve = true", "solve = 1", ["line 25", "solve must be", "not 1", "true or false"]),
    ('kind = "solved"', 'kind = "slved"', ["line 29", "kind must be", "not 'slved'", "solved"]),
    ("at_least = 0.5", "at_laest = 0.5", ["at_laest"]),
    ("epochs = 10", 'epochs = "ten"', ["epochs must be", "not 'ten'"]),
    ("epochs = 10", "", ["line 27", "epochs of claim", "missing"]),
    ("holds = false", "holds = 0", ["line 30", "holds must be", "not 0"]),
    (
        '"3 hidden" = [',
        '"4 hidden" = [',
        ["line 38", "shares must be", "not '4 hidden'", "2 hidden"],
    ),
    ("= [0.5, 1] }", "= [0.5] }", ["line 38", "shares must be", "not [0.5]", "from and to"]),
    ("[step.race]", "[step.rase]", ["not 'rase'", "race"]),
    ('hidden = [2, "3"]', "hidden = 2", ["line 41", "hidden must be", "not 2", "a list"]),
    (
        'hidden = [2, "3"]',
        'hidden = [2, "x3"]',
        ["line 41", "hidden must be", "not '2,x3'", "such as 2,3"],
    ),
    ('hidden = [2, "3"]', "hidden = [0.5]", ["line 41", "hidden must be", "not '0.5'"]),
    ("rate = [0.5]", 'rate = ["fast"]', ["line 42", "rate must be", "not 'fast'", "[0.1, 0.5]"]),
    ("rate = [0.5]", "rate = [-1]", ["line 42", "learning rate must be", "not -1.0"]),
    ('["tanh"]', '["tan"]', ["line 43", "activation must be", "not 'tan'", "tanh"]),
    ("seeds = 50", "seeds = 0", ["line 44", "seeds must be", "not 0", "from 1"]),
    ("seeds = 50", "sedes = 50", ["line 44", "not 'sedes'", "did you mean seeds?", "seeds"]),
    ("first_seed = 3", "first_seed = -3", ["line 45", "first_seed must be", "not -3"]),
    ("epochs = 900", "epochs = true", ["line 46", "epochs must be", "not True", "a whole number"]),
    (
        "until_solved = true",
        "until_solved = 1",
        ["line 47", "until_solved must be", "not 1", "true or false"],
    ),
    ('title = "Second"', "", ["line 49", "title must be a text that is not empty, not missing"]),
    ("[[step]]", "[[stepp]]", ["step"]),
]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN)
def test_a_broken_file_gets_a_sentence_with_its_line(
    lesson_file: Path, old: str, new: str, words: list[str]
) -> None:
    assert old in GOOD
    broken = GOOD.replace(old, new) if old == "[[step]]" else GOOD.replace(old, new, 1)
    lesson_file.write_text(broken)
    with pytest.raises(BadLesson) as refusal:
        load_lesson(lesson_file)
    sentence = str(refusal.value)
    assert sentence.startswith("Lesson one.toml")
    assert "line " in sentence
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"title = \xff\xfe", "UTF-8"), (b"x" * 1_000_001, "bytes"), (b"", "step")],
)
def test_what_is_no_lesson_is_refused(lesson_file: Path, content: bytes, word: str) -> None:
    lesson_file.write_bytes(content)
    with pytest.raises(BadLesson, match=word):
        load_lesson(lesson_file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadLesson, match="cannot be read: No such file"):
        load_lesson(tmp_path / "none.toml")


def test_lessons_are_found_by_name_or_path(lesson_file: Path) -> None:
    lesson_file.write_text(GOOD)
    assert find_lesson(str(lesson_file)).title == "One"
    for key in shipped_lessons():
        assert find_lesson(key).key == key
    with pytest.raises(BadValue, match="xor-by-hand"):
        find_lesson("nothing")


WINDOW = """title = "One"
summary = "About one thing."

[window]
panels = ["loss", "output"]
hide = ["seed", "stop"]

[[step]]
title = "First"
text = "Of the lesson's window."

[step.state]
show = ["loss", "network", "lesson"]

[[step]]
title = "Second"
text = "Of a window of its own."

[step.window]
hide = ["training"]
"""


def test_a_lesson_says_what_the_window_shows(lesson_file: Path) -> None:
    lesson_file.write_text(WINDOW)
    first, second = load_lesson(lesson_file).steps
    assert first.shown == Shown(("loss", "output", "lesson"), ("seed", "stop"))
    assert second.shown == Shown(None, ("training",))
    lesson_file.write_text(GOOD)
    assert [step.shown for step in load_lesson(lesson_file).steps] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('["loss", "output"]', '"loss"', 5, "panels must be a list, not 'loss'"),
        ('["loss", "output"]', "[1]", 5, "panels must be a list of names, not [1]"),
        ("hide", "hidden", 6, "name must be one of panels, hide, not 'hidden'"),
        ('["seed", "stop"]', "[true]", 6, "hide must be a list of names, not [True]"),
        ('["loss", "network"', '["draw"', 13,
         "show must be one of network, loss, output, lesson, the panels of [window], not 'draw'"),
        ('["training"]', '"training"', 20, "hide must be a list, not 'training'"),
        ("[window]\n", "window = 3\n[other]\n", 4, "window must be a table, not 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_window_is_said(
    lesson_file: Path, old: str, new: str, line: int, reason: str
) -> None:
    lesson_file.write_text(WINDOW.replace(old, new, 1))
    with pytest.raises(BadLesson) as error:
        load_lesson(lesson_file)
    assert str(error.value).startswith(f"Lesson one.toml, line {line}: {reason}")
