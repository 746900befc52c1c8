"""What the network view says in words and numbers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from bpviz.core.learning.backprop import forward
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.core.model.references import UnitRef, WeightRef
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import prepare
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.toolkit.drawing.theme import THEMES, Theme
from bpviz.ui.views.network.arrange import arrange
from bpviz.ui.views.network.edges import EdgePicker
from bpviz.ui.views.network.hover import Info, describe
from bpviz.ui.views.network.labels import (
    exact,
    largest,
    pattern_text,
    short,
    target_text,
    tenths,
    unit_names,
)
from bpviz.ui.views.network.letters import inks
from bpviz.ui.views.network.overlays import number, precise
from bpviz.ui.views.network.pattern_pass import (
    Limits,
    PatternPass,
    fixed_limits,
    needs_activations,
    pass_pattern,
)
from bpviz.ui.views.network.picture import notes

FrameFor = Callable[..., Frame]
TEXT = TextMetrics(16.0, lambda text: 7.0 * len(text))


def moment_of(frame: Frame, row: int = 0, before: Limits | None = None) -> PatternPass:
    setup = frame.setup
    layout = arrange(setup, 620, 390, TEXT, lambda width: 16.0)
    strands = EdgePicker(setup.network, layout).pick(frame.snapshot.parameters)
    limits = fixed_limits(setup)
    return pass_pattern(setup, frame.snapshot, row, layout, strands, limits, before)


def with_parameters(frame: Frame, parameters: Vector) -> Frame:
    snapshot: Snapshot = replace(frame.snapshot, parameters=parameters, activations=())
    return replace(frame, snapshot=snapshot)


def said(info: Info) -> dict[str, str]:
    return dict(info.rows)


# -- numbers and names ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (0.534, "0.53"),
        (-0.53, "−0.53"),
        (9.996, "10.0"),
        (-99.94, "−99.9"),
        (1234.4, "1234"),
        (250_000.0, "2×10⁵"),
        (1.2e44, "10⁴⁴"),
        (-1e44, "−10⁴⁴"),
        (float("nan"), "–"),
        (float("-inf"), "–"),
    ],
)
def test_short_numbers(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.53121, "+0.5312"), (-2.0, "−2.0000"), (float("nan"), "not a number")],
)
def test_exact_numbers(value: float, text: str) -> None:
    assert exact(value) == text


def test_thresholds_are_written_in_tenths() -> None:
    written = [tenths(t) for t in (1.5, -0.5, -0.0, -0.04)]
    assert written == ["1.5", "−0.5", "0.0", "0.0"]


def test_a_small_weight_does_not_read_as_zero() -> None:
    written = [number(w, 0.5) for w in (0.0, -0.002, 0.0049, 0.0004, -0.00005, -0.005, 0.5)]
    assert written == ["0.00", "−0.002", "0.005", "≈ 0", "≈ 0", "−0.01", "0.50"]


def test_the_largest_magnitude_leaves_out_what_is_not_finite() -> None:
    assert largest(np.array([1.0, -3.0, np.nan, np.inf])) == 3.0
    assert largest(np.arange(101.0), 0.98) == 98.0
    assert largest(np.array([])) == 0.0


CLASSES = PatternSet(
    "two",
    "classes",
    Patterns(np.zeros((2, 3)), np.array([[0.0], [1.0]])),
    ("a", "b", "c"),
    ("kind",),
    class_names=("cat", "dog"),
)


@pytest.mark.parametrize(
    ("problem", "row", "text"),
    [("xor", 1, "0 1 → 1"), ("iris", 0, "1: setosa"), ("digits", 1, "2: 1")],
)
def test_patterns_in_words(problem: str, row: int, text: str) -> None:
    patterns = prepare(experiment_for(problem)).patterns
    if patterns.kind == "classes":
        text = f"{row + 1}: {patterns.class_names[int(patterns.train.targets[row].argmax())]}"
    assert pattern_text(patterns, row) == text


def test_a_single_output_names_the_class_of_its_target() -> None:
    assert pattern_text(CLASSES, 1) == "2: dog"
    assert target_text(CLASSES, CLASSES.train.targets[1], 0) == "t 1 (dog)"


def test_many_numbers_of_a_pattern_are_left_out() -> None:
    values = np.arange(9.0)[None]
    names = tuple("abcdefghi")
    wide = PatternSet("wide", "regression", Patterns(values, values), names, names)
    assert pattern_text(wide, 0) == "1: 0 1 2 3 … → 0 1 2 3 …"


def test_units_have_the_names_of_columns_and_classes() -> None:
    iris = prepare(experiment_for("iris", hidden=(Hidden(2), Hidden(3))))
    assert unit_names(iris, 0) == iris.patterns.input_names
    assert unit_names(iris, 1) == ("h1.1", "h1.2")
    assert unit_names(iris, 2) == ("h2.1", "h2.2", "h2.3")
    assert unit_names(iris, 3) == iris.patterns.class_names
    assert unit_names(prepare(experiment_for("xor", hidden=(Hidden(2),))), 1) == ("h1", "h2")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_numbers_in_units_can_be_read_on_every_fill(theme: Theme) -> None:
    for rgb, ink in zip(theme.diverging_table(), inks(theme), strict=True):
        fill = QColor(*map(int, rgb))
        assert contrast(fill, ink) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    def luminance(colour: QColor) -> float:
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


# -- one instant ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", [0, 3])
def test_a_moment_is_the_forward_pass_of_the_chosen_pattern(frame_for: FrameFor, row: int) -> None:
    frame = frame_for("xor", hidden=(Hidden(3, "tanh"), Hidden(2)))
    moment = moment_of(frame, row)
    inputs = frame.setup.patterns.train.inputs[row : row + 1]
    nets, acts = forward(frame.setup.network, frame.snapshot.parameters, inputs)
    for g, (net, act) in enumerate(zip(nets, acts, strict=True)):
        assert np.array_equal(moment.act[g], act[0])
        assert np.array_equal(moment.net[g], net.ravel())


def test_the_scale_keeps_still_and_still_holds_the_weights(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    shape = frame.snapshot.parameters / np.abs(frame.snapshot.parameters).max()
    limits = moment_of(with_parameters(frame, 1.9 * shape)).limits
    assert limits.weight == 2.0
    for size, expected in ((1.99, 2.0), (0.5, 2.0), (2.01, 5.0), (4.9, 5.0), (0.3, 0.5)):
        limits = moment_of(with_parameters(frame, size * shape), 0, limits).limits
        assert limits.weight == expected


def test_limits_of_another_network_are_not_taken_over(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3, "relu"),))
    assert len(moment_of(frame, 0, Limits(1.0, (1.0,))).limits.activations) == 3


def test_unbounded_groups_are_scaled_by_many_patterns(frame_for: FrameFor) -> None:
    frame = frame_for("sine", hidden=(Hidden(6, "relu"),))
    assert needs_activations(frame.setup)
    assert not needs_activations(frame_for("xor", hidden=(Hidden(2),)).setup)
    largest_of_all = np.abs(frame.snapshot.activations[1]).max()
    limit = moment_of(frame).limits.activations[1]
    assert 0.5 * largest_of_all <= limit <= 5.1 * largest_of_all
    alone = replace(frame, snapshot=replace(frame.snapshot, activations=()))
    assert moment_of(alone).limits.activations[1] > 0.0


def test_what_is_left_out_is_said() -> None:
    for hidden, size, words in (
        ((3,), (620, 390), ""),
        ((32,), (620, 390), "The strongest 2,000 of 2,368 weights drawn."),
        ((1024,) * 8, (300, 200), "8 groups: units 1–"),
    ):
        problem = "xor" if hidden == (3,) else "digits"
        groups = tuple(Hidden(units) for units in hidden)
        setup = prepare(experiment_for(problem, hidden=groups))
        layout = arrange(setup, *size, TEXT, lambda width: 16.0)
        sentence = notes(setup, layout, EdgePicker(setup.network, layout).drawn)
        assert words in sentence
        assert bool(sentence) == bool(words)


# -- what is pointed at --------------------------------------------------------------------


def test_a_hidden_units_numbers(frame_for: FrameFor) -> None:
    moment = moment_of(frame_for("xor", hidden=(Hidden(3),)), 2)
    info = describe(moment, UnitRef(1, 1))
    assert info.title == "h2, unit 2 of hidden 1"
    net = moment.act[0] @ moment.setup.network.weights(moment.parameters, 0)[:, 1]
    bias = float(moment.biases[1][1])
    place = moment.setup.network.bias_index(1, 1)
    assert moment.neg_gradient is not None
    assert moment.change is not None
    assert said(info) == {
        "−∂E/∂b, all patterns": precise(float(moment.neg_gradient[place])),
        "last change Δb": precise(float(moment.change[place])),
        "bias": exact(bias),
        "net input": exact(float(net) + bias),
        "activation, logistic": exact(1.0 / (1.0 + np.exp(-float(net) - bias))),
    }


def test_an_outputs_numbers_include_target_and_deviation(frame_for: FrameFor) -> None:
    moment = moment_of(frame_for("xor", hidden=(Hidden(3),)), 1)
    numbers = said(describe(moment, UnitRef(2, 0)))
    assert numbers["target t"] == "+1.0000"
    assert numbers["deviation t − o"] == exact(1.0 - float(moment.act[2][0]))


def test_an_input_and_a_pixel(frame_for: FrameFor) -> None:
    assert said(describe(moment_of(frame_for("xor"), 1), UnitRef(0, 1))) == {"value": "+1.0000"}
    pixel = describe(moment_of(frame_for("digits", epochs=1)), UnitRef(0, 20))
    assert said(pixel)["pixel"] == "row 3, column 5"


def test_a_weights_numbers(frame_for: FrameFor) -> None:
    moment = moment_of(frame_for("xor", hidden=(Hidden(3),)), 3)
    info = describe(moment, WeightRef(1, 2, 0))
    weight = float(moment.setup.network.weights(moment.parameters, 1)[2, 0])
    act = float(moment.act[1][2])
    assert info.title == "h3 → y"
    assert moment.neg_gradient is not None
    assert moment.change is not None
    place = moment.setup.network.weight_index(1, 2, 0)
    assert moment.parameters[place] == weight
    assert said(info) == {
        "−∂E/∂w, all patterns": precise(float(moment.neg_gradient[place])),
        "last change Δw": precise(float(moment.change[place])),
        "weight w": exact(weight),
        "activation of h3": exact(act),
        "signal = activation × w": precise(act * weight),
    }
    assert info.remarks == ()


def test_numbers_that_were_not_computed_are_said_not_to_be(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    bare = replace(frame.snapshot, neg_gradient=None, change=None)
    moment = moment_of(replace(frame, snapshot=bare))
    for target in (WeightRef(1, 2, 0), UnitRef(1, 0)):
        numbers = said(describe(moment, target))
        assert list(numbers.values()).count("not computed") == 2


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.534, 5.0, "0.53"),
        (-0.0124, 0.05, "−0.012"),
        (-0.00034, 0.01, "−3×10⁻⁴"),
        (0.0, 0.001, "0"),
        (1e-9, 0.001, "0"),
        (float("nan"), 0.001, "–"),
    ],
)
def test_small_numbers_are_written_so_that_they_say_something(
    value: float, limit: float, text: str
) -> None:
    assert number(value, limit) == text


def test_fixed_and_shared_weights_are_told_apart(frame_for: FrameFor) -> None:
    links = (
        Link("input", "hidden 1", field=(3, 3), shared=True),
        Link("hidden 1", "output", fixed=True),
    )
    moment = moment_of(frame_for("digits", epochs=1, hidden=(Hidden(36),), links=links))
    assert describe(moment, WeightRef(0, 0, 0)).remarks == ("shared: one weight in 36 places",)
    assert describe(moment, WeightRef(1, 0, 0)).remarks == ("fixed: it is not trained",)


def test_a_unit_above_an_image_shows_the_weights_from_it(frame_for: FrameFor) -> None:
    links = (Link("input", "hidden 1", field=(3, 3), shared=True),)
    moment = moment_of(frame_for("digits", epochs=1, hidden=(Hidden(36),), links=links))
    image = describe(moment, UnitRef(1, 7)).image
    assert image is not None
    assert image.shape == (8, 8)
    assert np.isfinite(image).sum() == 9  # the field, row 2 and column 2 of its places
    assert np.isfinite(image[1:4, 1:4]).all()


def test_a_diverged_network_is_shown_as_it_is(frame_for: FrameFor) -> None:
    frame = frame_for("xor", hidden=(Hidden(3),))
    parameters = np.array(frame.snapshot.parameters)
    parameters[::2] = np.nan
    parameters[1::4] = np.inf
    moment = moment_of(with_parameters(frame, parameters))
    assert np.isfinite(moment.limits.weight)
    assert "not a number" in said(describe(moment, UnitRef(1, 0))).values()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (-0.004, "0.00"), (-0.006, "−0.01"), (-10.04, "−10.0"), (9998.0, "9998"),
     (-123456.0, "−10⁵"), (8e5, "8×10⁵"), (-8e300, "−8×10³⁰⁰"), (float("nan"), "–")],
)  # fmt: skip
def test_a_number_is_short_at_every_size(value: float, text: str) -> None:
    assert short(value) == text
