"""The command line: parses the arguments, runs a command, and returns the exit code.

0 done, 1 failed, 2 bad arguments or no display for a window. Every error is one sentence on
stderr. Modules that take long to import are imported on first use.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from bpviz import __version__
from bpviz.cli.output import OutputLost, prepare_streams, write_message, write_result
from bpviz.cli.termination import exit_on_termination

if TYPE_CHECKING:
    from bpviz.experiment.experiment import Experiment
    from bpviz.lessons.model import Lesson
    from bpviz.session.commands import Open
    from bpviz.sharing.checkpoint import ExactCheckpoint, ReplayRecipe
    from bpviz.sharing.shown import Shown

DONE, FAILED, REFUSED = 0, 1, 2

Commands: TypeAlias = "argparse._SubParsersAction[Any]"

EXAMPLES = """\
examples:
  bpviz                                     open the window
  bpviz --problem spiral --hidden 8,8       open it with an experiment
  bpviz --lesson xor-by-hand                open a lesson
  bpviz list problems                       what can be learned, and its options
  bpviz inspect my.csv                      how a table is read
  bpviz train iris --export pictures        train without a window, write pictures
  bpviz train my.csv --option targets=price --json
  bpviz race xor --hidden 2,3,4,8 --seeds 1000   many seeds at once: who solves it, how fast
"""


class BadArguments(Exception):
    """The arguments cannot be parsed; the message is a sentence."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are sentences."""

    def error(self, message: str) -> NoReturn:
        """Raise BadArguments instead of printing the usage."""
        raise BadArguments(f"{message[0].upper()}{message[1:]}. See `{self.prog} --help`.")

    def _print_message(self, message: str, file: object = None) -> None:
        """Print help or the version like any other result."""
        if message:
            write_result(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of these arguments (default: sys.argv) and return the exit code.

    ``--help`` and ``--version`` print and raise SystemExit(0), as argparse does.
    """
    prepare_streams()
    exit_on_termination()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        return _fail("Interrupted.", FAILED)


def _run(given: list[str]) -> int:
    args = argparse.Namespace()
    try:
        if not given:  # the usual start; the parsers are not needed
            return _open_window()
        args = _parse(given)
        return int(args.run(args))
    except Exception as error:
        return _fail(*_sentence_and_code(error, args))


def _sentence_and_code(error: Exception, args: argparse.Namespace) -> tuple[str, int]:
    """The message for an exception, and the exit code."""
    from bpviz.cli.options import as_typed
    from bpviz.core.values import BadValue
    from bpviz.sharing.atomic_files import reason_of

    if isinstance(error, BadValue):
        error = as_typed(error, args, window=vars(args).get("run") is _open)
    code = _code_of(error)
    if code is not None:
        return _with_remedies(error), code
    if isinstance(error, MemoryError):
        return f"There is not enough memory: {str(error) or 'none is left'}.", FAILED
    if isinstance(error, OSError):
        name = "" if error.filename is None else f"{os.fspath(error.filename)}: "
        return f"{name}{reason_of(error)}.", FAILED
    from bpviz.sharing.event_log import log_failure

    return log_failure(error, "A command failed."), FAILED


def _with_remedies(error: Exception) -> str:
    """The sentence of a refusal, with the options that help as they are typed."""
    if not (remedies := getattr(error, "remedies", ())):
        return str(error)
    from bpviz.problems.tables.model import with_remedies

    return with_remedies(str(error), remedies)


def _code_of(error: Exception) -> int | None:
    """The exit code of an exception whose message is a sentence; None for any other."""
    if isinstance(error, BadArguments):
        return REFUSED
    if isinstance(error, OutputLost):
        return FAILED
    from bpviz.cli.display import NoDisplay, QtMissing
    from bpviz.core.values import BadValue
    from bpviz.lessons.model import BadLesson
    from bpviz.session.race.cluster import NoCluster
    from bpviz.sharing.atomic_files import WriteFailed

    if isinstance(error, BadValue | BadLesson | NoDisplay):
        return REFUSED
    return FAILED if isinstance(error, QtMissing | WriteFailed | NoCluster) else None


def _fail(sentence: str, code: int) -> int:
    if sentence:
        write_message(f"bpviz: {sentence}")
    return code


# -- arguments -----------------------------------------------------------------------------


def _parse(given: list[str]) -> argparse.Namespace:
    if given and not given[0].startswith("-") and given[0] not in COMMANDS:
        raise BadArguments(
            f"{given[0]!r} is no command: the commands are {_listed(tuple(COMMANDS))}. A window "
            f"with a problem is opened by `bpviz --problem {given[0]}`."
        )
    return _parser().parse_args(given)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _parser() -> argparse.ArgumentParser:
    from bpviz.cli.options import add_engine, experiment_parser

    shared = experiment_parser()
    parser = _Parser(
        prog="bpviz",
        usage="bpviz [options of the experiment]\n"
        "       bpviz list [KIND]\n"
        "       bpviz inspect FILE [options; see bpviz inspect --help]\n"
        "       bpviz train PROBLEM_OR_CSV [options; see bpviz train --help]\n"
        "       bpviz race PROBLEM_OR_CSV [options; see bpviz race --help]\n"
        "       bpviz reproduce [PROBLEM ...] [--seeds N] [--json]",
        description="See a multilayer network learn. Without a command, the window opens.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared],
        allow_abbrev=False,
    )
    parser.set_defaults(run=_open)
    add_engine(parser)
    parser.add_argument("--version", action="version", version=f"bpviz {__version__}")
    parser.add_argument(
        "--problem",
        metavar="NAME_OR_CSV",
        default=argparse.SUPPRESS,
        help="open with this problem, or with a CSV file",
    )
    parser.add_argument(
        "--lesson",
        metavar="NAME_OR_TOML",
        default=argparse.SUPPRESS,
        help="open a lesson: a name of `bpviz list lessons`, or a file of your own",
    )
    commands = parser.add_subparsers(
        prog="bpviz", title="commands", metavar="COMMAND", parser_class=_Parser
    )
    for add in COMMANDS.values():
        add(commands, shared)
    return parser


def _add_list(commands: Commands, shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("list", help="what can be named on the command line")
    parser.add_argument(
        "what",
        nargs="?",
        metavar="KIND",
        help="problems, activations, rules, optimizers, errors or initializers; by default all",
    )
    parser.set_defaults(run=_list)


def _add_train(commands: Commands, shared: argparse.ArgumentParser) -> None:
    from bpviz.cli.options import add_csv, add_engine

    parser = commands.add_parser(
        "train",
        usage="bpviz train PROBLEM_OR_CSV [options]",
        help="train without a window; no display is needed",
        parents=[shared],
        allow_abbrev=False,
    )
    parser.add_argument("problem", metavar="PROBLEM_OR_CSV", nargs="?")
    add_engine(parser)
    add_csv(parser)
    parser.add_argument(
        "--export",
        metavar="DIR",
        help="write a picture of every view and loss.csv to this folder (made if missing)",
    )
    parser.add_argument(
        "--force", action="store_true", help="let exports replace files that are there"
    )
    parser.add_argument(
        "--export-keras",
        metavar="FILE",
        help="write a Keras 3 script that builds the trained network",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON on stdout")
    parser.set_defaults(run=_train, export_keras=None)


def _add_race(commands: Commands, shared: argparse.ArgumentParser) -> None:
    from bpviz.cli.race_options import add_race_arguments

    parser = commands.add_parser(
        "race",
        usage="bpviz race PROBLEM_OR_CSV [--hidden 2,3,4] [--seeds N] [options]",
        help="train many seeds of several networks at once; no display is needed",
        parents=[shared],
        allow_abbrev=False,
    )
    add_race_arguments(parser)
    parser.set_defaults(run=_race)


def _add_inspect(commands: Commands, shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser(
        "inspect",
        usage="bpviz inspect FILE [--option NAME=VALUE ...] [--json]",
        help="how a table is read: the kind and role of every column, and what was guessed",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        help="an option of tables (see bpviz list problems); may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON on stdout")
    parser.set_defaults(run=_inspect)


def _add_reproduce(commands: Commands, shared: argparse.ArgumentParser) -> None:
    from bpviz.cli.race_options import REPRODUCED_SEEDS

    parser = commands.add_parser(
        "reproduce",
        usage="bpviz reproduce [PROBLEM ...] [--seeds N] [--json]",
        help="the published runs of Rumelhart, Hinton & Williams (1986) beside many seeds",
        allow_abbrev=False,
    )
    parser.add_argument(
        "problems", metavar="PROBLEM", nargs="*", help="such as xor or symmetry (default: all)"
    )
    parser.add_argument(
        "--seeds", metavar="N", help=f"networks of every run (default: {REPRODUCED_SEEDS})"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON on stdout")
    parser.set_defaults(run=_reproduce)


COMMANDS = {
    "inspect": _add_inspect,
    "list": _add_list,
    "race": _add_race,
    "reproduce": _add_reproduce,
    "train": _add_train,
}
"""Name of a command -> function that adds its parser; a new command is one row."""


# -- commands ------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    from bpviz.cli.listing import listing

    write_result(listing(args.what))
    return DONE


def _inspect(args: argparse.Namespace) -> int:
    from bpviz.cli.inspect import inspect_table

    return inspect_table(args)


def _train(args: argparse.Namespace) -> int:
    _check_problem(args, "train")
    from bpviz.cli.train import train

    return train(args)


def _check_problem(args: argparse.Namespace, command: str) -> None:
    if args.problem is None and "state" not in args:
        words = "The following is required: PROBLEM_OR_CSV."
        raise BadArguments(f"{words} See `bpviz {command} --help`.")


def _race(args: argparse.Namespace) -> int:
    _check_problem(args, "race")
    from bpviz.cli.race import race

    return race(args)


def _reproduce(args: argparse.Namespace) -> int:
    from bpviz.cli.reproduce import reproduce

    return reproduce(args)


def _open(args: argparse.Namespace) -> int:
    from bpviz.cli.options import (
        engine_from,
        experiment_from,
        instant_from,
        shown_from_link,
        table_from,
    )

    experiment, at, lesson, engine = None, None, None, engine_from(args)
    if "lesson" in args:
        from bpviz.lessons.loader import find_lesson

        lesson = find_lesson(args.lesson)
    table = table_from(args)
    if table is None and set(vars(args)) - {"run", "lesson", "engine"}:
        from bpviz.experiment.prepare import prepare

        if "state" not in args:
            args.problem = vars(args).get("problem", "xor")
        experiment, patterns = experiment_from(args)
        prepare(experiment, patterns=patterns)  # refused before a window opens
        at = instant_from(args, experiment)
    return _open_window(experiment, lesson, at, shown_from_link(args), engine, table)


def _open_window(
    experiment: "Experiment | None" = None,
    lesson: "Lesson | None" = None,
    at: "ExactCheckpoint | ReplayRecipe | None" = None,
    shown: "Shown | None" = None,
    engine: str = "auto",
    table: "Open | None" = None,
) -> int:
    from bpviz.cli.display import check_display, load_qt

    check_display()
    gc.disable()  # imports leave no garbage; the application runs the collector itself
    import bpviz.experiment.prepare  # noqa: F401  # before Qt, whose hook makes every later import slower

    load_qt()
    from bpviz.app import open_window

    return open_window(experiment, [sys.argv[0]], lesson, at, shown, engine, table)
