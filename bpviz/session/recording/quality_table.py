"""RMSE and R² of outputs, or precision, recall and F1 of classes, as rows of a table."""

from collections.abc import Iterator

from bpviz.core.analysis.quality import ClassQuality, RegressionQuality, quality_of
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.values import Matrix
from bpviz.session.recording.csv_tables import Row

COLUMNS: Row = ("patterns", "of", "rmse", "r2", "precision", "recall", "f1", "support")


def quality_rows(
    which: str, patterns: PatternSet, part: Patterns, outputs: Matrix
) -> Iterator[Row]:
    """The rows of one split: ``outputs`` (P, m) for its patterns; ``which`` is its name."""
    found = quality_of(patterns, part.targets, outputs)
    if isinstance(found, RegressionQuality):
        rows = zip(patterns.output_names, found.rmse, found.r2, strict=True)
        for name, rmse, r2 in rows:
            yield which, name, float(rmse), float(r2), "", "", "", len(part)
    elif isinstance(found, ClassQuality):
        for at, name in enumerate(found.names):
            scores = (float(v[at]) for v in (found.precision, found.recall, found.f1))
            yield which, name, "", "", *scores, int(found.support[at])
