"""The experiment that a lesson's table describes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bpviz.core.values import BadValue
from bpviz.experiment import Experiment, Hidden, Link, Stop, experiment_for

Table = Mapping[str, Any]


def experiment_from(table: Table, base: Experiment | None = None) -> Experiment:
    """The experiment of a table: ``base`` with what differs, or what suits its ``problem``.

    Raises BadValue for a field that there is not, or a value that is not allowed.
    """
    changes = dict(table)
    training = changes.pop("training", {})
    if base is not None:
        if changes.get("problem", base.problem) != base.problem:
            changes.setdefault("options", {})
        changed = replace(base, **_fields(changes))
        return replace(changed, training=replace(base.training, **training))
    if "problem" not in changes:
        raise BadValue("problem", "missing", "the name of a problem")
    problem = changes.pop("problem")
    return experiment_for(problem, training=training, **_fields(changes))


def _fields(changes: dict[str, Any]) -> dict[str, Any]:
    known = Experiment.__dataclass_fields__
    for name in changes:
        if name not in known:
            raise BadValue("experiment", name, "one of " + ", ".join(sorted(known)))
    if "hidden" in changes:
        changes["hidden"] = tuple(Hidden(**group) for group in changes["hidden"])
    if "links" in changes:
        changes["links"] = tuple(Link(**link) for link in changes["links"])
    if "stop" in changes:
        changes["stop"] = Stop(**changes["stop"])
    return changes
