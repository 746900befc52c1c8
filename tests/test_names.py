"""One name for one thing: every class and every type alias has a name of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import bpviz

ROOT = Path(bpviz.__file__).parent

CAPWORDS = re.compile(r"_?[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")

SAY_NOTHING = {
    "Place", "State", "Column", "Kind", "Step", "Part", "Setting", "Look", "Moment", "Instant",
    "Scene", "Subject", "Keyframe",
}  # fmt: skip
"""Words that need another beside them to say of what: ``LessonStep``, ``PatternColumn``."""


def names_in(tree: ast.Module) -> Iterator[str]:
    """The classes of a module, also inner ones, and its type aliases in CapWords."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, ast.Name) and CAPWORDS.fullmatch(target.id):
                yield target.id


def modules_by_name() -> dict[str, set[str]]:
    """Name -> the modules that define it."""
    found: dict[str, set[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name in names_in(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(name, set()).add(module)
    return found


def test_the_names_of_a_module_are_its_classes_and_aliases() -> None:
    tree = ast.parse("class A:\n class Inner: pass\nPair = tuple[int, int]\nLIMIT = 3\nx = Pair\n")
    assert sorted(names_in(tree)) == ["A", "Inner", "Pair"]


def test_no_class_or_alias_is_defined_in_two_modules() -> None:
    found = modules_by_name()
    assert len(found) > 500
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_no_class_or_alias_has_a_name_that_says_nothing() -> None:
    assert {name.lstrip("_") for name in modules_by_name()} & SAY_NOTHING == set()
