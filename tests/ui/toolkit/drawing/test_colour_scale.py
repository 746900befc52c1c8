"""Numbers as colours: the scales, their legends, and the small widgets beside them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.ui.toolkit.drawing.colour_scale import (
    ColourScale,
    activation_scale,
    ink_on,
    merged,
    steady_limit,
)
from bpviz.ui.toolkit.drawing.legend import KeyRow, Legend, LegendKey
from bpviz.ui.toolkit.drawing.theme import LIGHT, THEMES, Theme
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle

finite = st.floats(-1e6, 1e6)


def luminance(colour: QColor) -> float:
    parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize(
    "scale",
    [ColourScale(0, 0, 1), ColourScale(0, 0.5, 1), ColourScale(-2, 0, 2), ColourScale(20, 25, 30)],
)
def test_a_scale_gives_the_colours_of_the_diverging_map(theme: Theme, scale: ColourScale) -> None:
    values = np.linspace(scale.low - 1.0, scale.high + 1.0, 201)
    expected = theme.diverging(values - scale.centre, scale.reach)
    pixels = scale.pixels(theme, values)
    shown = np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)], axis=1)
    assert np.abs(shown.astype(int) - expected).max() <= 2  # one step of 256, rounded elsewhere
    for value, pixel in zip(values, pixels, strict=True):
        assert scale.colour(theme, float(value)) == QColor.fromRgb(int(pixel))


@given(st.lists(finite | st.just(float("nan")) | st.just(float("inf")), min_size=1))
def test_what_is_not_a_number_is_muted(values: list[float]) -> None:
    pixels = ColourScale(-1.0, 0.0, 1.0).pixels(LIGHT, np.array(values))
    muted = QColor(LIGHT.muted).rgb()
    assert [pixel == muted for pixel in pixels.tolist()] == [np.isnan(v) for v in values]


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=30))
def test_a_limit_is_round_large_enough_and_changes_seldom(sizes: list[float]) -> None:
    limit = 0.0
    for size in sizes:
        before, limit = limit, steady_limit(size, limit)
        assert limit >= size
        mantissa = float(f"{limit:.6e}".split("e")[0])
        assert mantissa in (1.0, 2.0, 5.0)
        if before and before / 5 <= max(size, 1e-6) <= before:
            assert limit == before


@pytest.mark.parametrize("held", [0.0, 2.0])
@pytest.mark.parametrize("size", [0.0, float("nan"), float("inf")])
def test_a_limit_outlives_numbers_that_say_nothing(size: float, held: float) -> None:
    assert steady_limit(size, held) == (held or 1.0)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_the_scale_of_every_activation_holds_what_a_unit_can_answer(activation) -> None:
    scale = activation_scale(activation, 5.0)
    net = np.linspace(-3.0, 3.0, 7)[:, None]
    act = np.empty_like(net)
    activation.function(net, act)
    assert scale.centre == 0.0
    assert scale.low <= act.min() <= act.max() <= scale.high
    bounded = np.isfinite([activation.low, activation.high]).all()
    assert scale.open == (not bounded)
    for value in (scale.low, scale.high):
        beyond = scale.tick_text(value)[0] in "≥≤"
        assert beyond == (scale.open and value != 0.0)


def test_scales_with_the_same_colours_become_one() -> None:
    tanh, logistic = ColourScale(-1, 0, 1, "tanh"), ColourScale(0, 0, 1, "logistic")
    relu = ColourScale(0, 0, 5, "ReLU", open=True)
    assert merged([logistic, tanh, relu, tanh]) == [ColourScale(-1, 0, 1, "logistic, tanh"), relu]


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [(ColourScale(-1, 0, 1), -0.5, "−0.50"), (ColourScale(0, 0.5, 1), 0.0432, "0.043"),
     (ColourScale(-500, 0, 500), 12.3, "12"), (ColourScale(-1, 0, 1), -0.001, "0.00"),
     (ColourScale(-1, 0, 1), float("nan"), "–"), (ColourScale(-1, 0, 1), -3e9, "−3×10⁹")],
)  # fmt: skip
def test_values_are_written_as_fine_as_the_scale(
    scale: ColourScale, value: float, text: str
) -> None:
    assert scale.text(value) == text


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_ink_can_be_read_on_every_colour(r: int, g: int, b: int) -> None:
    assert contrast(ink_on(QColor(r, g, b)), QColor(r, g, b)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_class_colours_can_be_seen_and_told_apart(theme: Theme) -> None:
    colours = [QColor(*(int(c) for c in rgb)) for rgb in theme.class_colours(10)]
    assert min(contrast(colour, QColor(theme.surface)) for colour in colours) >= 3.0
    signs = [QColor(theme.positive), QColor(theme.negative)]
    for a, b in combinations([*colours, *signs], 2):
        assert np.linalg.norm(np.subtract(a.getRgb(), b.getRgb())) > 40
    two = [QColor(*(int(c) for c in rgb)) for rgb in theme.class_colours(2)]
    assert two == [signs[1], signs[0]]
    assert (theme.class_colours(23)[10:20] == theme.class_colours(10)).all()


# -- widgets -------------------------------------------------------------------------------


def test_a_legend_keeps_its_width_while_a_limit_changes(qtbot: QtBot) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    widths = set()
    for limit in (0.5, 1.0, 2.0, 5.0, 10.0, 200.0):
        legend.set_content([ColourScale(-limit, 0.0, limit, "linear", open=True)])
        widths.add(legend.width())
    assert len(widths) == 1


def test_a_legend_says_what_it_shows(qtbot: QtBot) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    legend.set_content([ColourScale(-1, 0, 1, "tanh")], [LegendKey("dot", QColor("red"), "train")])
    assert legend.accessibleDescription() == (
        "tanh: colours from −1 to 1, no colour at 0; dot: train"
    )


def painted_areas(keys: KeyRow, colour: QColor) -> int:
    """How many pixels of a row of keys have exactly this colour."""
    image = QImage(keys.size(), QImage.Format.Format_RGB32)
    image.fill(0)
    keys.render(image)
    return sum(
        image.pixelColor(x, y) == colour for y in range(keys.height()) for x in range(keys.width())
    )


@pytest.mark.parametrize("width", [90, 200, 900])
def test_keys_take_as_many_lines_as_they_need(qtbot: QtBot, width: int) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column, keys = QVBoxLayout(window), KeyRow(LIGHT)
    column.addWidget(keys)
    column.addStretch(1)
    colour = QColor(LIGHT.positive)
    window.resize(width, 300)
    window.show()
    painted = []
    for count in (1, 6):
        keys.set_keys([LegendKey("area", colour, f"key {n}") for n in range(count)])
        qtbot.waitUntil(lambda: keys.height() == keys.heightForWidth(keys.width()))
        painted.append(painted_areas(keys, colour))
    assert painted[0] > 50
    # All six areas are painted whole (a line lower down may round to one px less or more).
    assert abs(painted[1] - 6 * painted[0]) <= 6 * KeyRow.MARK


def test_a_line_of_text_is_cut_and_then_tells_it_all(qtbot: QtBot) -> None:
    line = TextLine()
    qtbot.addWidget(line)
    line.resize(60, 17)
    hint = line.sizeHint()
    line.set_text("a text that is far too long for this")
    assert line.toolTip() == line.accessibleName() == line.text
    assert line.sizeHint() == hint
    line.resize(600, 17)
    line.set_text("short")
    assert line.toolTip() == ""


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_toggle_that_is_on_looks_different(qtbot: QtBot, theme: Theme) -> None:
    toggle = Toggle("Sort", "sort", "Sort the rows")
    qtbot.addWidget(toggle)
    toggle.set_theme(theme)
    looks = []
    for on in (False, True):
        toggle.setChecked(on)
        palette = toggle.palette()
        looks.append(palette.button().color())
        assert contrast(palette.buttonText().color(), palette.button().color()) >= 4.5
    assert looks[0] != looks[1]
