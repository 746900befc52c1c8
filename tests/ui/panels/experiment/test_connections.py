"""The table of connections."""

from dataclasses import replace

from bpviz.experiment.experiment import Hidden, Link, open_problem
from bpviz.experiment.prepare import build_network

from ..conftest import Hand, HandFor


def opened(hand: Hand) -> Hand:
    hand.click("section_links_heading")
    return hand


def test_the_table_is_folded_and_says_what_is_set(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    assert not hand.visible("field_link_input_output_present")
    assert hand.find("section_links_remark").text() == "dense, layer to layer"
    opened(hand).tick("field_link_input_output_present")
    assert hand.find("section_links_remark").text() == "1 set"


def test_every_pair_of_groups_has_a_row(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor", hidden=(Hidden(2),) * 8))
    rows = [w for w in hand.panel.findChildren(object) if w.objectName().endswith("_present")]
    assert len(rows) == 45


def test_a_shortcut_is_added_and_taken_away(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor"))
    hand.tick("field_link_input_output_present")
    assert hand.applied[-1].links == (Link("input", "output"),)
    assert hand.visible("field_link_input_output_density")
    hand.type("field_link_input_output_density", "0.5")
    assert hand.applied[-1].links == (Link("input", "output", density=0.5),)
    hand.tick("field_link_input_output_present")
    assert hand.applied[-1].links == ()
    assert not hand.visible("field_link_input_output_density")


def test_a_connection_between_neighbours_can_be_cut_or_fixed(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor"))
    hand.tick("field_link_input_hidden1_fixed")
    assert hand.applied[-1].links == (Link("input", "hidden 1", fixed=True),)
    hand.tick("field_link_input_hidden1_present")
    assert not hand.applied[-1].links[0].present


def test_a_wrong_density_is_explained(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor"))
    hand.type("field_link_input_hidden1_density", "0")
    assert hand.sentence("field_link_input_hidden1_present") == (
        "Density of connection input to hidden 1 must be a number above 0 and at most 1, not '0'."
    )
    assert hand.applied == []


def test_a_wrong_density_survives_a_new_group(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor"))
    hand.type("field_link_input_hidden1_density", "half")
    hand.click("hidden_add")
    assert hand.find("field_link_input_hidden1_density").text() == "half"


def test_receptive_fields_need_an_image(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor"))
    assert not hand.visible("field_link_input_hidden1_field")
    hand = opened(hand_for("digits"))
    assert hand.visible("field_link_input_hidden1_field")
    assert not hand.visible("field_link_hidden1_output_field")


def test_a_receptive_field_makes_a_network(hand_for: HandFor) -> None:
    hand = opened(hand_for("digits", hidden=(Hidden(36, "tanh"),)))
    hand.type("field_link_input_hidden1_field", "3x3")
    assert hand.find("field_link_input_hidden1_field").text() == "3 × 3"
    hand.tick("field_link_input_hidden1_shared")
    experiment = hand.applied[-1]
    assert experiment.links == (Link("input", "hidden 1", field=(3, 3), shared=True),)
    network = build_network(experiment, open_problem("digits")[1])
    assert network.connections[0].mask is not None
    assert network.connections[0].mask.sum() == 36 * 9
    hand.type("field_link_input_hidden1_field", "")  # takes sharing away with it
    assert hand.applied[-1].links == ()


def test_a_receptive_field_larger_than_the_image_is_explained(hand_for: HandFor) -> None:
    hand = opened(hand_for("digits"))
    for text in ("9 x 3", "3", "x"):
        hand.type("field_link_input_hidden1_field", text)
        sentence = hand.sentence("field_link_input_hidden1_present")
        assert "must be rows x columns from 1 x 1 to 8 x 8" in sentence
    assert hand.applied == []


def test_the_thread_s_refusal_of_a_field_is_shown(hand_for: HandFor) -> None:
    hand = hand_for("digits")
    links = (Link("input", "hidden 1", field=(3, 3)),)
    hand.panel.set_experiment(
        replace(hand.panel.experiment(), links=links), open_problem("digits")[1]
    )
    hand.panel.set_refused("connection input to hidden 1", "connection input to hidden 1 is ...")
    assert hand.visible("field_link_input_hidden1_field")
    assert hand.find("field_link_input_hidden1_field").sentence


def test_later_a_connection_waits(hand_for: HandFor) -> None:
    hand = opened(hand_for("xor", epoch=4))
    hand.tick("field_link_input_output_present")
    assert hand.bar() == "1 change needs a new run (epoch 0): Connections"
    assert hand.find("field_link_input_output_present").pending
    assert not hand.find("field_link_input_hidden1_present").pending
    hand.click("discard_button")
    assert not hand.find("field_link_input_output_present").value
