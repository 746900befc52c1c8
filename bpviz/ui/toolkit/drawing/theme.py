"""Colours and sizes, light and dark: blue is positive, orange is negative, zero is the surface.

Positive and negative have equal OKLCH lightness (Ottosson 2020, "A perceptual color space for
image processing"), so that the sign is read from the hue and the magnitude from the strength,
also by colour-blind people and on a projector.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QPalette

from bpviz.core.values import Matrix
from bpviz.ui.toolkit.settings import Settings

Colours = NDArray[np.uint8]

SPACE = 8
"""The spacing grid in px."""

USUAL_TEXT = 12
"""The usual height of the application's font, px: 9 pt at 96 dpi."""


def scaled(px: int) -> int:
    """A length that suits the usual size of text, for the size that text has here; px."""
    return round(px * QFontInfo(QGuiApplication.font()).pixelSize() / USUAL_TEXT)


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, as #rrggbb; text contrast at least 4.5 : 1, marks 3 : 1."""

    name: str
    surface: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    grid: str
    accent: str
    on_accent: str
    positive: str
    negative: str
    unit_outline: str
    train: str
    test: str
    error: str
    warning: str
    selection: str
    classes: tuple[str, ...]

    def colour(self, role: str, alpha: int = 255) -> QColor:
        """The colour of a role (the name of a field), as a new QColor."""
        colour = QColor(getattr(self, role))
        colour.setAlpha(alpha)
        return colour

    def diverging(self, values: Matrix, limit: float) -> Colours:
        """RGB (..., 3) for signed values: surface at 0, full strength at ``limit`` and beyond.

        nan becomes the muted colour, so that it is not mistaken for zero.
        """
        table = _diverging_table(self)
        if not limit > 0.0:
            limit = 1.0
        scaled = np.clip(np.nan_to_num(values / limit), -1.0, 1.0)
        colours = table[((scaled + 1.0) * 127.5 + 0.5).astype(np.intp)]
        unknown = ~np.isfinite(values)
        if unknown.any():
            colours[unknown] = _rgb(self.muted)
        return colours

    def sequential(self, shares: Matrix) -> Colours:
        """RGB (..., 3) for shares from 0 (surface) to 1 (accent)."""
        table = _sequential_table(self)
        return table[(np.clip(np.nan_to_num(shares), 0.0, 1.0) * 255 + 0.5).astype(np.intp)]

    def class_colours(self, n_classes: int) -> Colours:
        """RGB (n_classes, 3). Two classes have the negative and the positive colour, as an output
        that tells them apart has.

        Three or more classes have colours that do not read as a sign; beyond ten they repeat,
        and a label must distinguish them.
        """
        if n_classes <= 2:
            return np.stack([_rgb(self.negative), _rgb(self.positive)])[:n_classes]
        return np.stack([_rgb(self.classes[c % len(self.classes)]) for c in range(n_classes)])

    def diverging_table(self) -> Colours:
        """The 256 colours of the diverging map, (256, 3), most negative first."""
        return _diverging_table(self)

    def view_palette(self) -> QPalette:
        """The palette of views, whose background is the surface."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self.colour("surface"))
        return palette

    def hint_palette(self) -> QPalette:
        """The same palette with muted text, for the hint of a view that has nothing to show."""
        palette = self.view_palette()
        palette.setColor(QPalette.ColorRole.WindowText, self.colour("muted"))
        return palette

    def palette(self) -> QPalette:
        """The application's palette for Qt's own widgets, as a new copy."""
        return QPalette(_palette(self))


# The class colours were chosen one after another, each the farthest in OKLab from the ones
# before it and from blue and orange, for normal, deuteranope and protanope vision (Machado et al.
# 2009). Any two of the ten are at least .08 apart, any two of the first three .15.
LIGHT = Theme(
    name="light",
    surface="#ffffff",
    panel="#f4f5f7",
    raised="#fdfdfe",
    border="#c3c8d0",
    text="#1c2026",
    muted="#5d6570",
    grid="#e3e6ea",
    accent="#4b4fc4",
    on_accent="#ffffff",
    positive="#2b7ec9",
    negative="#b75f0b",
    unit_outline="#4a515b",
    train="#4b4fc4",
    test="#0f8a6d",
    error="#b3261e",
    warning="#8a5a00",
    selection="#1c2026",
    classes=(
        "#0a9068", "#662081", "#6c4800", "#7a8af6", "#4952b9",
        "#be7ca9", "#ae931d", "#006d87", "#8e4659", "#82064c",
    ),
)  # fmt: skip

DARK = Theme(
    name="dark",
    surface="#16191d",
    panel="#1f2329",
    raised="#2a2f37",
    border="#444b56",
    text="#e8eaed",
    muted="#a2a9b4",
    grid="#2c3139",
    accent="#9a9dfa",
    on_accent="#14161a",
    positive="#53a3f2",
    negative="#e0843e",
    unit_outline="#b4bac4",
    train="#9a9dfa",
    test="#46c6a3",
    error="#ff8a80",
    warning="#e8b84a",
    selection="#ffffff",
    classes=(
        "#5bc99e", "#b25e98", "#f7e04f", "#ffb5fd", "#6674de",
        "#6cfeb9", "#a9733a", "#ecaa0b", "#e07acc", "#5ca477",
    ),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def chosen_theme(settings: Settings) -> Theme:
    """The theme that the user chose, or else the one that fits the system's."""
    name = settings.text("theme", "system")
    if name in THEMES:
        return THEMES[name]
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


@cache
def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.error,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Light: theme.raised,
        QPalette.ColorRole.Midlight: theme.grid,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.border,
        QPalette.ColorRole.Shadow: theme.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    palette.setColor(
        QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(theme.border)
    )
    return palette


@cache
def _diverging_table(theme: Theme) -> Colours:
    """256 colours from negative over the surface to positive, in even steps of OKLab."""
    negative, zero, positive = (
        _to_oklab(_rgb(colour)) for colour in (theme.negative, theme.surface, theme.positive)
    )
    # Index 128, where 0 is looked up, is the surface colour exactly.
    position = np.clip((np.arange(256) - 128) / 127, -1.0, 1.0)[:, None]
    mixed = np.where(
        position < 0,
        zero + (negative - zero) * -position,
        zero + (positive - zero) * position,
    )
    return _from_oklab(mixed)


@cache
def _sequential_table(theme: Theme) -> Colours:
    low, high = _to_oklab(_rgb(theme.surface)), _to_oklab(_rgb(theme.accent))
    return _from_oklab(low + (high - low) * np.linspace(0.0, 1.0, 256)[:, None])


def _rgb(colour: str) -> Colours:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.uint8)


# Ottosson's matrices: linear sRGB -> cone responses -> Lab.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(rgb: Colours) -> Matrix:
    s = rgb / 255.0
    linear = np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def _from_oklab(lab: Matrix) -> Colours:
    cones = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(cones @ np.linalg.inv(_TO_CONES).T, 0.0, 1.0)
    s = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((s * 255.0).round(), dtype=np.uint8)
