"""From numbers to colours: scales on the diverging map, and images made with them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from bpviz.core.model.activations import Activation
from bpviz.core.text.number_words import number_text, plain, signed
from bpviz.core.values import Matrix
from bpviz.ui.toolkit.drawing.plotting import nice_step
from bpviz.ui.toolkit.drawing.theme import Colours, Theme

Codes = NDArray[np.uint8]
Pixels = NDArray[np.uint32]

FULL = 127.5
"""Half of the 256 colours of the diverging map."""


@dataclass(frozen=True, slots=True)
class ColourScale:
    """An interval of numbers on the diverging map: ``centre`` has the surface colour.

    ``low`` and ``high`` are the ends of the scale. The one farther from the centre has full
    colour, so that equal distances from the centre look equally strong. On an ``open`` scale
    there may be numbers beyond the ends, which have the colour of the end.
    """

    low: float
    centre: float
    high: float
    title: str = ""
    open: bool = False

    @property
    def reach(self) -> float:
        """The distance from the centre at which the colour is full."""
        return max(self.high - self.centre, self.centre - self.low)

    def codes(self, values: Matrix) -> Codes:
        """Indices 0..255 into the diverging map for values of any shape; nan is at the centre."""
        scaled = np.multiply(values, FULL / self.reach)
        # + .5 rounds to the nearest colour, since astype truncates.
        scaled += FULL + 0.5 - self.centre * FULL / self.reach
        if math.isnan(scaled.sum()):
            np.nan_to_num(scaled, copy=False, nan=FULL + 0.5)
        np.clip(scaled, 0.0, 255.0, out=scaled)
        return scaled.astype(np.uint8)

    def pixels(self, theme: Theme, values: Matrix) -> Pixels:
        """0xffRRGGBB for values of any shape; nan has the muted colour, not that of zero."""
        pixels = _pixel_table(theme).take(self.codes(values))
        if math.isnan(values.sum()):
            pixels[np.isnan(values)] = theme.colour("muted").rgb()
        return pixels

    def colour(self, theme: Theme, value: float) -> QColor:
        """The colour of a single number, as in ``pixels``."""
        if math.isnan(value):
            return theme.colour("muted")
        return QColor.fromRgb(_colour_list(theme)[self.code(value)])

    def code(self, value: float) -> int:
        """The index of a single number, as in ``codes``; it must not be nan."""
        code = FULL + 0.5 + (value - self.centre) * FULL / self.reach
        return int(min(max(code, 0.0), 255.0))

    def ticks(self) -> list[float]:
        """The numbers written at the scale, lowest first."""
        middle = (self.low + self.high) / 2
        return sorted({self.low, self.centre, middle, self.high})

    def tick_text(self, value: float) -> str:
        """The text of a tick: the number, or '≥ 5' where everything beyond has the same colour."""
        text = plain(value, 6)
        if self.open and value in (self.low, self.high) and value != self.centre:
            return ("≥ " if value > self.centre else "≤ ") + text
        return text

    def text(self, value: float) -> str:
        """A value as in a readout or a cell, with as many decimals as the scale distinguishes."""
        if not math.isfinite(value) or abs(value) >= 1e5:
            return number_text(value)
        decimals = min(6, max(0, 2 - math.floor(math.log10(self.reach) + 1e-9)))
        return signed(f"{round(value, decimals) + 0.0:,.{decimals}f}")


@cache
def _pixel_table(theme: Theme) -> Pixels:
    return to_pixels(theme.diverging_table())


@cache
def _colour_list(theme: Theme) -> list[int]:
    return [int(pixel) for pixel in _pixel_table(theme)]


def to_pixels(colours: Colours) -> Pixels:
    """0xffRRGGBB for RGB (..., 3)."""
    r, g, b = (colours[..., channel].astype(np.uint32) for channel in range(3))
    return (np.uint32(0xFF000000) | (r << 16) | (g << 8) | b).astype(np.uint32)


def to_image(pixels: Pixels) -> QImage:
    """A new image of 0xffRRGGBB (rows, columns), first row on top."""
    pixels = np.ascontiguousarray(pixels)
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    return image.copy()  # the array may not outlive the image


LEAST_WEIGHT_LIMIT = 0.1
"""The least end of a scale of weights: weights that have nearly vanished are not drawn as large."""

SMALLEST_LIMIT = 1e-6
"""The smallest limit of a scale: activations below it all look like 0."""


def steady_limit(largest: float, held: float) -> float:
    """The limit of a scale without bounds: 1, 2 or 5 times a power of ten, at least ``largest``.

    The ``held`` limit stays until it is exceeded or five times too large, so that a scale does
    not jump while a value moves about a round number. If both arguments are 0, the limit is 1.
    """
    if not math.isfinite(largest) or largest <= 0.0:
        return held if held > 0.0 else 1.0
    largest = max(largest, SMALLEST_LIMIT)
    if held > 0.0 and held / 5 <= largest <= held:
        return held
    return nice_step(largest, 1.0)


def activation_scale(activation: Activation, limit: float) -> ColourScale:
    """The scale for activations of a group: their bounds, or ``limit`` where there are none.

    Zero has the surface colour, as in the diagram of the network.
    """
    low = activation.low if math.isfinite(activation.low) else -limit
    high = activation.high if math.isfinite(activation.high) else limit
    bounded = math.isfinite(activation.high - activation.low)
    return ColourScale(low, 0.0, high, activation.label.split(" (")[0], open=not bounded)


def merged(scales: Sequence[ColourScale]) -> list[ColourScale]:
    """The scales without repetitions: those that colour every number alike become one."""
    groups: dict[tuple[float, float, bool], list[ColourScale]] = {}
    for scale in scales:
        groups.setdefault((scale.centre, scale.reach, scale.open), []).append(scale)
    return [
        ColourScale(
            min(scale.low for scale in alike),
            centre,
            max(scale.high for scale in alike),
            ", ".join(dict.fromkeys(scale.title for scale in alike)),
            is_open,
        )
        for (centre, _, is_open), alike in groups.items()
    ]


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever has more contrast with this colour (at least 4.5 : 1)."""
    return QColor(Qt.GlobalColor.black if _luminance(colour) > 0.179 else Qt.GlobalColor.white)


def _luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
