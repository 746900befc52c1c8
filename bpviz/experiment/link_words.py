"""Connections as short texts, for the command line: 'input>output', 'input>hidden 1:field=3x3'."""

from dataclasses import replace
from typing import Any

from bpviz.core.number_grammar import parse_number, parse_pair
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Link

FORM = "SOURCE>TARGET, and after it any of :absent, :fixed, :shared, :density=0.1, :field=3x3"
FLAGS = {"absent": ("present", False), "fixed": ("fixed", True), "shared": ("shared", True)}


def read_link(field: str, given: str) -> Link:
    """The connection of a text such as 'input>output' or 'hidden 1>output:shared'.

    A missing setting is that of a dense connection. Raises BadValue, under the name ``field``.
    """
    pair, *settings = (part.strip() for part in given.split(":"))
    source, arrow, target = (part.strip() for part in pair.partition(">"))
    if not (source and arrow and target):
        raise BadValue(field, given, FORM, "such as 'input>output'")
    changes = dict(_setting(field, given, setting) for setting in settings)
    return Link(source, target, **changes)


def _setting(field: str, given: str, setting: str) -> tuple[str, Any]:
    name, _, value = (part.strip() for part in setting.partition("="))
    if name in FLAGS and not value:
        return FLAGS[name]
    number = parse_number(value) if name == "density" else None
    if number is not None:
        return name, number
    size = parse_pair(value) if name == "field" else None
    if size is not None:
        return name, size
    raise BadValue(field, given, FORM)


def with_links(experiment: Experiment, links: tuple[Link, ...]) -> Experiment:
    """The experiment with these connections in place of those of the same pairs of groups."""
    pairs = {(link.source, link.target) for link in links}
    kept = [link for link in experiment.links if (link.source, link.target) not in pairs]
    order = {name: n for n, name in enumerate(experiment.group_names())}

    def place(link: Link) -> tuple[int, int]:
        return order.get(link.source, -1), order.get(link.target, -1)

    return replace(experiment, links=tuple(sorted([*kept, *links], key=place)))
