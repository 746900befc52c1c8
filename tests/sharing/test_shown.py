"""What a window is reduced to: one table in settings, lessons and link texts."""

import pytest

from bpviz.core.values import BadValue
from bpviz.experiment.experiment import experiment_for
from bpviz.sharing.link_text import link_text, read_link_text
from bpviz.sharing.shown import EVERYTHING, Shown, shown_from, shown_table

SHOWN = (
    EVERYTHING,
    Shown(("loss", "experiment")),
    Shown(()),
    Shown(None, ("seed", "stop")),
    Shown(("output",), ("links",)),
)


@pytest.mark.parametrize("shown", SHOWN)
def test_a_table_and_a_link_text_hold_it(shown: Shown) -> None:
    assert shown_from(shown_table(shown)) == shown
    experiment = experiment_for("xor")
    shared = read_link_text(link_text(experiment, shown))
    assert (shared.experiment, shared.shown) == (experiment, shown)
    assert (link_text(experiment) == link_text(experiment, shown)) == (shown == EVERYTHING)


def test_what_is_shown() -> None:
    some = Shown(("loss",))
    assert [some.has(key) for key in ("loss", "network", "output")] == [True, True, False]
    assert some.with_panel("output") == Shown(("loss", "output"))
    assert EVERYTHING.with_panel("output") == EVERYTHING


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (3, "window must be a table with panels or hide, not 3."),
        ({"panel": []}, "window must be one of panels, hide, not 'panel': did you mean panels?"),
        ({"panels": "loss"}, "panels must be a list of names, not 'loss'."),
        ({"hide": [1]}, "hide must be a list of names, not [1]."),
    ],
)
def test_other_tables_are_refused(table: object, sentence: str) -> None:
    with pytest.raises(BadValue) as refusal:
        shown_from(table)
    assert str(refusal.value) == sentence
