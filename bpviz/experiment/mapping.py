"""Experiments as plain mappings, for TOML tables and link texts.

``experiment_from`` reads one, ``to_mapping`` writes one; every refusal is a BadValue that names
the field, the value and what is allowed.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, replace
from typing import Any, TypeVar

from bpviz.core.learning.settings import Training
from bpviz.core.values import BadValue, Unquoted, meant, one_of
from bpviz.experiment.experiment import Experiment, Hidden, Link, Stop, experiment_for, with_rule

Table = Mapping[str, Any]
Record = TypeVar("Record", Training, Stop, Hidden, Link)

TABLE = "a table of fields"
PLAIN = (bool, int, float, str)


def experiment_from(table: Table, base: Experiment | None = None) -> Experiment:
    """The experiment of a table: ``base``, or the default of its ``problem``, with its fields.

    "training" and "stop" are tables, "hidden" and "links" lists of tables, with the fields of
    the classes of those names. Without a base, a "rule" also selects a network that it can
    train, as on the command line. Raises BadValue.
    """
    changes = dict(_table("experiment", table))
    _check_names("experiment", changes, Experiment)
    training = _table("training", changes.pop("training", {}))
    stop = changes.pop("stop", None)
    read = {name: READERS[name](value) for name, value in changes.items() if name in READERS}
    changes |= read
    if "problem" in changes:
        _text("problem", changes["problem"])
    if base is None:
        if "problem" not in changes:
            raise BadValue("problem", Unquoted("missing"), "the name of a problem")
        options = {"options": changes["options"]} if "options" in changes else {}
        base = experiment_for(changes["problem"], **options)
        if "rule" in changes:
            base = with_rule(base, changes["rule"])
    elif changes.get("problem", base.problem) != base.problem:
        changes.setdefault("options", {})
    if stop is not None:
        changes["stop"] = _record(Stop, "stop", stop)
    changes["training"] = _changed(base.training, training)
    return replace(base, **changes)


def to_mapping(experiment: Experiment) -> dict[str, Any]:
    """The fields that differ from Experiment()'s defaults, as plain values for JSON and TOML.

    ``experiment_from(to_mapping(e), Experiment())`` equals e.
    """
    return _differences(experiment, Experiment())


def to_table(experiment: Experiment) -> dict[str, Any]:
    """The problem, and the fields that differ from what suits it, as plain values for TOML.

    ``experiment_from(to_table(e))`` equals e.
    """
    options = dict(experiment.options)
    base = experiment_for(experiment.problem, options=options)
    if experiment.rule != base.rule:
        base = with_rule(base, experiment.rule)
    found = {"problem": experiment.problem} | ({"options": options} if options else {})
    if experiment.rule != experiment_for(experiment.problem).rule:
        found["rule"] = experiment.rule
    found |= _differences(experiment, base)
    if experiment.stop != base.stop:
        found["stop"] = _differences(experiment.stop, Stop())  # read as a whole
    return found


# -- writing -------------------------------------------------------------------------------


def _differences(record: Any, default: Any) -> dict[str, Any]:
    pairs = ((f.name, getattr(record, f.name), getattr(default, f.name)) for f in fields(record))
    return {name: _plain(value, before) for name, value, before in pairs if value != before}


def _plain(value: Any, default: Any) -> Any:
    if isinstance(value, Training | Stop):
        return _differences(value, default)
    if isinstance(value, tuple):
        return [_item(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _item(item: Any) -> Any:
    """A hidden group or a connection: its required fields, and those that differ from defaults."""
    if isinstance(item, Hidden):
        group = {"size": item.size, "activation": item.activation}
        return group | _differences(item, Hidden(item.size, item.activation))
    if isinstance(item, Link):
        ends = {"source": item.source, "target": item.target}
        return ends | _differences(item, Link(item.source, item.target))
    return item


# -- reading -------------------------------------------------------------------------------


def _hidden(value: Any) -> tuple[Hidden, ...]:
    return tuple(_group(h, item) for h, item in enumerate(_list("hidden", value), 1))


def _group(h: int, item: Any) -> Hidden:
    """A hidden group from a table with size and activation, or from the size alone."""
    name = f"hidden {h}"
    group = _record(Hidden, name, {"size": item} if isinstance(item, int) else item)
    _text(f"activation of {name}", group.activation)
    return group


def _links(value: Any) -> tuple[Link, ...]:
    return tuple(_link(item) for item in _list("links", value))


def _link(item: Any) -> Link:
    link = _record(Link, "link", item)
    name = f"connection {_text('source', link.source)} to {_text('target', link.target)}"
    for flag in ("shared", "fixed", "present"):
        if not isinstance(getattr(link, flag), bool):
            raise BadValue(f"{flag} of {name}", getattr(link, flag), "true or false")
    if link.field is None:
        return link
    size = _list(f"field of {name}", link.field)
    if len(size) != 2 or not all(type(side) is int for side in size):
        raise BadValue(f"field of {name}", link.field, "two whole numbers, rows and columns")
    return replace(link, field=(size[0], size[1]))


def _options(value: Any) -> dict[str, Any]:
    for name, option in _table("options", value).items():
        if not isinstance(option, PLAIN):
            raise BadValue(f"option {name}", option, "a number, a text, or true or false")
    return dict(value)


def _inputs(value: Any) -> tuple[int, ...]:
    return tuple(_list("inputs", value))


READERS: dict[str, Callable[[Any], Any]] = {
    "hidden": _hidden,
    "inputs": _inputs,
    "links": _links,
    "options": _options,
}
"""Fields of Experiment that hold more than one value."""


def _record(kind: type[Record], name: str, value: Any) -> Record:
    table = _table(name, value)
    _check_names(name, table, kind)
    missing = [f.name for f in fields(kind) if _is_needed(f) and f.name not in table]
    if missing:
        raise BadValue(f"{missing[0]} of {name}", Unquoted("missing"), "given")
    if kind is Stop and not isinstance(table.get("solved", False), bool):
        raise BadValue("stop when solved", table["solved"], "true or false")
    return kind(**table)


def _changed(training: Training, table: Table) -> Training:
    _check_names("training", table, Training)
    return replace(training, **table)


def _is_needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _check_names(name: str, table: Table, kind: type) -> None:
    known = [f.name for f in fields(kind)]
    for given in table:
        if given not in known:
            raise BadValue(f"field of {name}", given, one_of(sorted(known)), meant(given, known))


def _table(name: str, value: Any) -> Table:
    if not isinstance(value, Mapping):
        raise BadValue(name, value, TABLE)
    return value


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadValue(name, value, "a list")
    return list(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue(name, value, "a text")
    return value
