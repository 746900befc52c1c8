"""Every section and field of the panel can be hidden, and comes back with its value."""

import pytest
from PySide6.QtWidgets import QWidget

from bpviz.experiment.experiment import open_problem
from bpviz.ui.panels.experiment.parts import PARTS, SECTIONS
from bpviz.ui.panels.experiment.settings import SETTINGS

from ..conftest import Hand, HandFor


def seen(hand: Hand) -> set[QWidget]:
    return {w for w in hand.panel.findChildren(QWidget) if w.isVisibleTo(hand.panel)}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_hidden_and_shown(hand_for: HandFor, part: str) -> None:
    hand = hand_for("circle")
    before = seen(hand)
    hand.panel.hide_parts((part,))
    applies = {row.name: row.applies(hand.panel.experiment()) for row in SETTINGS}
    assert (seen(hand) < before) == applies.get(part, True)
    _, patterns = open_problem("circle")
    hand.panel.set_experiment(hand.panel.experiment(), patterns)
    assert (seen(hand) < before) == applies.get(part, True)
    hand.panel.hide_parts(())
    assert seen(hand) == before
    assert hand.applied == hand.configured == []


def test_the_parts_are_all_sections_and_fields() -> None:
    assert {part.section for part in PARTS.values()} == {"", *SECTIONS}
    assert {row.name for row in SETTINGS if row.section != "links"} < set(PARTS)


def test_a_hidden_field_does_not_keep_what_is_wrong(hand_for: HandFor) -> None:
    hand = hand_for("xor", epoch=3)
    hand.type("field_seed", "many")
    assert hand.sentence("field_seed")
    hand.panel.hide_parts(("weights",))
    assert hand.find("field_seed").text() == "0"
    assert not hand.sentence("field_seed")


@pytest.mark.parametrize(
    ("field", "part"),
    [("seed", "seed"), ("seed", "weights"), ("units of hidden 1", "hidden"), ("size", "options")],
)
def test_the_refusal_of_a_hidden_field_is_said_above(
    hand_for: HandFor, field: str, part: str
) -> None:
    hand = hand_for("circle")
    hand.panel.hide_parts((part,))
    hand.panel.set_refused(field, f"{field} must be something else.")
    assert hand.visible("panel_message")
    assert "must be something else" in hand.find("panel_message").text()
