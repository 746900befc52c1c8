"""The settings that may change while a network trains."""

from typing import Any

import pytest

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import MAX_BATCH, Training
from bpviz.core.values import BadValue


@pytest.mark.parametrize(
    "changes",
    [
        *({"optimizer": name} for name in OPTIMIZERS),
        {"rate": 0.0},
        {"rate": 1e6},
        {"rate": 1},
        {"momentum": 0.0},
        {"momentum": 0.999},
        {"beta1": 0.0, "beta2": 0.0, "rho": 0.0},
        {"decay_l1": 1e3, "decay_l2": 1e3},
        {"reduction": "mean"},
        {"order": "fixed"},
        {"batch": 1},
        {"batch": MAX_BATCH},
        {"batch": "all"},
    ],
    ids=str,
)
def test_what_is_allowed(changes: dict[str, Any]) -> None:
    training = Training(**changes)
    assert all(getattr(training, name) == value for name, value in changes.items())


@pytest.mark.parametrize(
    ("name", "value", "field", "allowed"),
    [
        ("optimizer", "newton", "optimizer", "one of " + ", ".join(OPTIMIZERS)),
        ("rate", -0.1, "learning rate", "a number from 0 to 1,000,000"),
        ("rate", float("nan"), "learning rate", "a number from 0 to 1,000,000"),
        ("rate", 1e7, "learning rate", "a number from 0 to 1,000,000"),
        ("rate", "fast", "learning rate", "a number from 0 to 1,000,000"),
        ("momentum", 1.0, "momentum", "a number from 0 to below 1"),
        ("momentum", -0.1, "momentum", "a number from 0 to 1"),
        ("beta1", 1.0, "beta1", "a number from 0 to below 1"),
        ("beta2", 1.0, "beta2", "a number from 0 to below 1"),
        ("rho", 1.0, "rho", "a number from 0 to below 1"),
        ("decay_l1", -1.0, "L1 decay", "a number from 0 to 1,000"),
        ("decay_l2", 1e4, "L2 decay", "a number from 0 to 1,000"),
        ("decay_share", 1.5, "decay share", "a number from 0 to 1"),
        ("reduction", "max", "gradient", "one of sum, mean"),
        ("order", "random", "order", "one of fixed, permuted"),
        ("batch", 0, "batch", "a whole number from 1 to 1,000,000"),
        ("batch", MAX_BATCH + 1, "batch", "a whole number from 1 to 1,000,000"),
        ("batch", 2.5, "batch", "a whole number from 1 to 1,000,000"),
        ("batch", "some", "batch", "'all' or a whole number from 1"),
    ],
)
def test_what_is_refused(name: str, value: Any, field: str, allowed: str) -> None:
    with pytest.raises(BadValue) as refusal:
        Training(**{name: value})
    assert (refusal.value.field, refusal.value.allowed) == (field, allowed)
    assert str(refusal.value) == f"{field} must be {allowed}, not {value!r}."


@pytest.mark.parametrize(("batch", "size"), [("all", 7), (1, 1), (3, 3), (7, 7), (100, 7)])
def test_batch_size(batch: Any, size: int) -> None:
    assert Training(batch=batch).batch_size(7) == size
