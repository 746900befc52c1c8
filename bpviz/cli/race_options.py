"""The options of a race on the command line, and the race that they describe."""

import argparse
from typing import TYPE_CHECKING

from bpviz.cli.options import experiment_from
from bpviz.cli.setting_flags import whole

if TYPE_CHECKING:
    from bpviz.core.model.patterns import PatternSet
    from bpviz.experiment.race_order import RaceOrder

DEFAULT_SEEDS = "200"
REPRODUCED_SEEDS = "100"
"""Epochs if neither the problem nor the user gives a number."""


def add_race_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `bpviz race` besides those of an experiment."""
    from bpviz.cli.options import add_csv

    parser.add_argument("problem", metavar="PROBLEM_OR_CSV", nargs="?")
    add_csv(parser)
    group = parser.add_argument_group(
        "the race",
        "Here --hidden, --activation and --rate take several values separated by commas, and "
        "every combination of them is a variant. --hidden 2,3 is two variants with one hidden "
        "group each; 4x2,3 has one with two groups, 4 units and then 2. --seed is the first "
        "seed. With --until-solved a network ends when it is solved; otherwise all train to "
        "the last epoch.",
    )
    group.add_argument(
        "--seeds", metavar="N", help=f"networks of every variant (default: {DEFAULT_SEEDS})"
    )
    group.add_argument("--workers", metavar="N", help="processes (default: one per core)")
    group.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="let the workers of this dask cluster train, such as tcp://10.0.0.5:8786 (needs "
        "bpviz[cluster], there and here)",
    )
    group.add_argument(
        "--export",
        metavar="DIR",
        help="write race.png and three CSV files (the table, every network, the curves) to this "
        "folder (made if missing)",
    )
    group.add_argument(
        "--force", action="store_true", help="let --export replace files that are there"
    )
    group.add_argument("--json", action="store_true", help="print one line of JSON on stdout")


def order_from(args: argparse.Namespace) -> "tuple[RaceOrder, PatternSet]":
    """The race of the arguments, and its patterns. Raises BadValue."""
    from bpviz.core.number_grammar import read_list
    from bpviz.core.values import BadValue
    from bpviz.experiment.race_order import DEFAULT_EPOCHS, RaceOrder, read_shapes, variants_of

    given = vars(args)
    lists = {name: given.get(name) or "" for name in ("hidden", "activation", "rate")}
    single = {name: value for name, value in given.items() if name not in lists}
    experiment, patterns = experiment_from(argparse.Namespace(**single))
    variants = variants_of(
        experiment,
        read_shapes("--hidden", lists["hidden"], experiment.hidden),
        _names("--activation", lists["activation"]),
        read_list("--rate", lists["rate"], commas=True),
    )
    stop = experiment.stop
    if "patience" in given:
        raise BadValue("--patience", given["patience"], "left out: a race has no test error")
    order = RaceOrder(
        variants,
        whole("--seeds", args.seeds or DEFAULT_SEEDS),
        DEFAULT_EPOCHS if stop.epochs is None else stop.epochs,
        experiment.seed,
        stop.solved,
    )
    return order, patterns


def workers_from(args: argparse.Namespace) -> int | None:
    """The number of processes; None is one per core. Raises BadValue."""
    from bpviz.core.values import check_whole

    if args.workers is None:
        return None
    workers: int = whole("--workers", args.workers)
    check_whole("--workers", workers, 1, 256)
    return workers


def _names(flag: str, given: str) -> list[str]:
    from bpviz.core.model.activations import ACTIVATIONS
    from bpviz.core.values import check_choice

    names = [name.strip() for name in given.split(",")] if given else []
    for name in names:
        check_choice(flag, name, ACTIVATIONS)
    return names
