"""Which weights are drawn, and along which lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpviz.core.values import Vector
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import PreparedExperiment, prepare
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.views.network.arrange import EDGE_BUDGET, arrange
from bpviz.ui.views.network.edges import EdgePicker, divide_budget, strands_of_unit, strongest
from bpviz.ui.views.network.layout import NetworkLayout
from bpviz.ui.views.network.lines import BATCH, batches
from bpviz.ui.views.network.numbers import number_places
from bpviz.ui.views.network.routes import distances, route, sample, smooth, spread

TEXT = TextMetrics(16.0, lambda text: 7.0 * len(text))
SHORTCUTS = (Link("input", "output"), Link("hidden 1", "output"), Link("input", "hidden 2"))


def lay_out(
    problem: str, *sizes: int, links: tuple[Link, ...] = (), size: tuple[int, int] = (620, 390)
) -> tuple[PreparedExperiment, NetworkLayout, Vector]:
    hidden = tuple(Hidden(units) for units in sizes)
    setup = prepare(experiment_for(problem, hidden=hidden, links=links))
    parameters = np.random.default_rng(3).normal(size=setup.network.n_parameters)
    setup.network.constrain(parameters)
    return setup, arrange(setup, *size, TEXT, lambda width: 16.0), parameters


# -- choice --------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=12), st.integers(1, 4000))
def test_a_budget_is_spent_as_far_as_it_can_be(counts: list[int], budget: int) -> None:
    got = divide_budget(counts, budget)
    assert all(0 <= g <= c for g, c in zip(got, counts, strict=True))
    assert sum(got) == min(sum(counts), budget)


@pytest.mark.parametrize("size", [10, 1000, 300_000])
def test_the_strongest_are_the_strongest(size: int) -> None:
    sizes = np.random.default_rng(0).standard_cauchy(size) ** 2
    chosen = strongest(sizes, 7)
    assert sorted(sizes[chosen]) == sorted(np.sort(sizes)[-7:])
    assert len(strongest(sizes, size + 5)) == size


def test_equal_magnitudes_are_chosen_too() -> None:
    assert len(set(strongest(np.ones(400_000), 2000))) == 2000


def test_a_small_network_is_drawn_whole() -> None:
    setup, layout, parameters = lay_out("iris", 4, 3)
    picker = EdgePicker(setup.network, layout)
    strands = picker.pick(parameters)
    assert picker.is_static
    assert [len(strand.source) for strand in strands] == [16, 12, 9]
    for c, strand in enumerate(strands):
        weights = setup.network.weights(parameters, c)
        assert np.array_equal(strand.weights(setup.network, parameters), weights.ravel())


def test_of_a_large_network_the_strongest_of_each_connection_are_drawn() -> None:
    setup, layout, parameters = lay_out("digits", 32)
    picker = EdgePicker(setup.network, layout)
    strands = picker.pick(parameters)
    assert picker.drawn == sum(len(strand.source) for strand in strands) == EDGE_BUDGET
    assert len(strands[1].source) == 320  # a small connection is whole
    sizes = np.sort(np.abs(setup.network.weights(parameters, 0)).ravel())
    chosen = np.abs(strands[0].weights(setup.network, parameters))
    assert np.allclose(np.sort(chosen), sizes[-len(chosen) :])


def test_absent_weights_are_not_drawn() -> None:
    links = (Link("input", "hidden 1", field=(3, 3), shared=True),)
    setup, layout, parameters = lay_out("digits", 36, links=links)
    mask = setup.network.connections[0].mask
    assert mask is not None
    strand = EdgePicker(setup.network, layout).pick(parameters)[0]
    assert mask[strand.source, strand.target].all()
    assert len(strand.source) == mask.sum()
    tight = EdgePicker(setup.network, layout, budget=50).pick(parameters)[0]
    assert mask[tight.source, tight.target].all()
    weights = setup.network.weights(parameters, 0)
    sizes = np.abs(weights[mask])
    chosen = np.abs(weights[tight.source, tight.target])
    assert np.array_equal(np.sort(chosen), np.sort(sizes)[-len(chosen) :])
    for of_unit in strands_of_unit(setup.network, layout, parameters, 1, 7, 300)[:1]:
        assert len(of_unit.source) == 9


def test_only_weights_between_drawn_units_are_drawn() -> None:
    setup, layout, parameters = lay_out("digits", *[1024] * 8, size=(300, 200))
    for strand in EdgePicker(setup.network, layout).pick(parameters):
        link = setup.network.connections[strand.connection]
        assert strand.source.max() < layout.blocks[link.source].shown
        assert strand.target.max() < layout.blocks[link.target].shown


# -- lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (5, 4), (12, 7), (3, 300), (60, 4)])
def test_shortcuts_do_not_run_through_units(sizes: tuple[int, int]) -> None:
    setup, layout, parameters = lay_out("iris", *sizes, links=SHORTCUTS)
    routes = route(setup.network, layout, EdgePicker(setup.network, layout).pick(parameters))
    curved = [r for r in routes if r.handles is not None]
    assert len(curved) == len(SHORTCUTS)
    for curve in curved:
        link = setup.network.connections[curve.strand.connection]
        for block in layout.blocks[link.source + 1 : link.target]:
            reach = block.radius if block.kind == "units" else block.radius + 5.0
            for x, y in zip(block.x, block.y, strict=True):
                assert distances(curve.points, float(x), float(y)).min() >= reach


def test_lines_join_their_units() -> None:
    setup, layout, parameters = lay_out("iris", 4, 3, links=SHORTCUTS)
    strands = EdgePicker(setup.network, layout).pick(parameters)
    for strand, line in zip(strands, route(setup.network, layout, strands), strict=True):
        link = setup.network.connections[strand.connection]
        ends = layout.blocks[link.source], layout.blocks[link.target]
        for block, units, at in zip(ends, (strand.source, strand.target), (0, -1), strict=True):
            assert np.allclose(line.points[:, at, 0], block.x[units])
            assert np.allclose(line.points[:, at, 1], block.y[units])


numbers = st.floats(-200, 200)


@given(st.lists(numbers, min_size=1, max_size=20), numbers, st.floats(0, 150))
def test_spread_keeps_order_and_bounds(wishes: list[float], low: float, span: float) -> None:
    wanted = np.array(wishes)
    heights = spread(wanted, low, low + span, 6.0)
    assert heights.min() >= low - 1e-6
    assert heights.max() <= low + span + 1e-6
    order = np.argsort(wanted, kind="stable")
    steps = np.diff(heights[order])
    assert (steps >= min(6.0, span / max(len(wishes) - 1, 1)) - 1e-6).all()


@given(st.lists(numbers, min_size=2, max_size=6))
def test_curves_go_through_their_stops_and_never_beyond(heights: list[float]) -> None:
    stops = np.stack([np.arange(len(heights)) * 40.0, heights], axis=1)[None]
    points = sample(smooth(stops))[0]
    for stop in stops[0]:
        assert np.abs(points - stop).sum(axis=1).min() < 1e-6
    assert points[:, 1].min() >= min(heights) - 1e-6
    assert points[:, 1].max() <= max(heights) + 1e-6


def test_numbers_of_weights_stand_on_their_own_line_and_apart() -> None:
    setup, layout, parameters = lay_out("xor", 3)
    strands = EdgePicker(setup.network, layout).pick(parameters)
    routes = route(setup.network, layout, strands)
    places = number_places(layout, routes, 40.0, 16.0)
    assert len(places) == 9
    for s, e, x, y in places:
        assert distances(routes[s].points[e : e + 1], x, y)[0] < 1e-6
    xy = np.array([(x / 40.0, y / 16.0) for *_, x, y in places])
    apart = np.abs(xy[:, None] - xy).max(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 1.0 - 1e-9
    assert number_places(*_crowd(), 40.0, 16.0) == ()


def _crowd() -> tuple[NetworkLayout, tuple]:
    setup, layout, parameters = lay_out("iris", 12)
    return layout, route(setup.network, layout, EdgePicker(setup.network, layout).pick(parameters))


@given(st.lists(st.floats(0, 1), max_size=400))
def test_batches_hold_every_line_once(values: list[float]) -> None:
    cuts = batches(np.sort(np.array(values)))
    assert [i for start, end in cuts for i in range(start, end)] == list(range(len(values)))
    assert all(end - start <= BATCH for start, end in cuts)
