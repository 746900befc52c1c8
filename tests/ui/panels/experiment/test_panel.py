"""The experiment panel, driven by typing and clicking."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from bpviz.core.model.network import MAX_HIDDEN_GROUPS
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.prepare import prepare
from bpviz.ui.toolkit.drawing.theme import DARK

from ..conftest import HandFor

# -- hidden groups -------------------------------------------------------------------------


def test_hidden_groups_are_added_up_to_the_most(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    for n in range(2, MAX_HIDDEN_GROUPS + 1):
        hand.click("hidden_add")
        assert len(hand.applied[-1].hidden) == n
    assert not hand.find("hidden_add").isEnabled()
    assert "at most 8" in hand.find("hidden_add").toolTip()


def test_removing_a_group_leaves_what_is_typed_in_the_others(hand_for: HandFor) -> None:
    hand = hand_for("xor", hidden=(Hidden(3), Hidden(4), Hidden(5, "tanh")))
    hand.type("field_hidden_3_units", "many")
    hand.click("hidden_1_remove")
    assert hand.applied[-1].hidden == (Hidden(4), Hidden(5, "tanh"))
    assert hand.find("field_hidden_2_units").text() == "many"
    assert hand.sentence("field_hidden_2_units")
    hand.click("hidden_2_remove")
    hand.click("hidden_1_remove")
    assert hand.applied[-1].hidden == ()
    assert not hand.panel.findChildren(QWidget, "field_hidden_1_units")


@pytest.mark.parametrize("text", ["0", "1,025", "2.5", "", "abc"])
def test_units_out_of_range_are_explained(hand_for: HandFor, text: str) -> None:
    hand = hand_for("xor", hidden=(Hidden(3), Hidden(3)))
    hand.type("field_hidden_2_units", text)
    assert hand.sentence("field_hidden_2_units").startswith("Units of hidden 2 must be ")
    assert "from 1 to 1,024" in hand.sentence("field_hidden_2_units")
    assert hand.applied == []


def test_dropout_is_typed_and_goes_with_its_group(hand_for: HandFor) -> None:
    hand = hand_for("iris", hidden=(Hidden(3), Hidden(4, "tanh", 0.5)))
    assert hand.find("field_hidden_2_dropout").text() == "0.5"
    hand.type("field_hidden_1_dropout", "0,2")
    assert [group.dropout for group in hand.applied[-1].hidden] == [0.2, 0.5]
    hand.type("field_hidden_2_dropout", "1")
    assert "from 0 to 0.95" in hand.sentence("field_hidden_2_dropout")
    hand.click("hidden_1_remove")
    assert hand.applied[-1].hidden == (Hidden(4, "tanh", 0.5),)


# -- waiting, applying, refusing -----------------------------------------------------------


def test_changes_wait_and_are_applied_together(hand_for: HandFor) -> None:
    hand = hand_for("parity", epoch=12)
    hand.type("field_seed", "7")
    hand.click("hidden_add")
    hand.type("field_option_n", "5")
    hand.type("field_rate", "0.25")
    assert hand.applied == []
    assert hand.bar() == (
        "3 changes need a new run (epoch 0): Number of inputs, Hidden groups, Seed"
    )
    live = hand.configured[-1]
    assert (live.seed, live.options, len(live.hidden)) == (0, {}, 1)
    assert live.training.rate == 0.25
    hand.click("apply_button")
    (applied,) = hand.applied
    assert (applied.seed, applied.options, len(applied.hidden)) == (7, {"n": 5}, 2)
    assert applied.training.rate == 0.25
    assert hand.bar() == ""
    hand.answer()
    assert not hand.find("field_seed").pending


def test_taking_a_change_back_ends_the_waiting(hand_for: HandFor) -> None:
    hand = hand_for("parity", epoch=12)
    hand.type("field_option_n", "5")
    assert hand.bar()
    hand.type("field_option_n", "4")
    assert hand.bar() == ""


def test_apply_waits_until_wrong_entries_are_mended(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=12)
    hand.type("field_hidden_1_units", "5")
    hand.type("field_seed", "x")
    assert not hand.find("apply_button").isEnabled()
    assert hand.bar().endswith("First correct: Seed")
    hand.type("field_seed", "3", end=None)
    assert hand.find("apply_button").isEnabled()
    hand.click("apply_button")  # takes the focus, which finishes the typing
    assert (hand.applied[0].seed, hand.applied[0].hidden[0].size) == (3, 5)


def test_a_wrong_live_entry_does_not_hold_apply_back(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=12)
    hand.type("field_seed", "3")
    hand.type("field_rate", "fast")
    hand.click("apply_button")
    assert hand.applied[0].training.rate == 0.5
    hand.answer()
    assert hand.find("field_rate").text() == "fast"


def test_discard_also_takes_wrong_entries_back(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=12)
    hand.type("field_hidden_1_units", "5")
    hand.type("field_seed", "x")
    hand.click("discard_button")
    assert (hand.find("field_hidden_1_units").text(), hand.find("field_seed").text()) == ("3", "0")
    assert hand.sentence("field_seed") == ""


REFUSALS = {
    "problem": "field_problem",
    "output activation": "field_output",
    "error": "field_error",
    "initial weights": "field_initializer",
    "seed": "field_seed",
    "batch": "field_batch",
    "activation of hidden 2": "field_hidden_2_activation",
    "units of group hidden 1": "field_hidden_1_units",
    "number of inputs": "field_option_n",
    "density of connection input to hidden 1": "field_link_input_hidden1_density",
    "connection hidden 1 to output": "field_link_hidden1_output_present",
}


@pytest.mark.parametrize(("field", "name"), REFUSALS.items())
def test_a_refusal_marks_its_field(hand_for: HandFor, field: str, name: str) -> None:
    hand = hand_for("parity", epoch=3, hidden=(Hidden(3), Hidden(4)))
    hand.panel.set_refused(field, f"{field} must be good, not bad.")
    entry = hand.find(name)
    assert entry.sentence == f"{field[:1].upper()}{field[1:]} must be good, not bad."
    assert entry.isVisibleTo(hand.panel)
    assert entry.visibleRegion().isEmpty() is False
    assert not hand.visible("panel_message")


def test_a_refusal_of_no_field_stands_at_the_top(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.panel.set_refused("targets", "targets must be 4 rows, not 3.")
    assert hand.find("panel_message").text() == "Targets must be 4 rows, not 3."
    assert hand.visible("panel_message")
    hand.type("field_seed", "3")  # a new attempt
    assert not hand.visible("panel_message")


def test_a_refused_change_can_be_mended_or_taken_back(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.choose("field_output", "softmax")
    hand.panel.set_refused("output activation", "output activation is 'softmax': ...")
    assert hand.bar() == "1 change needs a new run (epoch 0): Output activation"
    hand.type("field_rate", "0.25")  # the run that is there goes on, with its own output
    assert hand.configured[-1].output == "logistic"
    hand.choose("field_output", "tanh")
    assert hand.applied[-1].output == "tanh"
    assert hand.find("field_output").sentence == ""
    hand.panel.set_refused("output activation", "output activation is 'tanh': ...")
    hand.click("discard_button")
    assert hand.panel.experiment().output == "logistic"
    assert hand.find("field_output").sentence == ""


# -- what arrives from outside -------------------------------------------------------------


def test_showing_an_experiment_emits_nothing(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    for problem in ("spiral", "digits", "parity", "xor"):
        setup = prepare(experiment_for(problem))
        hand.panel.set_experiment(setup.experiment, setup.patterns)
        assert hand.panel.experiment() == setup.experiment
    assert hand.applied == hand.configured == []


def test_what_is_being_typed_survives_a_new_run(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    line = hand.type("field_rate", "0.12", end=None)
    hand.panel.set_experiment(experiment_for("xor", seed=3, training={"rate": 0.75}), None)
    assert line.text() == "0.12"
    assert hand.find("field_seed").text() == "3"
    hand.qtbot.keyClicks(line, "5")
    hand.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert hand.configured[-1].training.rate == 0.125


def test_a_slow_answer_does_not_undo_newer_entries(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.type("field_seed", "5")
    hand.type("field_hidden_1_units", "7")
    hand.panel.set_experiment(hand.applied[0], None)
    assert hand.find("field_hidden_1_units").text() == "7"
    assert hand.bar() == ""
    hand.panel.set_experiment(hand.applied[1], None)
    assert hand.panel.experiment() == hand.applied[1]


def test_a_new_seed_from_elsewhere_keeps_what_waits(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=5)
    hand.type("field_hidden_1_units", "7")
    hand.panel.set_experiment(experiment_for("xor", seed=1), None)
    assert hand.find("field_seed").text() == "1"
    assert hand.bar() == "1 change needs a new run (epoch 0): Hidden groups"


def test_remarks_and_busy_are_said(hand_for: HandFor) -> None:
    hand = hand_for("xor", hidden=(Hidden(2, "linear"),))
    remarks = prepare(hand.panel.experiment()).remarks
    hand.panel.set_remarks(remarks)
    assert hand.find("panel_remarks").sentences == remarks != ()
    assert hand.visible("panel_remarks")
    hand.panel.set_remarks(())
    assert not hand.visible("panel_remarks")
    remark = hand.find("section_problem_remark")
    hand.panel.set_busy(True)
    hand.qtbot.waitUntil(lambda: remark.text() == "loading…" and remark.isVisible())
    hand.panel.set_busy(False)
    assert not remark.isVisible()


# -- keyboard and names --------------------------------------------------------------------


def test_tab_goes_through_every_field_from_top_to_bottom(hand_for: HandFor) -> None:
    hand = hand_for("parity", epoch=1, hidden=(Hidden(3), Hidden(4)))
    hand.click("section_links_heading")
    hand.click("hidden_2_remove")
    hand.panel.resize(320, 2000)
    panel = hand.panel
    controls = {
        w for w in panel.findChildren(QWidget)
        if isinstance(w, QAbstractButton | QComboBox | QLineEdit) and w.isVisibleTo(panel)
        and w.isEnabled()
    }  # fmt: skip
    first = hand.find("section_problem_heading")
    panel.activateWindow()
    first.setFocus()
    hand.qtbot.waitUntil(first.hasFocus)
    seen: list[QWidget] = []
    while panel.focusWidget() not in seen:
        seen.append(panel.focusWidget())
        hand.qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert set(seen) == controls
    tops = [w.mapTo(panel, w.rect().center()).y() for w in seen]
    assert all(later >= earlier - 4 for earlier, later in pairwise(tops))


@pytest.mark.parametrize("problem", ["xor", "spiral", "digits", "expression"])
def test_every_control_has_a_name_a_tooltip_and_an_object_name(
    hand_for: HandFor, problem: str
) -> None:
    hand = hand_for(problem)
    controls = [
        w for w in hand.panel.findChildren(QWidget)
        if isinstance(w, QAbstractButton | QComboBox | QLineEdit)
        and not w.objectName().startswith("qt_")
    ]  # fmt: skip
    assert len(controls) > 20
    for control in controls:
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
    names = [c.objectName() for c in controls]
    assert len(names) == len(set(names))


def test_a_new_theme_reaches_every_part(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=2)
    hand.type("field_seed", "x")
    hand.panel.set_theme(DARK)
    hand.click("hidden_add")  # made after the theme was chosen
    note = hand.find("field_seed_message")
    assert note.palette().color(note.foregroundRole()) == DARK.colour("error")
    assert hand.find("field_hidden_2_units").theme is DARK
    assert hand.find("pending_text").palette().windowText().color() == DARK.colour("text")


def test_a_setting_without_a_run_can_be_entered_too(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    hand.panel.set_experiment(replace(hand.panel.experiment(), seed=2), None)
    hand.type("field_seed", "4")
    assert hand.applied[-1].seed == 4
