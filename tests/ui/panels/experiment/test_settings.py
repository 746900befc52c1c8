"""Every setting of an experiment can be entered, shows, waits or acts, and is checked."""

from dataclasses import fields
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.settings import Training
from bpviz.experiment.experiment import (
    LIVE_FIELDS,
    Experiment,
    Hidden,
    Link,
    Stop,
)
from bpviz.ui.panels.experiment.draft import changed_fields
from bpviz.ui.panels.experiment.settings import MINI, SETTINGS, SettingRow

from ..conftest import Hand, HandFor

OTHER: dict[str, Any] = {
    "output": "tanh", "error": "binary", "rule": "perceptron",
    "initializer": "normal", "spread": 0.25, "seed": 1234,
    "tolerance": 0.1, "optimizer": "descent", "rate": 0.125, "momentum": 0.5, "beta1": 0.8,
    "beta2": 0.99, "rho": 0.95, "decay_l1": 0.001, "decay_l2": 0.002, "decay_share": 0.003,
    "batch": 1, "batch_size": 7,
    "order": "fixed", "reduction": "mean", "stop_epochs": 12_000, "stop_error": 0.01,
    "stop_patience": 30, "schedule": "20: 0.01/0.9", "inputs": (1, 1),
    "stop_solved": True,
}  # fmt: skip
"""Name of a setting -> an allowed value that no problem starts with."""


def apt(setting: SettingRow) -> dict[str, Any]:
    """Changes of XOR's experiment in which a setting plays a part."""
    user = next((o.name for o in OPTIMIZERS.values() if setting.name in o.uses), "momentum")
    batch = 4 if setting.name == "batch_size" else "all"
    return {"training": {"optimizer": user, "batch": batch}}


def enter(hand: Hand, setting: SettingRow, value: Any) -> None:
    name = f"field_{setting.name}"
    if setting.kind == "choice":
        hand.choose(name, value)
    elif setting.kind == "check":
        hand.tick(name)
    else:
        hand.type(name, setting.write(value))


SETTING = pytest.mark.parametrize("setting", SETTINGS, ids=[s.name for s in SETTINGS])


@SETTING
def test_a_setting_reaches_the_experiment(hand_for: HandFor, setting: SettingRow) -> None:
    hand = hand_for("xor", **apt(setting))
    before, value = hand.panel.experiment(), OTHER[setting.name]
    enter(hand, setting, value)
    handed = hand.applied if setting.new_run else hand.configured
    assert len(hand.applied) + len(hand.configured) == len(handed) > 0
    assert handed[-1] == hand.panel.experiment() == setting.put(before, value)
    assert bool(changed_fields(before, handed[-1])) == setting.new_run


@SETTING
def test_a_setting_shows_what_it_is_given(hand_for: HandFor, setting: SettingRow) -> None:
    hand = hand_for("xor", **apt(setting))
    hand.panel.set_experiment(setting.put(hand.panel.experiment(), OTHER[setting.name]), None)
    assert hand.find(f"field_{setting.name}").value == OTHER[setting.name]
    assert hand.applied == hand.configured == []


@SETTING
def test_later_a_setting_acts_at_once_or_waits(hand_for: HandFor, setting: SettingRow) -> None:
    hand = hand_for("xor", epoch=10, **apt(setting))
    before = hand.panel.experiment()
    enter(hand, setting, OTHER[setting.name])
    assert hand.applied == []
    assert bool(hand.configured) != setting.new_run
    assert bool(hand.bar()) == setting.new_run
    if setting.new_run:
        assert hand.bar() == f"1 change needs a new run (epoch 0): {setting.title}"
        assert hand.find(f"field_{setting.name}").pending
        hand.click("discard_button")
        assert hand.panel.experiment() == before
        assert hand.find(f"field_{setting.name}").value == setting.get(before)
        assert hand.bar() == ""


NUMBERS = [s for s in SETTINGS if s.kind in ("number", "whole")]


@pytest.mark.parametrize("setting", NUMBERS, ids=[s.name for s in NUMBERS])
def test_a_wrong_number_is_marked_and_explained(hand_for: HandFor, setting: SettingRow) -> None:
    hand = hand_for("xor", **apt(setting))
    before, name = hand.panel.experiment(), f"field_{setting.name}"
    for text in ("-1", "1e400", "abc"):
        line = hand.type(name, text)
        assert line.text() == text
        sentence = hand.sentence(name)
        assert sentence.lower().startswith(setting.refusal.lower() + " must be ")
        assert sentence.endswith(f", not '{text}'.")
    assert hand.applied == hand.configured == []
    other = "field_decay_l1" if name == "field_decay_l2" else "field_decay_l2"
    hand.type(other, "0.5")  # the other fields go on working, with the last allowed value here
    assert line.text() == "abc"
    assert setting.get(hand.configured[-1]) == setting.get(before)
    hand.qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert hand.sentence(name) == ""
    assert setting.get(hand.panel.experiment()) == setting.get(before)


# -- nothing of an experiment is out of reach ----------------------------------------------


def _field(hand: Hand) -> None:
    hand.click("section_links_heading")
    hand.type("field_link_input_hidden1_field", "3 x 3")


def _shared(hand: Hand) -> None:
    _field(hand)
    hand.tick("field_link_input_hidden1_shared")


def _link(name: str) -> Any:
    def tick(hand: Hand) -> None:
        hand.click("section_links_heading")
        hand.tick(name)

    return tick


def _density(hand: Hand) -> None:
    hand.click("section_links_heading")
    hand.type("field_link_input_hidden1_density", "0.5")


WAYS: dict[str, Any] = {
    "Experiment.problem": lambda hand: hand.pick("field_problem", "xor"),
    "Experiment.options": lambda hand: hand.type("field_option_data_seed", "7"),
    "Experiment.hidden": lambda hand: hand.click("hidden_add"),
    "Experiment.links": _link("field_link_input_output_present"),
    "Experiment.training": lambda hand: hand.type("field_rate", "0.125"),
    "Experiment.stop": lambda hand: hand.type("field_stop_epochs", "77"),
    "Hidden.size": lambda hand: hand.type("field_hidden_1_units", "9"),
    "Hidden.activation": lambda hand: hand.choose("field_hidden_1_activation", "relu"),
    "Hidden.dropout": lambda hand: hand.type("field_hidden_1_dropout", "0.25"),
    "Link.density": _density,
    "Link.field": _field,
    "Link.shared": _shared,
    "Link.fixed": _link("field_link_hidden1_output_fixed"),
    "Link.present": _link("field_link_input_output_present"),
}
"""Class and field -> how a person changes it; single settings are found in their table."""

OWNERS = {
    "Experiment": lambda e: e,
    "Training": lambda e: e.training,
    "Stop": lambda e: e.stop,
    "Hidden": lambda e: e.hidden[0],
    "Link": lambda e: next(iter(e.links), Link("input", "output", present=False)),
}
PATHS = {"Experiment": "", "Training": "training.", "Stop": "stop."}
FIELDS = [
    (cls.__name__, f.name)
    for cls in (Experiment, Training, Stop, Hidden, Link)
    for f in fields(cls)
    if (cls, f.name) not in {(Link, "source"), (Link, "target")}  # a row stands for the pair
]


@pytest.mark.parametrize(("owner", "name"), FIELDS)
def test_every_field_can_be_changed_by_hand(hand_for: HandFor, owner: str, name: str) -> None:
    if any(setting.path == PATHS.get(owner, "?") + name for setting in SETTINGS):
        return  # entered above
    hand = hand_for("digits")
    before = getattr(OWNERS[owner](hand.panel.experiment()), name)
    WAYS[f"{owner}.{name}"](hand)
    assert getattr(OWNERS[owner](hand.panel.experiment()), name) != before
    assert hand.applied or hand.configured


def test_live_fields_are_those_of_the_experiment() -> None:
    assert {s.field for s in SETTINGS if not s.new_run} == LIVE_FIELDS


# -- what shows when -----------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=lambda o: o.name)
def test_only_what_the_optimizer_uses_shows(hand_for: HandFor, optimizer: Any) -> None:
    hand = hand_for("xor")
    hand.choose("field_optimizer", optimizer.name)
    for name in ("rate", "momentum", "beta1", "beta2", "rho"):
        assert hand.visible(f"field_{name}") == (name in optimizer.uses)


def test_the_spread_shows_where_it_matters(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    assert hand.visible("field_spread")
    hand.type("field_spread", "abc")
    hand.choose("field_initializer", "he")
    assert not hand.visible("field_spread")
    hand.choose("field_initializer", "normal")
    assert (hand.find("field_spread").text(), hand.sentence("field_spread")) == ("0.5", "")


def test_mini_batches_keep_their_number(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.choose("field_batch", MINI)
    assert hand.configured[-1].training.batch == 10
    hand.type("field_batch_size", "3")
    hand.choose("field_batch", "all")
    assert not hand.visible("field_batch_size")
    assert hand.configured[-1].training.batch == "all"
    hand.choose("field_batch", MINI)
    assert hand.configured[-1].training.batch == 3


def test_stop_conditions_can_be_off(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.type("field_stop_epochs", "")
    hand.type("field_stop_error", "never")
    assert hand.configured[-1].stop == Stop()
    assert hand.find("field_stop_error").text() == ""
    assert hand.find("field_stop_error").placeholderText() == "never"


def test_the_tolerance_says_where_it_is_not_used(hand_for: HandFor) -> None:
    def notes(hand: Hand) -> str:
        shown = hand.find("section_stop").findChildren(QLabel)
        return " ".join(label.text() for label in shown if label.isVisibleTo(hand.panel))

    assert "largest output" in notes(hand_for("iris"))
    assert "largest output" not in notes(hand_for("xor"))
