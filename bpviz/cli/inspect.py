"""`bpviz inspect`: how a table is read, and what came of it."""

import json
from argparse import Namespace
from typing import Any

from bpviz.cli.options import given_options, options_named
from bpviz.cli.output import write_result
from bpviz.core.text.number_words import counted, ungrouped
from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.model import Inspection, ReadColumn, Reading
from bpviz.problems.tables.problem import table_problem

SHOWN = 6  # categories of a column that are listed


def inspect_table(args: Namespace) -> int:
    """Print how the table of the arguments is read; returns 0. Raises BadValue."""
    typed = args.option or []
    problem = table_problem(args.file)
    with options_named(problem, typed):
        options = problem.complete(given_options(problem, typed))
        inspection = inspect(args.file, Reading(**options))
    if args.json:
        write_result(json.dumps(inspection.report(), ensure_ascii=False) + "\n")
    else:
        write_result("\n".join(_lines(inspection)) + "\n")
    return 0


def _lines(inspection: Inspection) -> list[str]:
    table = inspection.table
    names = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar", " ": "blanks"}
    how = [counted(inspection.rows, "row")]
    if table.separator:
        how += [f"separator {names.get(table.separator, table.separator)}"]
    how += [f"decimal {'point' if table.decimal == '.' else 'comma'}"]
    how += [table.encoding] if table.encoding else []
    how += ["names in the file" if table.header else "no names"]
    rows = [_row(column) for column in inspection.columns]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = [table.path, "  " + ", ".join(how)]
    lines += [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
        + f"  {row[3]}" for row in rows
    ]  # fmt: skip
    lines += [f"  skipped: {part.sentence(table.place)}" for part in inspection.skipped]
    return lines + [f"Note: {sentence}" for sentence in inspection.sentences()]


def _row(column: ReadColumn) -> tuple[str, str, str, str]:
    """Name, kind, role, and the values of a column."""
    report = column.report()
    values = _values(report)
    if report["missing"]:
        values += f" ({report['missing']:,} missing)"
    return column.name, column.kind, column.role, values.strip()


def _values(report: dict[str, Any]) -> str:
    if "categories" in report:
        some = report["categories"]
        more = f" and {len(some) - SHOWN:,} more" if len(some) > SHOWN else ""
        return ", ".join(" ".join(str(name).split()) for name in some[:SHOWN]) + more
    ends = report.get("range", [])
    said = [ungrouped(end, 6) if isinstance(end, float) else str(end) for end in ends]
    return " to ".join(said)
