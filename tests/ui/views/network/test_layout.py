"""Where a network's picture has its parts: nothing overlaps, nothing leaves the picture."""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pytest

from bpviz.core.model.network import Connection, Group, Network
from bpviz.core.model.patterns import Patterns, PatternSet
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import PreparedExperiment, prepare
from bpviz.ui.toolkit.drawing.text_metrics import TextMetrics
from bpviz.ui.views.network.arrange import arrange
from bpviz.ui.views.network.layout import (
    GroupBlock,
    NetworkLayout,
    columns_of,
    count_weights,
)

TEXT = TextMetrics(16.0, lambda text: 7.0 * len(text))
SIZES = [(300, 200), (620, 390), (900, 660), (1600, 1100)]


def setup_for(problem: str, *sizes: int, links: tuple[Link, ...] = ()) -> PreparedExperiment:
    hidden = tuple(Hidden(size) for size in sizes)
    return prepare(experiment_for(problem, hidden=hidden, links=links))


NETWORKS = {
    "no hidden group": ("xor",),
    "2-3-1": ("xor", 3),
    "8 groups": ("spiral", 8, 8, 8, 8, 8, 8, 8, 8),
    "sizes differ": ("iris", 3, 40, 2, 700),
    "image": ("digits", 32),
    "1,024 units": ("xor", 1024),
    "8 groups of 1,024": ("digits", *[1024] * 8),
}


def lay_out(
    name: str, size: tuple[float, float] = (620, 390)
) -> tuple[PreparedExperiment, NetworkLayout]:
    problem, *sizes = NETWORKS[name]
    setup = setup_for(str(problem), *map(int, sizes))
    return setup, arrange(setup, *size, TEXT, lambda width: 16.0)


def drawn(block: GroupBlock) -> Iterator[tuple[float, float, float, float]]:
    for x, y in zip(block.x, block.y, strict=True):
        yield x - block.radius, y - block.radius, x + block.radius, y + block.radius


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_everything_is_inside_and_apart(name: str, size: tuple[float, float]) -> None:
    _, layout = lay_out(name, size)
    stripes = [layout.header, layout.stage, layout.notes, layout.legend]
    for above, below in pairwise(stripes):
        assert above.bottom <= below.top + 1e-6
    assert layout.legend.bottom <= layout.height
    for block in layout.blocks:
        boxes = np.array(list(drawn(block)))
        assert boxes[:, 0].min() >= layout.stage.left - 1
        assert boxes[:, 2].max() <= layout.stage.right + 1
        assert boxes[:, 1].min() >= layout.stage.top
        assert boxes[:, 3].max() <= layout.stage.bottom + 1
        assert block.caption.top >= layout.stage.top - 1e-6
        assert block.caption.left >= layout.stage.left - 1e-6
        assert block.caption.right <= layout.stage.right + 1e-6
        assert block.shown >= 1
    for left, right in pairwise(sorted(layout.blocks, key=lambda b: layout.columns[b.group])):
        assert left.box.right < right.box.left


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NETWORKS)
def test_units_of_a_group_do_not_overlap(name: str, size: tuple[float, float]) -> None:
    _, layout = lay_out(name, size)
    for block in layout.blocks:
        places = np.stack([block.x, block.y], axis=1)[:200]
        away = np.linalg.norm(places[:, None] - places, axis=2)
        np.fill_diagonal(away, np.inf)
        assert away.min() >= 2 * block.radius - 1e-6


@pytest.mark.parametrize("name", NETWORKS)
def test_every_unit_is_found_where_it_is_drawn(name: str) -> None:
    _, layout = lay_out(name)
    for block in layout.blocks:
        for unit in range(0, block.shown, max(block.shown // 50, 1)):
            assert block.unit_at(float(block.x[unit]), float(block.y[unit])) == unit
        assert block.unit_at(-10.0, -10.0) is None


@pytest.mark.parametrize("name", NETWORKS)
def test_units_that_find_no_room_are_counted(name: str) -> None:
    setup, layout = lay_out(name, (300, 200))
    for group, shown in layout.truncated(setup.network):
        assert 0 < shown < group.size
    missing = sum(g.size for g in setup.network.groups) - sum(b.shown for b in layout.blocks)
    assert missing == sum(group.size - shown for group, shown in layout.truncated(setup.network))
    if name == "8 groups of 1,024":
        assert missing > 0
        assert layout.notes.height > 0


def test_1024_units_in_each_of_8_groups_are_all_drawn_in_a_dock() -> None:
    setup, layout = lay_out("8 groups of 1,024")
    assert layout.truncated(setup.network) == []


def test_an_image_is_drawn_with_its_rows_and_columns() -> None:
    _, layout = lay_out("image")
    block = layout.blocks[0]
    assert block.kind == "image"
    assert block.columns == 8
    assert block.y[7] == block.y[0] < block.y[8]
    assert block.x[8] == block.x[0] < block.x[1]


def test_few_units_have_their_names_and_numbers_and_crowded_ones_do_not() -> None:
    few, many = lay_out("2-3-1")[1].blocks, lay_out("1,024 units")[1].blocks
    assert [block.value for block in few] == ["inside"] * 3
    assert few[1].name == "above"
    assert few[1].bias
    assert many[1].kind == "cells"
    assert many[1].name == "none"


def test_a_small_picture_is_laid_out_as_the_smallest_one() -> None:
    _, tiny = lay_out("2-3-1", (10, 10))
    assert (tiny.width, tiny.height) == (300, 200)


def test_groups_stand_behind_all_that_they_get_input_from() -> None:
    groups = (
        Group("left", 2, "input"),
        Group("right", 3, "input"),
        Group("a", 3, "hidden", "tanh"),
        Group("b", 2, "hidden", "tanh"),
        Group("c", 2, "hidden", "tanh"),
        Group("output", 1, "output", "logistic"),
    )
    pairs = ((0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (0, 5))
    network = Network(groups, tuple(Connection(*pair) for pair in pairs))
    assert columns_of(network) == (0, 0, 1, 1, 2, 3)
    values = np.zeros((1, 5))
    patterns = PatternSet("hand", "table", Patterns(values, values[:, :1]), tuple("abcde"), ("y",))
    base = setup_for("xor", 3)
    setup = PreparedExperiment(
        base.experiment, patterns, network, base.criterion, base.shown, None, (0, 0), ()
    )
    layout = arrange(setup, 620, 390, TEXT, lambda width: 16.0)
    for one, other in combinations(layout.blocks, 2):
        if layout.columns[one.group] == layout.columns[other.group]:
            assert one.box.bottom <= other.caption.top


def test_absent_weights_do_not_count() -> None:
    setup = setup_for("digits", 36, links=(Link("input", "hidden 1", field=(3, 3)),))
    assert count_weights(setup.network) == 36 * 9 + 36 * 10
