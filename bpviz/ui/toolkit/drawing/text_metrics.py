"""The text measurements that a layout needs, without a font or a screen; and names cut short."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF


@dataclass(frozen=True, slots=True)
class TextMetrics:
    """The height of a line, and the width of a string, px."""

    line: float
    width: Callable[[str], float]


def elided_name(metrics: QFontMetrics | QFontMetricsF, name: str, width: float) -> str:
    """A name, without its middle if it is wider than this: long names often differ at their ends.

    Sentences are cut at their ends instead.
    """
    if isinstance(metrics, QFontMetricsF):
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(width))
