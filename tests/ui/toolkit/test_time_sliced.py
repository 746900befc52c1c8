"""Long work is done between the events of the window."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from bpviz.ui.toolkit.time_sliced import SlicedWork, TimeSliced, at_once, next_turn


def work(said: list[str]) -> SlicedWork:
    yield None
    said.append("short")
    yield next_turn
    said.append("long")
    said.append((yield lambda: "elsewhere"))
    return "end"


def test_what_takes_long_begins_a_turn(qtbot: QtBot) -> None:
    parent, said, ended = QObject(), list[str](), list[str]()
    slowly = TimeSliced(parent)
    slowly.begin(work(said), ended.append, lambda error: None)
    assert said == ["short"]
    qtbot.waitUntil(lambda: ended == ["end"])
    assert said == ["short", "long", "elsewhere"]
    assert not slowly.is_busy


def test_at_once_it_is_the_same(qtbot: QtBot) -> None:
    said = list[str]()
    assert at_once(work(said)) == "end"
    assert said == ["short", "long", "elsewhere"]
