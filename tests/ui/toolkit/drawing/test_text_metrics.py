"""Names cut short: the parts that tell them apart stay."""

import pytest
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

from bpviz.ui.toolkit.drawing.text_metrics import elided_name

NAMES = ("Neighborhood_NAmes", "Neighborhood_OldTown", "Neighborhood_Edwards")


@pytest.mark.parametrize("kind", [QFontMetrics, QFontMetricsF])
def test_long_names_that_differ_at_their_ends_stay_apart(qapp: object, kind: type) -> None:
    metrics = kind(QFont())
    width = 0.6 * metrics.horizontalAdvance(NAMES[0])
    shown = [elided_name(metrics, name, width) for name in NAMES]
    assert len(set(shown)) == len(NAMES)
    for text in shown:
        assert "…" in text
        assert text.startswith("Ne")
        assert metrics.horizontalAdvance(text) <= width
    assert elided_name(metrics, NAMES[0], 1e4) == NAMES[0]
