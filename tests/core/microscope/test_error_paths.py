"""The paths of the error back to a unit sum to its delta, whatever the network."""

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpviz.core.learning.rules import RULES
from bpviz.core.microscope.error_paths import Path, PathTree, count_paths
from bpviz.core.microscope.microscope import NextUpdate, unit_terms
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Network, layered
from bpviz.core.model.references import UnitRef
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.edits import SetClamps
from bpviz.core.run.observe import next_update
from bpviz.core.run.run import Run

from ..strategies import PAIRS, networks, random_patterns, seeds, start_of


def parts(paths: list[Path]) -> tuple[float, float]:
    """The sum of the paths' products, and of their sizes."""
    products = [path.product for path in paths]
    return fsum(products), fsum(map(abs, products))


def check_unit(update: NextUpdate, tree: PathTree, p: int, group: int, unit: int) -> None:
    """Every level of the tree below a unit sums to the one above, and the ends to its delta."""
    trace = update.trace()
    terms = unit_terms(update, trace, group, unit)
    first, ends = list(tree.of(group, unit)), list(tree.complete(group, unit))
    assert len(ends) == count_paths(update, group, unit)
    for level in (first, ends):
        total, size = parts(level)
        assert total == pytest.approx(float(terms.signal[p]), rel=0, abs=1e-12 * max(size, 1e-3))
    total, size = parts(ends)
    delta = total * float(terms.slope[p])
    assert delta == pytest.approx(float(terms.delta[p]), rel=0, abs=1e-12 * max(size, 1e-3))
    for path in first:
        beyond = list(tree.beyond(path))
        assert bool(beyond) == tree.opens(path)
        if beyond:
            total, size = parts(beyond)
            assert total == pytest.approx(path.product, rel=0, abs=1e-12 * max(size, 1e-3))
    for path in ends:
        assert_is_a_way(update.network, group, unit, path)


def assert_is_a_way(network: Network, group: int, unit: int, path: Path) -> None:
    """Its weights join on to each other, or within a softmax group, and are all there."""
    at = (group, unit)
    for weight in path.weights:
        link = network.connections[weight.connection]
        softmax = network.groups[link.source].activation == "softmax"
        assert link.source == at[0]
        assert weight.source == at[1] or softmax
        assert link.mask is None or link.mask[weight.source, weight.target]
        at = (link.target, weight.target)
    assert path.sideways or at == (path.group, path.unit)
    weights = [f for f in path.factors if f.kind == "weight"]
    assert len(weights) == len(path.weights)


@pytest.mark.parametrize(("error", "output"), PAIRS)
@settings(max_examples=12)
@given(data=st.data(), seed=seeds, clamped=st.booleans())
def test_the_paths_sum_to_the_delta(
    error: str, output: str, data: st.DataObject, seed: int, clamped: bool
) -> None:
    """Random deep networks with shortcuts, masks, ties, fixed weights, softmax groups, clamps."""
    rng = np.random.default_rng(seed)
    network = data.draw(networks(output))
    patterns = random_patterns(network, LOSSES[error], 3, rng)
    run = Run(start_of(network, patterns, error=error, seed=seed, rate=0.01))
    run.advance(1)
    if clamped:
        group = int(rng.integers(len(network.groups)))
        apply_edit(
            run, SetClamps({UnitRef(group, int(rng.integers(network.groups[group].size))): 0.4})
        )
    update = next_update(run)
    p = int(rng.integers(3))
    tree = PathTree(update, p)
    for group, row in enumerate(network.groups):
        for unit in range(row.size):
            if row.role == "hidden" and UnitRef(group, unit) not in update.clamps:
                check_unit(update, tree, p, group, unit)
            else:
                assert tree.of(group, unit) == ()
                assert count_paths(update, group, unit) == 0


def test_a_hidden_unit_of_a_chain_has_one_path_with_all_its_factors() -> None:
    network = layered((1, 1, 1, 1), ("tanh", "logistic", "linear"))
    run = Run(start_of(network, random_patterns(network, LOSSES["squared"], 2,
                                                np.random.default_rng(3))))  # fmt: skip
    update = next_update(run)
    (path,) = PathTree(update, 1).complete(1, 0)
    trace = update.trace()
    second, third = (float(network.weights(run.parameters, c)[0, 0]) for c in (1, 2))
    h = float(trace.act[2][1, 0])
    assert [f.kind for f in path.factors] == ["weight", "slope", "weight"]
    assert [f.value for f in path.factors] == pytest.approx([second, h * (1 - h), third], rel=1e-12)
    assert path.end == pytest.approx(float(trace.delta[3][1, 0]), rel=1e-12)


def test_only_what_is_opened_is_computed() -> None:
    """Of 100 x 100 x 100 x 100 paths and more, one level at a time."""
    network = layered((3, 100, 100, 100, 100, 2), ("tanh",) * 4 + ("linear",))
    patterns = random_patterns(network, LOSSES["squared"], 2, np.random.default_rng(0))
    update = next_update(Run(start_of(network, patterns)))
    assert count_paths(update, 1, 0) == 100**3 * 2
    tree = PathTree(update, 0)
    level = tree.of(1, 5)
    while level:
        assert len(level) <= 100
        path, level = level[-1], tree.beyond(level[-1])
    assert (path.group, len(path.weights)) == (5, 4)


def test_a_rule_that_does_not_go_backward_has_no_paths() -> None:
    network = layered((2, 2, 1), ("step", "step"))
    patterns = random_patterns(network, LOSSES["squared"], 2, np.random.default_rng(0))
    start = start_of(network, patterns)
    update = next_update(Run(start))
    assert count_paths(update, 1, 0) == 1
    still = NextUpdate(*(getattr(update, f) if f != "rule" else RULES["perceptron"]
                    for f in NextUpdate.__slots__))  # fmt: skip
    assert PathTree(still, 0).of(1, 0) == ()
    assert count_paths(still, 1, 0) == 0
