"""The text of `bpviz list`: every name that can be given on the command line, in columns."""

import shutil
import textwrap
from collections.abc import Callable, Iterator

from bpviz.cli.setting_flags import SETTINGS
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.model.activations import ACTIVATIONS, Activation
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.values import check_choice
from bpviz.lessons.loader import all_lessons
from bpviz.problems.base import Option
from bpviz.problems.table import PROBLEMS
from bpviz.problems.tables.problem import OPTIONS as CSV_OPTIONS

ListedRow = tuple[str, str]
"""A row: the texts of the narrow column and of the wide one."""

NARROWEST, WIDEST = 60, 110


def listing(what: str | None, width: int | None = None) -> str:
    """The names of one kind (a key of KINDS), or of all kinds if None, as lines of text.

    ``width``: of the lines, in characters; default: the terminal's. Raises BadValue for an
    unknown kind.
    """
    if what is not None:
        check_choice("what to list", what, KINDS)
    if width is None:
        width = shutil.get_terminal_size().columns
    width = max(NARROWEST, min(width, WIDEST))
    titles = [title for kind in ([what] if what else KINDS) for title in KINDS[kind]]
    return "\n\n".join(_section(title, width) for title in titles) + "\n"


def _section(title: str, width: int) -> str:
    rows = list(SECTIONS[title]())
    column = max(len(name) for name, _ in rows) + 2
    lines = [title]
    for name, about in rows:
        lines += textwrap.wrap(
            about,
            width,
            initial_indent=f"  {name:<{column}}",
            subsequent_indent=" " * (column + 2),
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _problems() -> Iterator[ListedRow]:
    for name, about, options in _choices():
        yield name, about
        if options:
            yield "", "Options: " + " ".join(f"{o.name}={_plain(o.default)}" for o in options)


def _options() -> Iterator[ListedRow]:
    """Every option once, also if several problems have it."""
    owners: dict[ListedRow, list[str]] = {}
    for problem, _, options in _choices():
        for option in options:
            allowed = _allowed(option)
            label = "" if option.label == option.name else option.label
            about = _sentence(", ".join(filter(None, (label, allowed))))
            row = option.name, _sentence(f"{about} {option.help}")
            owners.setdefault(row, []).append(problem)
    names = [name for name, _ in owners]
    for (name, about), problems in sorted(owners.items(), key=lambda row: names.index(row[0][0])):
        alike = names.count(name) == 1
        yield name, about if alike else f"{about} ({', '.join(problems)})"


def _choices() -> Iterator[tuple[str, str, tuple[Option, ...]]]:
    for problem in PROBLEMS.values():
        yield problem.name, _sentence(f"{problem.label}: {problem.about}"), problem.options
    csv = "Any table: rows are patterns, columns are inputs and targets."
    yield "FILE.csv", csv, CSV_OPTIONS


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and (" " in value or not value):
        return f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(option: Option) -> str:
    if option.kind in ("int", "float"):
        return f"{option.low:,.10g} to {option.high:,.10g}"
    if option.kind == "set":
        return "one or more of " + ",".join(option.choices)
    return {"bool": "yes or no", "choice": "one of " + ", ".join(option.choices)}.get(
        option.kind, ""
    )


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words.endswith((".", "?", "!")) else words + "."


def _activations() -> Iterator[ListedRow]:
    for row in ACTIVATIONS.values():
        usable = "" if row.differentiable else "; has no slope, so it cannot be trained through"
        yield row.name, f"{row.label}: {_range(row)}{usable}."


def _range(row: Activation) -> str:
    infinity = float("inf")
    if row.low == -infinity and row.high == infinity:
        return "answers with any number"
    if row.high == infinity:
        return f"answers with {row.low:g} or more"
    return f"answers from {row.low:g} to {row.high:g}"


def _rules() -> Iterator[ListedRow]:
    for row in RULES.values():
        yield row.name, f"{row.label}: {row.about}."


def _optimizers() -> Iterator[ListedRow]:
    flags = {s.field: s.flag for s in SETTINGS if s.part == "training"}
    for row in OPTIMIZERS.values():
        yield row.name, f"{row.label}: uses {', '.join(flags[field] for field in row.uses)}."


def _errors() -> Iterator[ListedRow]:
    for row in LOSSES.values():
        fits = f"only with {row.canonical} outputs" if row.only_canonical else "with any outputs"
        yield row.name, f"{row.label}: {fits}."


def _initializers() -> Iterator[ListedRow]:
    for row in INITIALIZERS.values():
        spread = ", r is --spread" if row.uses_spread else ""
        yield row.name, f"{row.label}{spread}."


def _lessons() -> Iterator[ListedRow]:
    for lesson in all_lessons():
        yield lesson.key, _sentence(f"{lesson.title} ({lesson.minutes} min). {lesson.summary}")


SECTIONS: dict[str, Callable[[], Iterator[ListedRow]]] = {
    "Lessons (bpviz --lesson NAME)": _lessons,
    "Problems": _problems,
    "Options of problems (--option NAME=VALUE)": _options,
    "Activations": _activations,
    "Learning rules": _rules,
    "Optimizers": _optimizers,
    "Errors": _errors,
    "Initializers": _initializers,
}
"""Title -> its rows."""

KINDS = {
    "lessons": ("Lessons (bpviz --lesson NAME)",),
    "problems": tuple(SECTIONS)[1:3],
    "activations": ("Activations",),
    "rules": ("Learning rules",),
    "optimizers": ("Optimizers",),
    "errors": ("Errors",),
    "initializers": ("Initializers",),
}
"""Kind of names -> the titles of its sections."""
