"""The lesson panel, and the window that it sets up."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QThread
from PySide6.QtGui import QTextBlock, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz.core.model.references import WeightRef
from bpviz.lessons import loader
from bpviz.lessons.loader import all_lessons, load_lesson
from bpviz.lessons.model import BadLesson, LessonStep
from bpviz.problems.tables import formats, inspecting
from bpviz.ui.panels.lessons.lesson import LessonPanel
from bpviz.ui.race.window import RaceWindow
from bpviz.ui.toolkit.drawing.rich_text import RichText
from bpviz.ui.toolkit.drawing.theme import LIGHT
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.docks import PANEL_WIDTH
from bpviz.ui.window.lesson_setup import refused_choice
from bpviz.ui.window.main_window import MainWindow
from tests.ui.conftest import XOR
from tests.waiting import DEADLINE

OpenMain = Callable[..., MainWindow]
LESSONS = all_lessons()
BY_HAND = next(lesson for lesson in LESSONS if lesson.key == "xor-by-hand")


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> LessonPanel:
    settings = Settings(tmp_path / "panel.txt")
    panel = LessonPanel(lambda: LESSONS, settings, LIGHT)
    return shown(qtbot, panel)


def shown(qtbot: QtBot, panel: LessonPanel) -> LessonPanel:
    """The panel, once it lists the lessons."""
    qtbot.addWidget(panel)
    panel.show()
    chooser = panel.findChild(QComboBox, "lesson_chooser")
    qtbot.waitUntil(lambda: chooser.count() == len(LESSONS))
    return panel


def click(qtbot: QtBot, parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def place(panel: LessonPanel) -> str:
    return panel.findChild(QLabel, "lesson_place").text()


def test_every_lesson_is_gone_through_with_next(qtbot: QtBot, panel: LessonPanel) -> None:
    seen: list[str] = []
    for lesson in LESSONS:
        assert panel.lesson is lesson
        for number, step in enumerate(lesson.steps, 1):
            assert panel.step is step
            assert place(panel) == f"{lesson.title} · step {number} of {len(lesson.steps)}"
            seen.append(step.title)
            click(qtbot, panel, "lesson_next")
    assert seen == [step.title for lesson in LESSONS for step in lesson.steps]
    chooser = panel.findChild(QComboBox, "lesson_chooser")
    assert all(chooser.itemText(row).startswith("✓") for row in range(chooser.count()))


def test_back_goes_back_and_stops_at_the_first_step(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_lesson(BY_HAND)
    back = panel.findChild(QPushButton, "lesson_back")
    assert not back.isEnabled()
    click(qtbot, panel, "lesson_next")
    click(qtbot, panel, "lesson_back")
    assert panel.step is BY_HAND.steps[0]


def test_the_answer_is_scrolled_to_and_no_button_moves(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.resize(260, 330)
    panel.show_lesson(BY_HAND)
    panel._go(0)
    text = panel.findChild(RichText, "lesson_text")
    bar = text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == 0
    click(qtbot, panel, "lesson_answer")
    qtbot.waitUntil(lambda: bar.value() > 0)
    block = next(b for b in blocks(text.document()) if b.text() == "Answer")
    top = text.document().documentLayout().blockBoundingRect(block).top() - bar.value()
    assert 0 <= top < text.viewport().height() - 20
    button = panel.findChild(QPushButton, "lesson_set_up")
    before = button.geometry()
    for lesson in LESSONS:
        panel.show_lesson(lesson)
        for step in range(len(lesson.steps)):
            panel._go(step)
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            assert button.isHidden() or button.geometry() == before


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def test_the_answer_is_hidden_until_it_is_asked_for(qtbot: QtBot, panel: LessonPanel) -> None:
    panel.show_lesson(BY_HAND)
    text = panel.findChild(QWidget, "lesson_text")
    assert BY_HAND.steps[0].answer not in text.markdown
    click(qtbot, panel, "lesson_answer")
    assert BY_HAND.steps[0].answer in text.markdown
    click(qtbot, panel, "lesson_answer")
    assert BY_HAND.steps[0].answer not in text.markdown


def test_progress_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "panel.txt")
    for expected in (0, 1, 2):
        panel = LessonPanel(lambda: LESSONS, settings, LIGHT)
        shown(qtbot, panel)
        if expected == 0:
            panel.show_lesson(BY_HAND)
        assert panel.step is BY_HAND.steps[expected]
        click(qtbot, panel, "lesson_next")


def test_a_lesson_opens_where_it_was_left(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "panel.txt")
    panel = LessonPanel(lambda: LESSONS, settings, LIGHT)
    shown(qtbot, panel)
    panel.show_lesson(BY_HAND)
    for button in ("lesson_next", "lesson_next", "lesson_back"):
        click(qtbot, panel, button)
    again = LessonPanel(lambda: LESSONS, settings, LIGHT)
    shown(qtbot, again)
    assert again.step is BY_HAND.steps[1]


def test_the_open_list_shows_whole_titles(panel: LessonPanel) -> None:
    view = panel.findChild(QComboBox, "lesson_chooser").view()
    assert view.minimumWidth() > view.sizeHintForColumn(0) > 0


def test_a_lesson_of_ones_own_is_opened_and_a_broken_one_is_explained(
    qtbot: QtBot, panel: LessonPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(path), ""))
    button = panel.findChild(QToolButton, "lesson_open")
    path.write_text('title = "Mine"\nsummary = "s"\n[[step]]\ntitle = "One"\ntext = 5\n')
    with qtbot.waitSignal(panel.failed) as failed:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "line 5" in failed.args[0]
    path.write_text('title = "Mine"\nsummary = "s"\n[[step]]\ntitle = "One"\ntext = "Hello"\n')
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.lesson is not None and panel.lesson.title == "Mine")
    assert not panel.findChild(QPushButton, "lesson_set_up").isVisible()


def test_a_file_that_is_opened_while_the_shipped_lessons_are_read_is_the_one_that_is_shown(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def read() -> Any:
        assert go_on.wait(DEADLINE)
        return LESSONS

    def read_file(path: Path) -> Any:
        if path.stem == "bad":
            raise BadLesson("It is bad.")
        return LESSONS[2]

    monkeypatch.setattr(loader, "load_lesson", read_file)
    panel = LessonPanel(read, Settings(tmp_path / "panel.txt"), LIGHT)
    qtbot.addWidget(panel)
    panel.show()
    with qtbot.waitSignal(panel.opened):
        panel.open_file("/somewhere/own.toml")
        go_on.set()
    assert panel.step in LESSONS[2].steps

    go_on.clear()
    other = LessonPanel(read, Settings(tmp_path / "other.txt"), LIGHT)
    qtbot.addWidget(other)
    other.show()
    with qtbot.waitSignal(other.failed):
        other.open_file("/somewhere/bad.toml")
        go_on.set()
    qtbot.waitUntil(lambda: other.step == LESSONS[0].steps[0])


def test_lessons_are_read_in_another_thread(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of many steps, too: meanwhile it is said, and nothing can be pressed in vain."""
    go_on, threads = threading.Event(), set()

    def read(*_: object) -> Any:
        threads.add(threading.current_thread())
        assert go_on.wait(DEADLINE)
        return LESSONS

    panel = LessonPanel(read, Settings(tmp_path / "panel.txt"), LIGHT)
    qtbot.addWidget(panel)
    panel.show()
    steps = []
    panel.with_step(steps.append)
    seen = [b for b in panel.findChildren(QPushButton) if b.isVisible() and b.isEnabled()]
    assert seen == []
    go_on.set()
    qtbot.waitUntil(lambda: len(steps) == 1)
    assert steps == [LESSONS[0].steps[0]]

    go_on.clear()
    monkeypatch.setattr(loader, "load_lesson", lambda path: (read(), LESSONS[2])[1])
    panel.open_file("/somewhere/own.toml")
    assert place(panel) == "Reading own.toml…"
    panel.show_lesson(LESSONS[1])  # chosen meanwhile: the file is given up
    go_on.set()
    panel.open_file("/somewhere/own.toml", at=-1)
    qtbot.waitUntil(lambda: panel.lesson is LESSONS[2])
    assert panel.step is LESSONS[2].steps[-1]
    assert threading.main_thread() not in threads


# -- in the window -------------------------------------------------------------------------


def test_a_newcomer_goes_from_the_first_lesson_to_the_last(
    qtbot: QtBot, open_main: OpenMain
) -> None:
    """With the buttons of the window alone: what each step says it shows is there."""
    window = open_main()
    assert not window.parts.lesson.isVisible()
    click(qtbot, window, "welcome_lesson")
    qtbot.waitUntil(lambda: window.parts.lesson.step is not None)
    assert not window.findChild(QWidget, "welcome").isVisible()
    seen, raced = [], []
    for _ in range(sum(len(lesson.steps) for lesson in LESSONS)):
        step = window.parts.lesson.step
        assert step is not None
        seen.append(step.title)
        if step.experiment is not None:
            wait_for_step(qtbot, window, step)
        if step.race is not None:
            open_race(qtbot, window, step)
            raced.append(step.race.order)
        click(qtbot, window, "lesson_next")
    assert seen == [step.title for lesson in LESSONS for step in lesson.steps]
    assert window.parts.lesson.step.title == seen[0]  # and round again
    assert len(raced) >= 2


def open_race(qtbot: QtBot, window: MainWindow, step: LessonStep) -> None:
    """The window of the race opens filled in; Start is left to the person."""
    assert step.race is not None
    button = window.findChild(QPushButton, "lesson_race")
    assert button.text() == f"Race {step.race.order.seeds:,} seeds…"
    click(qtbot, window, "lesson_race")
    race = window.findChild(RaceWindow, "race_window")
    assert race.isVisible()
    assert race.start_button.isEnabled()
    assert race.fields.order() == step.race.order
    race.close()


def wait_for_step(qtbot: QtBot, window: MainWindow, step: LessonStep) -> None:
    """Next has set it up."""
    state = step.state

    def is_available() -> bool:
        frame = window.current_frame
        return (
            not window.lesson_setup.is_loading
            and frame.setup.experiment == step.experiment
            and frame.snapshot.epoch >= state.epochs
            and window.session.status.state in ("paused", "finished")
        )

    qtbot.waitUntil(is_available)
    assert window.message.text == ""
    assert window.findChild(QPushButton, "lesson_set_up").text() == "Set up again"
    assert not window.findChild(QWidget, "lesson_note").isVisible()
    for key in state.show:
        assert window.findChild(QDockWidget, f"dock_{key}").isVisible()
    if state.pattern is not None:
        assert window.views["network"].choices()["pattern"] == state.pattern
    assert window.steps.grain == state.grain
    assert (window.solve_mode.is_on) == state.solve
    if "output" in state.show:
        hint = window.views["output"].findChild(QLabel, "output_hint")
        qtbot.waitUntil(lambda: not hint.isVisible())
    if state.look is not None:
        looked = window.parts.microscope
        qtbot.waitUntil(lambda: getattr(looked.reading, "ref", None) == state.look)
    if state.compare is not None:
        assert window.views["compare"].choices()["runs"]
        window.parts.comparing.comparer.cancel()


MISTAKES = {
    'show = ["nothing"]': "show must be one of experiment, ",
    "choices = { nothing = { a = 1 } }": "choices must be views: one of network, ",
    "choices = { loss = { nothing = 1 } }": "choices.loss must be one of ",
    "choices = { loss = { log_error = 3 } }": "choices.loss.log_error must be a choice such as",
    'choices = { output = { mode = "none" } }': "choices.output.mode must be a choice such as",
    "choices = { activations = { limit = -1.0 } }": "choices.activations.limit must be",
    'choices = { hidden_space = { like = "x", units = 3 } }': "choices.hidden_space.like must be",
    'choices = { network = { overlay = "none" } }': "choices.network.overlay must be",
    'choices = { compare = { along = "none" } }\ncompare = { preset = "batch" }': (
        "choices.compare.along must be"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_a_step_chooses_in_vain_is_said(
    qtbot: QtBot, open_main: OpenMain, tmp_path: Path, mistake: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'title = "a"\nsummary = "b"\nminutes = 1\n[[step]]\ntitle = "c"\ntext = "d"\n'
        f'[step.experiment]\nproblem = "xor"\n[step.state]\n{mistake}\n'
    )
    window = open_main()
    window.open_lesson(load_lesson(path), set_up=True)
    words = f"The lesson's {MISTAKES[mistake]}"
    qtbot.waitUntil(lambda: window.message.text.startswith(words))
    qtbot.waitUntil(lambda: window.session.status.state == "paused")
    window.parts.comparing.comparer.cancel()


def test_choices_that_fit_only_the_step_s_own_run_are_taken(open_main: OpenMain) -> None:
    """Of views that show another problem now, where they do not fit."""
    view = open_main().views["output"]
    assert refused_choice(view, {"mode": "function", "unit": 2}) is None
    assert refused_choice(view, {"mode": "none"}) is not None


def test_who_just_plays_is_not_asked_again(qtbot: QtBot, open_main: OpenMain) -> None:
    window = open_main()
    click(qtbot, window, "welcome_play")
    assert not window.findChild(QWidget, "welcome").isVisible()
    window.close()
    assert not open_main().findChild(QWidget, "welcome").isVisible()


def test_a_step_sets_its_speed_or_one_that_suits_it(
    qtbot: QtBot, open_main: OpenMain, settings: Settings
) -> None:
    settings.set("choose_speed", True)
    window = open_main()
    step = next(step for step in BY_HAND.steps if step.experiment is not None)
    for speed in (0.5, 3.0, 40.0, 4.0):
        paced = replace(step, experiment=XOR, state=replace(step.state, speed=speed, solve=False))
        window.lesson_setup.set_up(paced)
        assert window.speed.speed == speed
        text = f"{speed:g} epochs/s"
        assert window.findChild(QLabel, "speed_label").text() == text
    window.actions_by_name["faster"].trigger()
    assert window.speed.speed == 5.0
    window.lesson_setup.set_up(paced)
    window.actions_by_name["slower"].trigger()
    assert window.speed.speed == 2.0
    qtbot.waitUntil(lambda: window.current_frame.setup.experiment == XOR)
    with qtbot.waitSignal(window.session.speed_chosen) as chosen:
        window.lesson_setup.set_up(replace(paced, state=replace(paced.state, speed=None, edits=())))
    assert window.speed.speed == chosen.args[0] == 25.0


ON_TABLE = """title = "a"
summary = "b"
minutes = 1
[[step]]
title = "c"
text = "d"
[step.experiment]
problem = "{table}"
hidden = []
[step.state]
weights = {{ "input > output" = [[{weight}]] }}
biases = {{ output = [0.5] }}
pattern = {pattern}
look = {{ weight = "input > output" }}
show = ["microscope"]
"""


def on_table(folder: Path, weight: str = "0.25", pattern: int = 3) -> Path:
    table, lesson = folder / "table.csv", folder / "own.toml"
    table.write_text("x,y\n" + "".join(f"{n / 20},{n * n / 500}\n" for n in range(30)))
    lesson.write_text(ON_TABLE.format(table=table, weight=weight, pattern=pattern))
    return lesson


def test_a_table_is_read_only_when_the_step_is_set_up_and_in_the_session_s_thread(
    qtbot: QtBot, open_main: OpenMain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    read = formats.read_table

    def noted(*args: Any) -> Any:
        threads.add(type(QThread.currentThread()).__name__)
        return read(*args)

    monkeypatch.setattr(inspecting, "read_table", noted)
    window = open_main()
    lesson = load_lesson(on_table(tmp_path))
    assert threads == set()
    window.open_lesson(lesson, set_up=True)
    qtbot.waitUntil(lambda: window.current_frame.setup.patterns.name == "table.csv")
    assert threads == {"Worker"}
    qtbot.waitUntil(lambda: window.current_frame.snapshot.parameters.tolist() == [0.5, 0.25])
    assert window.views["network"].choices()["pattern"] == 2
    qtbot.waitUntil(
        lambda: getattr(window.parts.microscope.reading, "ref", None) == WeightRef(0, 0, 0)
    )
    assert window.message.text == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weight": "1.0, 2.0"}, "weights of input > output must be 1 rows of 1 numbers"),
        ({"pattern": 900}, "pattern must be a whole number from 1 to"),
    ],
)
def test_what_a_step_gives_in_vain_for_a_table_is_said_when_it_is_set_up(
    qtbot: QtBot, open_main: OpenMain, tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    window = open_main()
    window.open_lesson(load_lesson(on_table(tmp_path, **given)), set_up=True)
    qtbot.waitUntil(lambda: words in window.message.text)


def test_no_formula_of_a_lesson_is_shrunk_until_it_cannot_be_read(qtbot: QtBot) -> None:
    text = RichText(LIGHT)
    qtbot.addWidget(text)
    text.resize(PANEL_WIDTH - 16, 400)
    for lesson in LESSONS:
        for step in lesson.steps:
            formulas = re.findall(r"\$\$.+?\$\$", step.text)
            if longest := max(formulas, key=len, default=""):
                text.set_text(longest)
                qtbot.waitUntil(lambda: text.is_complete)
                assert text.least_scale > 0.8, (lesson.key, step.title)
