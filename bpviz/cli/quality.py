"""RMSE and R², and precision, recall and F1 of classes, as `bpviz train` prints them."""

import math
from collections.abc import Iterator
from typing import Any

from bpviz.core.analysis.quality import ClassQuality, RegressionQuality, quality_of
from bpviz.core.learning.backprop import outputs
from bpviz.core.model.patterns import Patterns
from bpviz.core.run.run import Run
from bpviz.core.text.number_words import plain
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.recording.csv_tables import Row
from bpviz.session.recording.quality_table import COLUMNS
from bpviz.session.recording.quality_table import quality_rows as rows_of

MOST_CLASSES = 12
"""Classes that the summary lists; --json and the exported table have all."""


def quality_figures(setup: PreparedExperiment, run: Run) -> dict[str, Any]:
    """rmse and r2 for each output, or classes with precision, recall, f1 and support; each for
    training patterns and, as test_..., for test patterns; None where there is none."""
    figures: dict[str, Any] = dict.fromkeys(
        ("rmse", "r2", "classes", "test_rmse", "test_r2", "test_classes")
    )
    for prefix, part in _parts(setup, run):
        found = _quality(setup, run, part)
        if isinstance(found, RegressionQuality):
            names = setup.patterns.output_names
            for name, values in (("rmse", found.rmse), ("r2", found.r2)):
                pairs = zip(names, values.tolist(), strict=True)
                figures[prefix + name] = {output: _finite(value) for output, value in pairs}
        elif isinstance(found, ClassQuality):
            figures[f"{prefix}classes"] = _classes(found)
    return figures


def quality_rows(figures: dict[str, Any]) -> dict[str, str]:
    """The lines of the summary: their titles and words."""
    rows: dict[str, str] = {}
    for prefix, title in (("", ""), ("test_", "test ")):
        if figures[f"{prefix}rmse"] is not None:
            for name in ("rmse", "r2"):
                pairs = list(figures[prefix + name].items())
                said = [f"{_number(v)}" if len(pairs) == 1 else f"{n} {_number(v)}"
                        for n, v in pairs[:MOST_CLASSES]]  # fmt: skip
                rows[f"{title}{name.upper()}".strip()] = ", ".join(said)
        for n, (name, one) in enumerate((figures[f"{prefix}classes"] or {}).items()):
            if n < MOST_CLASSES:
                rows[f"{title}{name}"] = (
                    f"precision {_number(one['precision'])}, recall {_number(one['recall'])}, "
                    f"F1 {_number(one['f1'])} ({one['support']:,} patterns)"
                )
    return rows


def quality_table(setup: PreparedExperiment, run: Run) -> Iterator[Row]:
    """The same as rows of a table: the names of the columns first."""
    yield COLUMNS
    for prefix, part in _parts(setup, run):
        answers = outputs(setup.network, run.parameters, part.inputs)
        yield from rows_of("test" if prefix else "training", setup.patterns, part, answers)


def _parts(setup: PreparedExperiment, run: Run) -> Iterator[tuple[str, Patterns]]:
    yield "", run.start.train
    if setup.patterns.test is not None:
        yield "test_", setup.patterns.test


def _quality(
    setup: PreparedExperiment, run: Run, part: Patterns
) -> RegressionQuality | ClassQuality | None:
    return quality_of(
        setup.patterns, part.targets, outputs(setup.network, run.parameters, part.inputs)
    )


def _classes(found: ClassQuality) -> dict[str, dict[str, float | int | None]]:
    return {
        name: {
            "precision": _finite(found.precision[at]),
            "recall": _finite(found.recall[at]),
            "f1": _finite(found.f1[at]),
            "support": int(found.support[at]),
        }
        for at, name in enumerate(found.names)
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _number(value: float | None) -> str:
    return "none" if value is None else plain(value)
