"""What can be said about an experiment on the command line, as one table, and what it means.

The values stay texts until the experiment is built, so that every refusal is a BadValue with
the same kind of sentence as in the window.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # NumPy comes with these; `bpviz --help` should not wait for it
    from bpviz.core.model.patterns import PatternSet
    from bpviz.experiment.experiment import Experiment, Hidden
    from bpviz.problems.base import Option
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe

Read = Callable[[str, str], Any]
"""read(flag, text) -> the value; raises BadValue."""


def text(flag: str, given: str) -> str:
    """The text itself; the experiment checks it."""
    return given


def number(flag: str, given: str) -> float:
    """A decimal number."""
    from bpviz.core.values import BadValue

    try:
        return float(given)
    except ValueError:
        raise BadValue(flag, given, "a number") from None


def whole(flag: str, given: str) -> int:
    """A whole number; 1,000 and 1_000 are read as people write them."""
    from bpviz.core.values import BadValue

    try:
        return int(given.replace(",", ""))
    except ValueError:
        raise BadValue(flag, given, "a whole number") from None


def batch(flag: str, given: str) -> int | str:
    """'all', or patterns per update."""
    from bpviz.core.values import BadValue

    if given == "all":
        return given
    try:
        return whole(flag, given)
    except BadValue:
        raise BadValue(flag, given, "all, 1 (incremental) or a whole number above 1") from None


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its flag, and the field of Experiment (``part`` None), Training or Stop."""

    flag: str
    metavar: str
    help: str
    field: str
    read: Read
    part: str | None = None

    @property
    def key(self) -> str:
        """Its name in the parsed arguments."""
        return self.flag.lstrip("-").replace("-", "_")


SETTINGS = (
    Flag("--output", "NAME", "activation of the output units", "output", text),
    Flag("--error", "NAME", "squared, binary or categorical", "error", text),
    Flag("--rule", "NAME", "learning rule; brings a network that it can train", "rule", text),
    Flag("--init", "NAME", "how initial weights are drawn", "initializer", text),
    Flag("--spread", "R", "range or standard deviation of initial weights", "spread", number),
    Flag("--seed", "N", "decides the initial weights and the order of patterns", "seed", whole),
    Flag("--tolerance", "T", "an output this close to its target is right", "tolerance", number),
    Flag(
        "--optimizer",
        "NAME",
        "how a gradient becomes a change of weights",
        "optimizer",
        text,
        "training",
    ),
    Flag("--rate", "R", "learning rate", "rate", number, "training"),
    Flag("--batch", "all|1|N", "patterns per update", "batch", batch, "training"),
    Flag(
        "--order", "fixed|permuted", "order of the patterns in an epoch", "order", text, "training"
    ),
    Flag(
        "--gradient",
        "sum|mean",
        "sum or average the gradients of an update",
        "reduction",
        text,
        "training",
    ),
    Flag(
        "--momentum",
        "A",
        "share of the last change kept (momentum)",
        "momentum",
        number,
        "training",
    ),
    Flag("--beta1", "B", "decay of the mean gradient (adam)", "beta1", number, "training"),
    Flag("--beta2", "B", "decay of the mean squared gradient (adam)", "beta2", number, "training"),
    Flag("--rho", "R", "decay of the mean squared gradient (rmsprop)", "rho", number, "training"),
    Flag("--decay-l1", "D", "L1 weight decay", "decay_l1", number, "training"),
    Flag("--decay-l2", "D", "L2 weight decay", "decay_l2", number, "training"),
    Flag(
        "--epochs",
        "N",
        "train at most so many epochs (default: what suits the problem)",
        "epochs",
        whole,
        "stop",
    ),
    Flag(
        "--until-error",
        "E",
        "stop when the error per pattern is at most E",
        "error",
        number,
        "stop",
    ),
)
"""Every option that sets one field; a new one is one row."""


def experiment_parser() -> argparse.ArgumentParser:
    """The parent parser with all that decides an experiment, except its problem.

    An option that is not given is absent from the namespace: so a subcommand's parser never
    overwrites what stood before the subcommand.
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
    """The option that chooses what does the arithmetic."""
    parser.add_argument(
        "--engine",
        metavar="auto|numpy|numba",
        default=argparse.SUPPRESS,
        help="what does the arithmetic (default: the faster one; numba is bpviz[fast])",
    )


def engine_from(args: argparse.Namespace) -> str:
    """The engine that was asked for; raises BadValue if there is none of that name."""
    from bpviz.core.kernels.choice import AUTO
    from bpviz.core.kernels.engines import ENGINES
    from bpviz.core.values import check_choice

    engine = str(vars(args).get("engine", AUTO))
    check_choice("--engine", engine, (AUTO, *ENGINES))
    return engine


def experiment_from(args: argparse.Namespace) -> "tuple[Experiment, PatternSet]":
    """The experiment that suits ``args.problem``, or that of ``args.state``, changed as the
    arguments say; and its patterns.

    Raises BadValue for everything that is not allowed.
    """
    from bpviz.experiment.experiment import with_rule

    given = vars(args)
    changes: dict[str | None, dict[str, Any]] = {None: {}, "training": {}, "stop": {}}
    for setting in SETTINGS:
        if setting.key in given:
            value = setting.read(setting.flag, given[setting.key])
            changes[setting.part][setting.field] = value
    if given.get("until_solved"):
        changes["stop"]["solved"] = True
    experiment, patterns = _beginning(given)
    if "rule" in given:
        experiment = with_rule(experiment, changes[None].pop("rule"))
    hidden = _hidden(given.get("hidden"), given.get("activation"), experiment.hidden)
    changed = replace(
        experiment,
        hidden=hidden,
        training=replace(experiment.training, **changes["training"]),
        stop=replace(experiment.stop, **changes["stop"]),
        **changes[None],
    )
    return changed, patterns


def instant_from(
    args: argparse.Namespace, experiment: "Experiment"
) -> "ExactCheckpoint | ReplayRecipe | None":
    """The instant that ``args.state`` tells of; None for epoch 0.

    Where other arguments made the experiment another one, that begins anew; when it is to stop
    is no matter.
    """
    from bpviz.sharing.link_text import moment_of

    if "state" not in args:
        return None
    moment = moment_of(args.state)
    same = replace(experiment, stop=moment.experiment.stop) == moment.experiment
    return moment.at if same else None


def _beginning(given: dict[str, Any]) -> "tuple[Experiment, PatternSet]":
    """What suits the problem, or the experiment of a link text; and its patterns."""
    from bpviz.core.values import BadValue
    from bpviz.experiment.experiment import open_problem
    from bpviz.problems.table import find_problem
    from bpviz.sharing.link_text import experiment_of

    if "state" not in given:
        options = _options(given["problem"], given.get("option", []))
        return open_problem(given["problem"], options=options)
    if given.get("problem") is not None:
        raise BadValue("problem", given["problem"], "no other problem beside --state")
    experiment = experiment_of(given["state"])
    options = {**experiment.options, **_options(experiment.problem, given.get("option", []))}
    patterns = find_problem(experiment.problem).load(options)
    return replace(experiment, options=options), patterns


def _hidden(
    sizes: str | None, activation: str | None, suited: "tuple[Hidden, ...]"
) -> "tuple[Hidden, ...]":
    """The hidden groups; a group without an activation of its own gets the one that suits."""
    from bpviz.core.model.activations import ACTIVATIONS
    from bpviz.core.values import check_choice
    from bpviz.experiment.experiment import Hidden

    if activation is not None:
        check_choice("--activation", activation, ACTIVATIONS)
    if sizes is None:
        return tuple(Hidden(group.size, activation or group.activation) for group in suited)
    default = activation or (suited[0].activation if suited else "logistic")
    if sizes.strip() in ("", "0"):
        return ()
    groups = []
    for part in sizes.split(","):
        size, _, own = part.partition(":")
        groups.append(Hidden(_size(sizes, size), own.strip() or default))
    return tuple(groups)


def _size(sizes: str, given: str) -> int:
    from bpviz.core.values import BadValue

    try:
        return int(given)
    except ValueError:
        allowed = "sizes of hidden groups separated by commas, such as 3 or 4,2 or 4:tanh,2:relu"
        raise BadValue("--hidden", sizes, f"{allowed}; 0 for none") from None


def _options(problem: str, given: list[str]) -> dict[str, Any]:
    """The problem's options, each as the kind of value that its row asks for."""
    from bpviz.core.values import BadValue
    from bpviz.problems.table import find_problem

    rows = {row.name: row for row in find_problem(problem).options}
    options = {}
    for part in given:
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
