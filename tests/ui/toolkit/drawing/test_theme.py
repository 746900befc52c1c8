"""The two themes: the same hue means the same sign in both, as light and as clear."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from bpviz.ui.toolkit.drawing.theme import THEMES, Theme

both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)

BLUE, ORANGE = (200, 250), (20, 40)
"""From which hue to which a colour has this name, degrees."""

# Ottosson 2020, "A perceptual color space for image processing": linear sRGB -> cone responses,
# and the first row of cone responses -> Lab.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LIGHTNESS = np.array([0.2104542553, 0.7936177850, -0.0040720468])


def lightness(colour: QColor) -> float:
    """The L of OKLCH, 0 to 1."""
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(LIGHTNESS @ np.cbrt(CONES @ linear))


def is_of_hue(colour: QColor, hue: tuple[int, int]) -> bool:
    return hue[0] <= colour.hsvHue() <= hue[1] and colour.hsvSaturationF() > 0.5


@both_themes
def test_positive_is_blue_and_negative_is_orange_at_equal_lightness(theme: Theme) -> None:
    positive, negative = theme.colour("positive"), theme.colour("negative")
    assert is_of_hue(positive, BLUE)
    assert is_of_hue(negative, ORANGE)
    assert abs(lightness(positive) - lightness(negative)) < 0.01


@both_themes
def test_signed_numbers_become_these_colours(theme: Theme) -> None:
    """The surface at 0, the more of a colour the farther from 0, the full one at the limit."""
    colours = [QColor(*map(int, c)) for c in theme.diverging(np.linspace(-3.0, 3.0, 13), 2.0)]
    assert colours[:3] == [theme.colour("negative")] * 3
    assert colours[-3:] == [theme.colour("positive")] * 3
    assert colours[6] == theme.colour("surface")
    assert all(is_of_hue(colour, ORANGE) for colour in colours[:4])
    assert all(is_of_hue(colour, BLUE) for colour in colours[-4:])
    steps = [abs(lightness(c) - lightness(theme.colour("surface"))) for c in colours[2:11]]
    assert all(np.diff(steps[:5]) < 0.0)
    assert all(np.diff(steps[4:]) > 0.0)


@both_themes
def test_the_table_of_colours_goes_from_negative_to_positive(theme: Theme) -> None:
    table = [QColor(*map(int, colour)) for colour in theme.diverging_table()]
    assert len(table) == 256
    assert table[0] == theme.colour("negative")
    assert table[255] == theme.colour("positive")


@both_themes
def test_shares_go_from_the_surface_to_the_accent(theme: Theme) -> None:
    none, little, full = (
        QColor(*map(int, c)) for c in theme.sequential(np.array([0.0, 0.25, 1.0]))
    )
    assert none == theme.colour("surface")
    assert full == theme.colour("accent")
    assert abs(lightness(little) - lightness(none)) < abs(lightness(full) - lightness(little))


def test_themes_differ_in_their_ground_as_their_names_say() -> None:
    grounds = {name: lightness(theme.colour("surface")) for name, theme in THEMES.items()}
    assert grounds["light"] > 0.9
    assert grounds["dark"] < 0.3
    for theme in THEMES.values():
        assert abs(lightness(theme.colour("text")) - grounds[theme.name]) > 0.5
