"""Changes of an experiment's hidden groups and connections, as pure functions."""

from dataclasses import replace

from bpviz.experiment.experiment import Experiment, Hidden, Link

FIRST_GROUP = Hidden(3)
"""The group that is added to a network without hidden groups."""


def pairs(experiment: Experiment) -> list[tuple[str, str]]:
    """Every pair of groups that a connection can join, earlier group first."""
    names = experiment.group_names()
    inputs = len(experiment.input_groups())
    return [
        (source, target) for s, source in enumerate(names) for target in names[max(s + 1, inputs) :]
    ]


def default_link(experiment: Experiment, source: str, target: str) -> Link:
    """The default connection: dense between neighbouring groups, absent elsewhere."""
    return Link(source, target, present=(source, target) in experiment.neighbours())


def link_of(experiment: Experiment, source: str, target: str) -> Link:
    """The connection of this pair."""
    for link in reversed(experiment.links):  # of two for the same pair the later one holds
        if (link.source, link.target) == (source, target):
            return link
    return default_link(experiment, source, target)


def with_link(experiment: Experiment, link: Link) -> Experiment:
    """The experiment with this connection; defaults are left out of its links."""
    pair = link.source, link.target
    rest = [other for other in experiment.links if (other.source, other.target) != pair]
    return _with_links(experiment, [*rest, link])


def with_group(experiment: Experiment, h: int, group: Hidden) -> Experiment:
    """The experiment with another hidden group number h (from 1)."""
    hidden = list(experiment.hidden)
    hidden[h - 1] = group
    return replace(experiment, hidden=tuple(hidden))


def with_new_group(experiment: Experiment) -> Experiment:
    """The experiment with one more hidden group before the output, like the last one.

    The connection from the last group to the output is replaced by two dense ones.
    """
    last = experiment.group_names()[-2]
    links = [link for link in experiment.links if (link.source, link.target) != (last, "output")]
    group = experiment.hidden[-1] if experiment.hidden else FIRST_GROUP
    return _with_links(replace(experiment, hidden=(*experiment.hidden, group)), links)


def without_group(experiment: Experiment, h: int) -> Experiment:
    """The experiment without hidden group number h (from 1) and its connections."""
    hidden = (*experiment.hidden[: h - 1], *experiment.hidden[h:])
    renamed = {f"hidden {k}": f"hidden {k - 1}" for k in range(h + 1, len(experiment.hidden) + 1)}
    links = [
        replace(
            link,
            source=renamed.get(link.source, link.source),
            target=renamed.get(link.target, link.target),
        )
        for link in experiment.links
        if f"hidden {h}" not in (link.source, link.target)
    ]
    return _with_links(replace(experiment, hidden=hidden), links)


def _with_links(experiment: Experiment, links: list[Link]) -> Experiment:
    """The experiment with those links that differ from the default, in the order of their pairs.

    Those that were entered for the groups of another problem are left out. The order matters:
    masks are drawn in it.
    """
    order = pairs(experiment)
    kept = [
        link
        for link in links
        if (link.source, link.target) in order
        and not _same_connection(link, default_link(experiment, link.source, link.target))
    ]
    kept.sort(key=lambda link: order.index((link.source, link.target)))
    return replace(experiment, links=tuple(kept))


def _same_connection(a: Link, b: Link) -> bool:
    return a == b or not (a.present or b.present)
