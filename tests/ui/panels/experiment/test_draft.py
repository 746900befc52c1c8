"""What is entered and what the run has, without a screen."""

from dataclasses import replace

from bpviz.core.learning.settings import Training
from bpviz.experiment.experiment import Experiment, Hidden, experiment_for
from bpviz.ui.panels.experiment.draft import Draft, changed_fields

XOR = experiment_for("xor")


def draft() -> Draft:
    return Draft(XOR, XOR)


def faster(experiment: Experiment) -> Experiment:
    return replace(experiment, training=replace(experiment.training, rate=0.25))


def test_live_fields_never_wait() -> None:
    d = draft()
    d.entered = replace(XOR, training=Training(rate=0.1), tolerance=0.2)
    assert d.pending() == ()
    assert d.configure() == d.entered == d.base


def test_a_live_change_does_not_carry_what_waits() -> None:
    d = draft()
    d.entered = replace(faster(XOR), seed=5)
    assert d.configure() == faster(XOR)
    assert d.pending() == ("seed",)


def test_what_was_sent_does_not_wait_until_it_is_refused() -> None:
    d = draft()
    d.entered = replace(XOR, seed=5)
    assert d.send() == d.entered
    assert d.pending() == ()
    d.refuse()
    assert d.pending() == ("seed",)


def test_a_late_answer_leaves_newer_entries_alone() -> None:
    d = draft()
    d.entered = replace(XOR, seed=5)
    first = d.send()
    d.entered = replace(d.entered, hidden=(Hidden(7),))
    second = d.send()
    d.entered = faster(d.entered)
    d.configure()
    d.arrive(first)
    assert d.entered == faster(second)
    assert d.pending() == ()
    d.arrive(second)
    assert d.base == d.entered == faster(second)


def test_a_run_from_elsewhere_shows_and_entries_that_wait_stay() -> None:
    d = draft()
    d.entered = replace(XOR, hidden=(Hidden(7),))
    d.arrive(faster(replace(XOR, seed=9)))  # New seed, say
    assert d.entered == faster(replace(XOR, seed=9, hidden=(Hidden(7),)))
    assert d.pending() == ("hidden",)


def test_a_run_from_elsewhere_wins_where_it_touches_an_entry() -> None:
    d = draft()
    d.entered = replace(XOR, seed=5)
    d.arrive(replace(XOR, seed=9))
    assert d.entered.seed == 9
    assert d.pending() == ()


def test_another_problem_replaces_everything() -> None:
    d = draft()
    d.entered = replace(XOR, seed=5)
    d.arrive(experiment_for("spiral"))
    assert d.entered == experiment_for("spiral")


def test_discard_keeps_live_entries() -> None:
    d = draft()
    d.entered = faster(replace(XOR, seed=5))
    d.configure()
    d.discard()
    assert d.entered == faster(XOR)


def test_an_option_at_its_default_is_no_change() -> None:
    parity = experiment_for("parity")
    assert changed_fields(parity, replace(parity, options={"n": 4})) == ()
    assert changed_fields(parity, replace(parity, options={"n": 5})) == ("options",)


def test_a_file_that_is_gone_can_still_be_compared() -> None:
    old = Experiment(problem="no such thing", options={"a": 1})
    assert changed_fields(old, replace(old, options={"a": 2})) == ("options",)
