"""Connections as texts on the command line."""

import pytest

from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Link, experiment_for
from bpviz.experiment.link_words import read_link, with_links
from bpviz.experiment.prepare import prepare


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("input>output", Link("input", "output")),
        (" hidden 1 > output : shared ", Link("hidden 1", "output", shared=True)),
        ("input>hidden 1:absent", Link("input", "hidden 1", present=False)),
        ("input>hidden 1:density=0,1:fixed", Link("input", "hidden 1", density=0.1, fixed=True)),
        ("input>hidden 1:field=3x2:shared",
         Link("input", "hidden 1", field=(3, 2), shared=True)),
    ],
)  # fmt: skip
def test_a_text_names_a_connection(given: str, link: Link) -> None:
    assert read_link("--link", given) == link


@pytest.mark.parametrize(
    "given",
    ["", "input", "input>", ">output", "input>output:nonsense", "input>output:density=x",
     "input>output:field=3", "input>output:shared=1"],
)  # fmt: skip
def test_another_text_is_refused_with_the_form(given: str) -> None:
    with pytest.raises(BadValue, match=r"--link must be SOURCE>TARGET, .*not"):
        read_link("--link", given)


def test_a_connection_replaces_that_of_the_same_groups() -> None:
    experiment = experiment_for("addition")
    changed = with_links(experiment, (Link("input", "output", fixed=True),))
    assert [(k.source, k.target) for k in changed.links] == [
        ("input", "hidden 2"), ("input", "output"), ("hidden 1", "output"),
    ]  # fmt: skip
    network = prepare(changed).network
    fixed = [(link.source, link.target) for link in network.connections if link.fixed]
    assert fixed == [(0, 3)]


def test_input_groups_are_connected_each_on_its_own() -> None:
    experiment = experiment_for("xor", inputs=(1, 1))
    network = prepare(experiment).network
    assert [group.name for group in network.groups] == ["input 1", "input 2", "hidden 1", "output"]
    assert [(link.source, link.target) for link in network.connections] == [(0, 2), (1, 2), (2, 3)]
    with pytest.raises(BadValue, match=r"input groups must be sizes whose sum is 2, .* not '1,2'"):
        prepare(experiment_for("xor", inputs=(1, 2)))
