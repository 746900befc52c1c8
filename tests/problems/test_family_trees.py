"""Family trees: the facts, the patterns that hold them, and the network with two input groups."""

import numpy as np

from bpviz.experiment.experiment import experiment_for
from bpviz.experiment.prepare import prepare
from bpviz.problems.family_trees import facts
from bpviz.problems.table import PROBLEMS

INVERSE = {
    "husband": ("wife",), "wife": ("husband",), "father": ("son", "daughter"),
    "mother": ("son", "daughter"), "uncle": ("nephew", "niece"), "aunt": ("nephew", "niece"),
    "brother": ("brother", "sister"), "sister": ("brother", "sister"),
}  # fmt: skip


def test_there_are_104_facts_about_24_people_and_12_relationships() -> None:
    people = {person for person, _, _ in facts()}
    assert len(facts()) == 104
    assert len(people) == 24
    assert len({relationship for _, relationship, _ in facts()}) == 12
    assert sum(len(answers) for *_, answers in facts()) == 112
    assert people == {answer for *_, answers in facts() for answer in answers}


def test_every_fact_can_be_read_from_the_other_side() -> None:
    known = {(person, relationship): answers for person, relationship, answers in facts()}
    for person, relationship, answers in facts():
        for answer in answers if relationship in INVERSE else ():
            back = (known.get((answer, inverse), ()) for inverse in INVERSE[relationship])
            assert any(person in names for names in back), (person, relationship, answer)


def test_the_two_families_have_the_same_shape() -> None:
    english, italian = facts()[:52], facts()[52:]
    names = dict(zip(*(dict.fromkeys(p for p, *_ in half) for half in (english, italian)),
                     strict=True))  # fmt: skip
    assert [(names[p], r, tuple(names[a] for a in answers)) for p, r, answers in english] == [
        *italian
    ]


def test_a_pattern_is_a_person_and_a_relationship_and_all_answers() -> None:
    patterns = PROBLEMS["family-trees"].load({"held_out": 0})
    for row, (person, relationship, answers) in enumerate(facts()):
        inputs, targets = patterns.train.inputs[row], patterns.train.targets[row]
        on = [patterns.input_names[i] for i in np.flatnonzero(inputs)]
        assert on == [person, relationship]
        assert {patterns.output_names[k] for k in np.flatnonzero(targets)} == set(answers)
    assert patterns.test is None


def test_facts_are_held_out_by_the_data_seed() -> None:
    held = [PROBLEMS["family-trees"].load({"data_seed": seed}).test for seed in (0, 0, 1)]
    assert all(test is not None and len(test) == 4 for test in held)
    first, again, other = (test.inputs for test in held if test is not None)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_people_and_relationships_have_input_groups_and_codes_of_their_own() -> None:
    network = prepare(experiment_for("family-trees")).network
    assert [(group.name, group.size) for group in network.groups] == [
        ("input 1", 24), ("input 2", 12), ("hidden 1", 6), ("hidden 2", 6), ("hidden 3", 12),
        ("hidden 4", 6), ("output", 24),
    ]  # fmt: skip
    pairs = {(link.source, link.target) for link in network.connections}
    assert pairs == {(0, 2), (1, 3), (2, 4), (3, 4), (4, 5), (5, 6)}
