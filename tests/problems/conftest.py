"""Tests of tables write them first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bpviz.core.model.patterns import PatternSet
from bpviz.problems.table import find_problem

LoadCsv = Callable[..., PatternSet]


@pytest.fixture
def load_csv(tmp_path: Path) -> LoadCsv:
    """load_csv(text or bytes, **options): the patterns of a file with this content."""

    def load(content: str | bytes, **options: Any) -> PatternSet:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return find_problem(str(path)).load(options)

    return load
