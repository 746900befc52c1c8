"""Choosing a problem and setting its options."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from bpviz.experiment.experiment import Experiment, experiment_for, open_problem
from bpviz.problems.base import Option
from bpviz.problems.table import PROBLEMS, find_problem
from bpviz.ui.panels.experiment import problem as problem_module

from ..conftest import Hand, HandFor


@pytest.mark.parametrize("problem", [name for name in PROBLEMS if name != "xor"])
def test_choosing_a_problem_applies_what_suits_it(hand_for: HandFor, problem: str) -> None:
    hand = hand_for("xor", epoch=50, seed=42)
    hand.pick("field_problem", problem)
    assert hand.applied == [experiment_for(problem, seed=42)]
    assert hand.configured == []
    hand.answer()
    assert hand.panel.experiment() == experiment_for(problem, seed=42)
    assert hand.find("problem_about").text().startswith(PROBLEMS[problem].about)
    assert hand.bar() == ""


def test_the_arrow_keys_go_from_problem_to_problem(hand_for: HandFor) -> None:
    hand = hand_for("or")
    hand.choose("field_problem", "parity")
    assert hand.applied[-1] == experiment_for("parity")
    hand.choose("field_problem", "circle")  # over the heading between the families
    assert hand.applied[-1] == experiment_for("circle")


def test_letters_find_a_problem(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    choice = hand.find("field_problem")
    hand.qtbot.keyClick(choice, Qt.Key.Key_H)
    hand.qtbot.keyClicks(choice.view(), "andw")
    assert hand.applied == []  # nothing starts before Enter
    hand.qtbot.keyClick(choice.view(), Qt.Key.Key_Return)
    assert hand.applied[-1] == experiment_for("digits")


def test_problems_stand_under_their_families(hand_for: HandFor) -> None:
    combo = hand_for("xor").find("field_problem")
    family, seen = "", []
    for i in range(combo.count()):
        if combo.itemData(i) is None:
            family = combo.itemText(i)
            assert not combo.model().item(i).flags() & Qt.ItemFlag.ItemIsSelectable
        else:
            assert PROBLEMS[combo.itemData(i)].family == family
            seen.append(combo.itemData(i))
    assert seen == list(PROBLEMS)


def test_numbers_of_patterns_are_said(hand_for: HandFor) -> None:
    assert hand_for("iris").find("problem_about").text().endswith(
        "120 training + 30 test, 4 inputs, 3 outputs."
    )  # fmt: skip
    assert hand_for("xor").find("problem_about").text().endswith("4 patterns, 2 inputs, 1 output.")


def other_text(option: Option) -> tuple[str, object]:
    """What to type for a value other than the default, and the value."""
    if option.kind == "text":
        return "cos(x)", "cos(x)"
    middle = option.low + (option.high - option.low) / 2
    value = int(middle) if option.kind == "int" else middle
    if value == option.default:
        value = option.high
    return str(value), value


IN_PANEL = {p.name: [o for o in p.options if o.in_panel] for p in PROBLEMS.values()}


@pytest.mark.parametrize("problem", [name for name, options in IN_PANEL.items() if options])
def test_every_option_is_a_field(hand_for: HandFor, problem: str) -> None:
    hand = hand_for(problem)
    for option in IN_PANEL[problem]:
        enter_other(hand, option)
        assert hand.applied[-1].options[option.name] != option.default
    find_problem(problem).complete(hand.applied[-1].options)


def enter_other(hand: Hand, option: Option) -> None:
    name = f"field_option_{option.name}"
    if option.kind == "bool":
        hand.tick(name)
    elif option.kind == "set":
        hand.click(f"{name}_{option.choices[-1]}")
    elif option.kind == "choice":
        hand.choose(name, next(c for c in option.choices if c != option.default))
    else:
        text, value = other_text(option)
        hand.type(name, text)
        assert hand.applied[-1].options[option.name] == value


def test_switches_keep_their_order_and_the_last_stays(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    for name, left in (("x1*x2", "x1,x2,x1*x2"), ("x1", "x2,x1*x2"), ("x2", "x1*x2")):
        hand.click(f"field_option_features_{name}")
        assert hand.applied[-1].options["features"] == left
    hand.click("field_option_features_x1*x2")
    assert hand.find("field_option_features").value == "x1*x2"
    assert hand.panel.experiment().options["features"] == "x1*x2"
    other = hand_for("xor", options={"features": "x1^2,x2"})
    assert other.find("field_option_features").value == "x2,x1^2"
    assert other.bar() == ""


def test_a_wrong_option_is_explained(hand_for: HandFor) -> None:
    hand = hand_for("parity")
    hand.type("field_option_n", "99")
    assert hand.sentence("field_option_n") == (
        "Number of inputs must be a whole number from 2 to 10, not '99'."
    )
    assert hand.applied == []
    hand.type("field_option_n", "99")
    hand.qtbot.keyClick(hand.find("field_option_n"), Qt.Key.Key_Escape)
    assert hand.find("field_option_n").text() == "4"


def test_a_csv_file_is_asked_for(hand_for: HandFor) -> None:
    hand = hand_for("xor")
    with hand.qtbot.waitSignal(hand.panel.open_csv_requested):
        hand.click("open_csv")


def test_a_csv_file_is_a_problem_with_options(hand_for: HandFor, csv_file: str) -> None:
    hand = hand_for(csv_file, epoch=9)
    combo = hand.find("field_problem")
    assert combo.currentText() == "weather of today.csv"
    for option in filter(lambda o: o.in_panel, find_problem(csv_file).options):
        enter_other(hand, option) if option.kind == "bool" else None
        assert hand.visible(f"field_option_{option.name}")
    hand.type("field_option_targets", "temperature")
    assert "Target columns" in hand.bar()
    hand.click("apply_button")
    assert hand.applied[-1].options["targets"] == "temperature"


def test_a_csv_file_can_be_chosen_again(hand_for: HandFor, csv_file: str) -> None:
    hand, chosen = hand_for(csv_file), list[Experiment]()
    hand.panel.table_chosen.connect(chosen.append)
    hand.type("field_option_targets", "temperature")
    hand.answer()
    with_file = hand.panel.experiment()
    hand.pick("field_problem", "xor")
    hand.answer()
    hand.type("field_seed", "6")
    hand.answer()
    hand.pick("field_problem", csv_file)
    (experiment,) = chosen  # it is read before it replaces the present problem
    assert experiment.options == with_file.options
    assert (experiment.output, experiment.seed) == (with_file.output, 6)
    assert hand.find("field_problem").value == "xor"


def test_a_file_that_is_gone_is_refused_by_the_loader_not_here(
    hand_for: HandFor, csv_file: str
) -> None:
    experiment, patterns = open_problem(csv_file)
    Path(csv_file).unlink()
    hand = hand_for("xor")
    hand.panel.set_experiment(experiment, patterns)
    assert hand.panel.experiment() == experiment


def test_a_problem_is_found_by_any_word_of_its_name(
    hand_for: HandFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing opens the list; nothing starts before Enter."""
    hand = hand_for("xor")
    choice = hand.find("field_problem")
    now = [0.0]
    monkeypatch.setattr(problem_module, "monotonic", lambda: now[0])
    for row in PROBLEMS.values():
        for word in re.findall(r"\w+", row.label):
            now[0] += 10.0
            choice.setFocus()
            hand.qtbot.keyClicks(choice, word[0])
            view = choice.view()
            assert view.isVisible()
            hand.qtbot.keyClicks(view, word[1:])
            found = str(view.currentIndex().data())
            assert any(w.casefold().startswith(word.casefold()) for w in re.findall(r"\w+", found))
            choice.hidePopup()
    assert hand.applied == []
    now[0] += 10.0
    hand.qtbot.keyClicks(choice, "s")
    hand.qtbot.keyClicks(choice.view(), "pirals")
    hand.qtbot.keyClick(choice.view(), Qt.Key.Key_Return)
    assert hand.applied[-1].problem == "spiral"
