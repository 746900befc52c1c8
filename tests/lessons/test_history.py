"""Every entry of the history is complete and names a source."""

import pytest

from bpviz.lessons.history import HistoryEntry, history

LESSONS = {
    "perceptron", "xor-single-layer", "xor-by-hand", "linear-collapse",
    "regression-classification", "delta-rule", "batch-modes", "tanh-linear", "step-through",
    "two-or-three", "stuck-relu", "hidden-space", "overfitting", "approximation", "keras",
    "history", "nudges",
}  # fmt: skip


@pytest.mark.parametrize("entry", history(), ids=lambda e: f"{e.year} {e.short}")
def test_an_entry_is_complete(entry: HistoryEntry) -> None:
    assert 1900 < entry.year < 2000
    for text in (entry.people, entry.short, entry.work, entry.text, entry.source):
        assert text == text.strip() != ""
    first = entry.people.split(",")[0].split()[-1]  # the first author's last name
    assert entry.source.startswith(f"{first}, ")
    assert f"({entry.year})" in entry.source
    assert entry.short.startswith(first)
    assert entry.text.endswith(".")
    assert entry.source.endswith(".")
    assert entry.lesson in LESSONS | {""}


def test_the_lectures_people_are_there_in_order() -> None:
    entries = history()
    assert [e.year for e in entries] == sorted(e.year for e in entries)
    names = " ".join(entry.people for entry in entries)
    for person in (
        "McCulloch", "Pitts", "Hebb", "Rosenblatt", "Widrow", "Hoff", "Minsky", "Papert", "Werbos",
        "Rumelhart", "Hinton", "Williams", "LeCun", "Hornik", "Stinchcombe", "White", "Cybenko",
    ):  # fmt: skip
        assert person in names
