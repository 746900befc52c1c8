"""The text measurements that a layout needs, without a font or a screen."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextMetrics:
    """The height of a line, and the width of a string, px."""

    line: float
    width: Callable[[str], float]
