"""The import graph of the package, imports for type checkers included."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bpviz

ROOT = Path(bpviz.__file__).parent


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted(ROOT.rglob("*.py"))}


def _imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in MODULES:
                    yield submodule
                elif node.module in MODULES:
                    yield node.module


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The sets of modules that import each other, directly or by way of others."""
    reached = {module: _reachable(graph, module) for module in graph}
    groups = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in graph
        if module in reached[module]
    }
    return sorted(sorted(group) for group in groups)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        module = ahead.pop()
        if module not in seen:
            seen.add(module)
            ahead += graph[module]
    return seen


def test_circles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set(), "f": {"f"}}
    assert circles(graph) == [["a", "b", "c"], ["f"]]


def test_no_modules_import_each_other() -> None:
    """Imports for type checkers count: two modules that know each other are one."""
    assert circles({name: set(_imported(path)) for name, path in MODULES.items()}) == []


@pytest.mark.parametrize("folder", ["", "core", "ui"])
def test_folders_of_folders_have_at_most_three_loose_modules(folder: str) -> None:
    loose = [path.name for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]
    assert len(loose) <= 3, loose


def test_only_what_shows_the_main_window_names_it() -> None:
    naming = {
        name for name, path in MODULES.items() if "MainWindow" in path.read_text(encoding="utf-8")
        .replace("QMainWindow", "")
    }  # fmt: skip
    assert naming == {"bpviz.ui.window.main_window", "bpviz.ui.window.run_window"}
