"""The table of problems: every built-in one by name, and any table in a file by its path."""

from bpviz.core.values import BadValue, meant, one_of
from bpviz.problems.base import Problem
from bpviz.problems.chapter_eight import CHAPTER_EIGHT
from bpviz.problems.family_trees import FAMILY_TREES
from bpviz.problems.functions import FUNCTIONS
from bpviz.problems.letters import LETTERS
from bpviz.problems.plane_points import PLANE_POINTS
from bpviz.problems.real_data import REAL_DATA
from bpviz.problems.tables.problem import looks_like_table, table_problem
from bpviz.problems.truth_tables import TRUTH_TABLES
from bpviz.problems.worked_example import WORKED_EXAMPLES

PROBLEMS: dict[str, Problem] = {
    row.name: row
    for row in (
        *TRUTH_TABLES, *CHAPTER_EIGHT, *FAMILY_TREES, *PLANE_POINTS, *FUNCTIONS, *LETTERS,
        *REAL_DATA, *WORKED_EXAMPLES,
    )
}  # fmt: skip
"""Every built-in problem by name; a new one is one row, and the tests walk the rows."""


def find_problem(name_or_path: str) -> Problem:
    """The problem of this name, or the one that reads this CSV file.

    Raises BadValue if it is neither.
    """
    if name_or_path in PROBLEMS:
        return PROBLEMS[name_or_path]
    if looks_like_table(name_or_path):
        return table_problem(name_or_path)
    allowed = f"the path of a CSV file, or {one_of(PROBLEMS)}"
    raise BadValue("problem", name_or_path, allowed, meant(name_or_path, PROBLEMS))
