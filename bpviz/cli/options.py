"""The options of an experiment on the command line, and the experiment that they describe."""

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bpviz.cli.setting_flags import SETTINGS, number, whole

if TYPE_CHECKING:  # these import NumPy, for which `bpviz --help` should not wait
    from bpviz.core.model.patterns import PatternSet
    from bpviz.core.values import BadValue
    from bpviz.experiment.experiment import Experiment, Hidden
    from bpviz.problems.base import Option, Problem
    from bpviz.session.commands import Open
    from bpviz.session.recording.csv_tables import CsvMarks
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe
    from bpviz.sharing.shown import Shown


def experiment_parser() -> argparse.ArgumentParser:
    """The parent parser with the options of an experiment, except its problem.

    An option that is not given is absent from the namespace, so that a subcommand's parser does
    not overwrite options given before the subcommand.
    """
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    network = parser.add_argument_group("the experiment (default: what suits the problem)")
    network.add_argument(
        "--hidden",
        metavar="SIZES",
        help="units of each hidden group, such as 3 or 4,2 or 4:tanh,2:relu; 0 for none",
    )
    network.add_argument(
        "--activation", metavar="NAME", help="activation of the hidden units without one of theirs"
    )
    network.add_argument(
        "--dropout",
        metavar="SHARES",
        help="share of the hidden units that are silent for each pattern of an update, such as 0.5,"
        " or one for each hidden group: 0.2,0.5",
    )
    network.add_argument(
        "--link",
        metavar="LINK",
        action="append",
        help="a connection between groups, such as 'input>output', 'input>hidden 2:density=0.1' or "
        "'hidden 1>output:absent'; may be given several times",
    )
    for setting in SETTINGS:
        network.add_argument(setting.flag, metavar=setting.metavar, help=setting.help)
    network.add_argument(
        "--state",
        metavar="TEXT",
        help="go on from a link text (File > Copy link text); an option that changes its "
        "experiment lets that begin at epoch 0",
    )
    network.add_argument("--until-solved", action="store_true", help="stop when all is right")
    network.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        help="an option of the problem (see bpviz list problems); may be given several times",
    )
    return parser


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the engine."""
    parser.add_argument(
        "--engine",
        metavar="auto|numpy|numba",
        default=argparse.SUPPRESS,
        help="what does the arithmetic (default: the faster one)",
    )


def add_csv(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the marks of exported tables."""
    parser.add_argument(
        "--csv",
        metavar="comma|semicolon",
        default="comma",
        help="marks of exported tables: comma and decimal point, or semicolon and decimal comma",
    )


def csv_marks(args: argparse.Namespace) -> "CsvMarks":
    """The marks of exported tables; raises BadValue for an unknown name."""
    from bpviz.core.values import check_choice
    from bpviz.session.recording.csv_tables import CSV_MARKS

    check_choice("--csv", args.csv, CSV_MARKS)
    return CSV_MARKS[args.csv]


def engine_from(args: argparse.Namespace) -> str:
    """The requested engine; raises BadValue for an unknown name."""
    from bpviz.core.kernels.choice import AUTO
    from bpviz.core.kernels.engines import ENGINES
    from bpviz.core.values import check_choice

    engine = str(vars(args).get("engine", AUTO))
    check_choice("--engine", engine, (AUTO, *ENGINES))
    return engine


def experiment_from(args: argparse.Namespace) -> "tuple[Experiment, PatternSet]":
    """The default experiment of ``args.problem``, or that of ``args.state``, with the fields of
    the arguments; and its patterns.

    Raises BadValue for values that are not allowed.
    """
    experiment, patterns = _beginning(vars(args))
    return with_arguments(args, experiment), patterns


def with_arguments(args: argparse.Namespace, experiment: "Experiment") -> "Experiment":
    """The experiment with the fields of the arguments, except its problem and options.

    Raises BadValue for values that are not allowed.
    """
    from bpviz.experiment.experiment import with_rule
    from bpviz.experiment.link_words import read_link, with_links

    given = vars(args)
    changes: dict[str | None, dict[str, Any]] = {None: {}, "training": {}, "stop": {}}
    for setting in SETTINGS:
        if setting.key in given:
            value = setting.read(setting.flag, given[setting.key])
            changes[setting.part][setting.field] = value
    if given.get("until_solved"):
        changes["stop"]["solved"] = True
    if "rule" in given:
        experiment = with_rule(experiment, changes[None].pop("rule"))
    hidden = _hidden(given.get("hidden"), given.get("activation"), experiment.hidden)
    hidden = _with_dropout(given.get("dropout"), hidden)
    changed = replace(
        experiment,
        hidden=hidden,
        training=replace(experiment.training, **changes["training"]),
        stop=replace(experiment.stop, **changes["stop"]),
        **changes[None],
    )
    links = tuple(read_link("--link", given_link) for given_link in given.get("link", ()))
    return with_links(changed, links)


def table_from(args: argparse.Namespace) -> "Open | None":
    """The table with which the window begins; None if the problem is none, or a link text is
    given.

    The table itself is read in the window. Raises BadValue for other arguments that are not
    allowed, and for a file that is no table.
    """
    from bpviz.experiment.experiment import experiment_for
    from bpviz.problems.table import PROBLEMS, find_problem
    from bpviz.problems.tables.formats import check_format
    from bpviz.session.commands import Open

    given = vars(args)
    if "state" in given or given.get("problem", "xor") in PROBLEMS:
        return None
    row, typed = find_problem(given["problem"]), given.get("option", [])
    with options_named(row, typed):
        options = given_options(row, typed)
        row.complete(options)
    with_arguments(args, experiment_for(row.name))
    check_format(row.name)
    return Open(row.name, 0, options, change=partial(with_arguments, args))


def instant_from(
    args: argparse.Namespace, experiment: "Experiment"
) -> "ExactCheckpoint | ReplayRecipe | None":
    """The instant of ``args.state``; None for epoch 0.

    Also None if other arguments changed the experiment, except its stop conditions: then it
    begins at epoch 0.
    """
    from bpviz.sharing.link_text import read_link_text

    if "state" not in args:
        return None
    shared = read_link_text(args.state)
    same = replace(experiment, stop=shared.experiment.stop) == shared.experiment
    return shared.at if same else None


def shown_from_link(args: argparse.Namespace) -> "Shown | None":
    """What ``args.state`` reduces the window to; None if it says nothing about the window."""
    from bpviz.sharing.link_text import read_link_text
    from bpviz.sharing.shown import EVERYTHING

    shown = read_link_text(args.state).shown if "state" in args else EVERYTHING
    return None if shown == EVERYTHING else shown


def as_typed(error: "BadValue", args: argparse.Namespace, *, window: bool) -> "BadValue":
    """A refusal with the option and the value as they were typed.

    ``window``: the problem is an option (of the window); for commands it is an argument.
    """
    from bpviz.core.number_grammar import parse_number

    if error.name != error.field or error.field.startswith("--"):
        return error  # already names its option, or a place in a file
    given = vars(args)
    flags = {name: row.flag for row in SETTINGS for name in row.refusals} | OTHER_FLAGS
    flags |= {"problem": "--problem"} if window else {}
    flag = flags.get(error.field, "")
    typed = given.get(flag.lstrip("-").replace("-", "_"))
    if flag and typed is not None:
        same = error.value == typed or error.value == parse_number(typed)
        return error.typed(typed if same else error.value, flag)
    if error.field.startswith("activation of hidden") and given.get("activation") is not None:
        return error.typed(error.value, "--activation")
    if error.field.startswith("dropout of hidden") and given.get("dropout") is not None:
        return error.typed(error.value, "--dropout")
    if re.search(r"\bhidden\b", error.field) and given.get("hidden") is not None:
        return error.typed(error.value, f"--hidden ({error.field})")
    return error


OTHER_FLAGS = {"seeds": "--seeds", "lesson": "--lesson", "link text": "--state"}
"""Field of a BadValue -> option, besides those in SETTINGS."""


def _beginning(given: dict[str, Any]) -> "tuple[Experiment, PatternSet]":
    """The default experiment of the problem, or that of a link text; and its patterns."""
    from bpviz.core.values import BadValue
    from bpviz.experiment.experiment import open_problem
    from bpviz.problems.table import find_problem
    from bpviz.sharing.link_text import experiment_of

    typed = given.get("option", [])
    if "state" not in given:
        row = find_problem(given["problem"])
        with options_named(row, typed):
            return open_problem(given["problem"], options=given_options(row, typed))
    if given.get("problem") is not None:
        raise BadValue("problem", given["problem"], "left out beside --state")
    experiment = experiment_of(given["state"])
    row = find_problem(experiment.problem)
    with options_named(row, typed):
        options = {**experiment.options, **given_options(row, typed)}
        patterns = row.load(options)
    return replace(experiment, options=options), patterns


def _hidden(
    sizes: str | None, activation: str | None, suited: "tuple[Hidden, ...]"
) -> "tuple[Hidden, ...]":
    """The hidden groups; a group without an activation gets the default one."""
    from bpviz.core.model.activations import ACTIVATIONS
    from bpviz.core.values import check_choice
    from bpviz.experiment.experiment import Hidden

    if activation is not None:
        check_choice("--activation", activation, ACTIVATIONS)
    if sizes is None:
        return tuple(replace(group, activation=activation or group.activation) for group in suited)
    default = activation or (suited[0].activation if suited else "logistic")
    if sizes.strip() in ("", "0"):
        return ()
    groups = []
    for part in sizes.split(","):
        size, _, own = part.partition(":")
        groups.append(Hidden(_size(sizes, size), own.strip() or default))
    return tuple(groups)


def _with_dropout(shares: str | None, hidden: "tuple[Hidden, ...]") -> "tuple[Hidden, ...]":
    """The hidden groups with dropout: one share for all of them, or one for each."""
    from bpviz.core.values import BadValue

    if shares is None:
        return hidden
    values = [number("--dropout", part.strip()) for part in shares.split(",")]
    if len(values) not in (1, len(hidden)):
        raise BadValue("--dropout", shares, f"one number, or {len(hidden)} with commas between")
    values *= len(hidden) if len(values) == 1 else 1
    return tuple(replace(group, dropout=p) for group, p in zip(hidden, values, strict=True))


def _size(sizes: str, given: str) -> int:
    from bpviz.core.number_grammar import parse_whole
    from bpviz.core.values import BadValue

    size = parse_whole(given)
    if size is None:
        allowed = "sizes of hidden groups with commas between them, or 0 for none"
        raise BadValue("--hidden", sizes, allowed, "such as 3 or 4,2 or 4:tanh,2:relu")
    return size


def given_options(problem: "Problem", typed: list[str]) -> dict[str, Any]:
    """The problem's options as they were typed, each of the type that its row requires."""
    from bpviz.core.values import BadValue

    rows = {row.name: row for row in problem.options}
    options = {}
    for part in typed:
        name, equals, value = part.partition("=")
        if not equals:
            raise BadValue("--option", part, "NAME=VALUE, such as noise=0.1")
        options[name] = _value(rows[name], value) if name in rows else value
    return options


YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def _value(row: "Option", given: str) -> Any:
    from bpviz.core.values import BadValue

    if row.kind == "int":
        return whole(row.label, given)
    if row.kind == "float":
        return number(row.label, given)
    if row.kind == "bool":
        if given.lower() not in YES + NO:
            raise BadValue(row.label, given, "yes or no")
        return given.lower() in YES
    return given


@contextmanager
def options_named(problem: "Problem", typed: list[str]) -> Iterator[None]:
    """Raise a refusal of an option under the name that was typed."""
    from bpviz.core.values import BadValue

    try:
        yield
    except BadValue as error:
        values = dict(part.split("=", 1) for part in typed if "=" in part)
        for row in problem.options:
            if error.name == error.field == row.label and row.name in values:
                raise error.typed(error.value, f"--option {row.name}") from None
        if error.field.startswith("option of problem"):
            raise error.typed(error.value, f"--{error.field}") from None
        raise
