"""Hidden groups come and go, and connections follow the groups that they join."""

from dataclasses import replace

import pytest

from bpviz.experiment.experiment import Hidden, Link, experiment_for, open_problem
from bpviz.experiment.prepare import build_network
from bpviz.ui.panels.experiment.network_edit import (
    link_of,
    pairs,
    with_group,
    with_link,
    with_new_group,
    without_group,
)

THREE = replace(experiment_for("xor"), hidden=(Hidden(3), Hidden(4, "tanh"), Hidden(5)))
SHORTCUT = Link("input", "output")


def test_pairs_are_all_forward_pairs() -> None:
    assert pairs(replace(THREE, hidden=())) == [("input", "output")]
    assert len(pairs(THREE)) == 10


def test_what_is_not_set_is_not_listed() -> None:
    assert link_of(THREE, "input", "hidden 1") == Link("input", "hidden 1")
    assert not link_of(THREE, "input", "output").present
    set_ = with_link(THREE, SHORTCUT)
    assert set_.links == (SHORTCUT,)
    assert with_link(set_, replace(SHORTCUT, present=False)).links == ()
    assert with_link(set_, Link("hidden 1", "hidden 2")).links == (SHORTCUT,)


def test_links_stand_in_the_order_of_their_pairs() -> None:
    sparse = Link("hidden 3", "output", density=0.5)
    assert with_link(with_link(THREE, sparse), SHORTCUT).links == (SHORTCUT, sparse)


def test_a_new_group_is_as_the_last_one() -> None:
    more = with_new_group(with_link(THREE, Link("hidden 3", "output", density=0.5)))
    assert more.hidden == (*THREE.hidden, Hidden(5))
    assert more.links == ()
    assert with_new_group(replace(THREE, hidden=())).hidden == (Hidden(3),)


LINKS = (
    SHORTCUT,
    Link("input", "hidden 1", fixed=True),
    Link("hidden 1", "hidden 3", density=0.5),
    Link("hidden 2", "hidden 3", present=False),
)


@pytest.mark.parametrize(
    ("removed", "kept"),
    [
        (1, (SHORTCUT, Link("hidden 1", "hidden 2", present=False))),
        (2, (SHORTCUT, LINKS[1], Link("hidden 1", "hidden 2", density=0.5))),
        (3, (SHORTCUT, LINKS[1])),
    ],
)
def test_links_follow_their_groups(removed: int, kept: tuple[Link, ...]) -> None:
    fewer = without_group(replace(THREE, links=LINKS), removed)
    assert len(fewer.hidden) == 2
    assert set(fewer.links) == set(kept)


def test_what_is_left_is_a_network() -> None:
    experiment = with_link(THREE, SHORTCUT)
    patterns = open_problem("xor")[1]
    for h in (3, 2, 1):
        experiment = without_group(experiment, h)
        assert len(build_network(experiment, patterns).groups) == h + 1
    assert experiment.hidden == ()
    assert experiment.links == ()  # between neighbours now, so nothing special


def test_one_group_is_replaced() -> None:
    assert with_group(THREE, 2, Hidden(9)).hidden == (Hidden(3), Hidden(9), Hidden(5))


def test_a_connection_of_groups_that_are_not_there_is_left_out() -> None:
    """Entered for another problem, whose inputs are one group."""
    trees = replace(experiment_for("family-trees"), links=(Link("input", "output"),))
    source, target = pairs(trees)[0]
    assert with_link(trees, Link(source, target, density=0.5)).links == (
        Link(source, target, density=0.5),
    )
