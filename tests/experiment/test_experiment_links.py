"""Connections other than the dense ones between neighbours."""

import numpy as np
import pytest

from bpviz.core.learning.backprop import forward
from bpviz.experiment.experiment import Hidden, Link
from bpviz.experiment.prepare import PreparedExperiment, new_run
from tests.core.strategies import free_directions

from ..experiments import SIDE, image_setup, setup_of


def pairs(setup: PreparedExperiment) -> set[tuple[str, str]]:
    groups = setup.network.groups
    return {(groups[c.source].name, groups[c.target].name) for c in setup.network.connections}


CHAIN = {("input", "hidden 1"), ("hidden 1", "output")}


def test_neighbours_are_connected_and_nothing_else() -> None:
    setup = setup_of()
    assert pairs(setup) == CHAIN
    assert all(c.mask is c.ties is None and not c.fixed for c in setup.network.connections)


def test_a_shortcut() -> None:
    setup = setup_of(hidden=(Hidden(1),), links=(Link("input", "output"),))
    assert pairs(setup) == CHAIN | {("input", "output")}
    assert setup.network.n_parameters == 2 + 2 + 1 + 2


def test_a_removed_connection() -> None:
    two = (Hidden(2), Hidden(2))
    skip = Link("input", "hidden 2")
    gone = Link("hidden 1", "hidden 2", present=False)
    setup = setup_of(hidden=two, links=(skip, gone))
    assert pairs(setup) == {
        ("input", "hidden 1"), ("input", "hidden 2"), ("hidden 2", "output"),
    }  # fmt: skip
    assert len(new_run(setup).advance(3)) == 3


def test_a_fixed_connection_is_not_trained() -> None:
    setup = setup_of(links=(Link("input", "hidden 1", fixed=True),))
    run = new_run(setup)
    before = run.parameters.copy()
    run.advance(20)
    weights = [setup.network.weights(vector, 0) for vector in (before, run.parameters)]
    np.testing.assert_array_equal(*weights)
    assert weights[0].all()
    assert (setup.network.weights(run.parameters, 1) != setup.network.weights(before, 1)).all()


def mask_of(setup: PreparedExperiment) -> np.ndarray:
    mask = setup.network.connections[0].mask
    assert mask is not None
    return mask


def test_a_density_is_the_share_of_weights_that_exist() -> None:
    link = Link("input", "hidden 1", density=0.3)
    mask = mask_of(image_setup(link, hidden=1000))
    assert mask.mean() == pytest.approx(0.3, abs=0.02)
    np.testing.assert_array_equal(mask, mask_of(image_setup(link, hidden=1000)))
    assert (mask != mask_of(image_setup(link, hidden=1000, seed=1))).any()


def test_masks_have_a_stream_of_their_own() -> None:
    """The weights that exist are those of the dense network with the same seed."""
    dense, thin = image_setup(), image_setup(Link("input", "hidden 1", density=0.5))
    one, other = new_run(dense).parameters, new_run(thin).parameters
    present = np.ones(len(one), dtype=bool)
    thin.network.weights(absent := np.zeros(len(one)), 0)[:] = ~mask_of(thin)
    present[absent.astype(bool)] = False
    np.testing.assert_array_equal(other, np.where(present, one, 0.0))
    assert 0 < np.count_nonzero(~present) < SIDE**2 * 4


def test_a_full_density_is_no_mask() -> None:
    assert image_setup(Link("input", "hidden 1", density=1.0)).network.connections[0].mask is None


def test_a_receptive_field_sees_its_place_of_the_image() -> None:
    """3 x 2 fields over 4 x 4 pixels: 2 x 3 places, row by row."""
    setup = image_setup(Link("input", "hidden 1", field=(3, 2)), hidden=6)
    for unit, seen in enumerate(mask_of(setup).T):
        top, left = divmod(unit, 3)
        expected = np.zeros((SIDE, SIDE), dtype=bool)
        expected[top : top + 3, left : left + 2] = True
        np.testing.assert_array_equal(seen.reshape(SIDE, SIDE), expected)
    assert not setup.network.is_tied


def test_shared_fields_see_the_same_in_every_place() -> None:
    """After training too: a pattern moved by a pixel excites the unit that is one further."""
    setup = image_setup(Link("input", "hidden 1", field=(3, 3), shared=True))
    run = new_run(setup)
    before = run.parameters.copy()
    run.advance(30)
    assert (run.parameters != before)[setup.network.trainable].all()
    image = np.zeros((SIDE, SIDE))
    image[:3, :3] = np.random.default_rng(1).random((3, 3))
    moved = np.stack([np.roll(image, (down, right), (0, 1)) for down in (0, 1) for right in (0, 1)])
    _, acts = forward(setup.network, run.parameters, moved.reshape(4, -1))
    excited = np.diag(acts[1])
    np.testing.assert_allclose(excited, excited[0], rtol=1e-12)
    assert len(free_directions(setup.network)) == 9 + 1 + 3 * 4 + 3


def test_a_field_may_be_thinned_out() -> None:
    link = Link("input", "hidden 1", field=(3, 3), density=0.5)
    full = mask_of(image_setup(Link("input", "hidden 1", field=(3, 3))))
    thin = mask_of(image_setup(link))
    assert not thin[~full].any()
    assert 0 < thin.sum() < full.sum()
