"""The race in the window: start, cancel, look, open a network. Real clicks, real processes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QToolBar
from pytestqt.qtbot import QtBot

from bpviz.experiment.experiment import experiment_for
from bpviz.lessons.model import LessonStep
from bpviz.lessons.races import race_of
from bpviz.session.race.report import HEADINGS
from bpviz.ui.export.pictures import copy_picture
from bpviz.ui.race.window import RaceWindow
from bpviz.ui.window.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
OpenMain = Callable[..., MainWindow]


def opened(qtbot: QtBot, window: MainWindow) -> RaceWindow:
    """The race window, opened from the toolbar."""
    press_action(qtbot, window)
    race = window.findChild(RaceWindow, "race_window")
    assert race.isVisible()
    return race


def press_action(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.findChild(QToolBar, "toolbar")
    qtbot.mouseClick(bar.widgetForAction(window.actions_by_name["race"]), LEFT)


def fill(qtbot: QtBot, race: RaceWindow, **fields: Any) -> None:
    for name, value in fields.items():
        widget = race.findChild(QLineEdit, f"race_{name}")
        widget.selectAll()
        qtbot.keyClicks(widget, str(value))


def press(qtbot: QtBot, race: RaceWindow, name: str) -> None:
    qtbot.mouseClick(race.findChild(QPushButton, f"race_{name}"), LEFT)


def is_over(race: RaceWindow) -> bool:
    return race.start_button.isEnabled() and not race.view._turn.isActive()


@pytest.fixture
def race(qtbot: QtBot, open_main: OpenMain) -> RaceWindow:
    return opened(qtbot, open_main(experiment_for("xor", spread=1.0)))


def texts(race: RaceWindow) -> list[list[str]]:
    table = race.view.table
    return [
        [table.item(r, c).text() for c in range(table.columnCount())]
        for r in range(table.rowCount())
    ]


def test_a_race_of_other_settings_says_what_it_is_of(qtbot: QtBot, race: RaceWindow) -> None:
    assert not race.subject.isVisible()
    fill(qtbot, race, hidden="2,3", seeds=4, epochs=20)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: is_over(race))
    of = "Race on xor: 2 variants, 4 seeds of each, 20 epochs"
    assert race.subject.sentence == of
    seeds = race.findChild(QLineEdit, "race_seeds")
    seeds.setFocus()
    fill(qtbot, race, seeds=5)
    qtbot.keyClick(seeds, Qt.Key.Key_Tab)
    assert race.subject.sentence.startswith(f"{of}. The fields say something else")
    seeds.setFocus()
    fill(qtbot, race, seeds=4)
    qtbot.keyClick(seeds, Qt.Key.Key_Tab)
    assert race.subject.sentence == of
    race.set_experiment(experiment_for("and"))  # as Race does after another problem
    assert race.subject.sentence.startswith(f"{of}. The fields say something else")
    assert race.subject.isVisible()


def test_a_race_from_start_to_an_opened_network(qtbot: QtBot, race: RaceWindow) -> None:
    window = race.parent()
    assert isinstance(window, MainWindow)
    assert race.view.objectName() == "view_race"
    hints = [
        race.findChild(QLabel, f"race_{name}_hint") for name in ("density", "solved", "histogram")
    ]
    assert all(hint.isVisible() and hint.text() for hint in hints)
    fill(qtbot, race, hidden="2,4", seeds=60, epochs=700)
    qtbot.keyClick(race.findChild(QLineEdit, "race_epochs"), Qt.Key.Key_Return)
    assert not is_over(race)
    qtbot.waitUntil(lambda: is_over(race))
    assert race.bar.text() == "120 of 120 networks"
    assert not any(hint.isVisible() for hint in hints)
    rows = texts(race)
    assert [row[:2] for row in rows] == [["2 hidden", "60"], ["4 hidden", "60"]]
    assert len(rows[0]) == len(HEADINGS)
    assert float(rows[0][2].removesuffix(" %")) < float(rows[1][2].removesuffix(" %"))
    assert not race.open_button.isEnabled()
    _click_a_curve(qtbot, race)
    _open_it(qtbot, race, window)
    _race_again_and_copy(qtbot, race, window)


def _click_a_curve(qtbot: QtBot, race: RaceWindow) -> None:
    """A click on the highest curve at the end: a network that is stuck."""
    view = race.view
    qtbot.mouseClick(view.table.viewport(), LEFT, pos=view.table.visualItemRect(
        view.table.item(0, 0)).center())  # fmt: skip
    assert view.shown == 0
    assert race.shown.currentText() == "2 hidden"
    outcomes = view.outcomes(0)
    assert outcomes is not None
    stuck = int(outcomes.train_error[:, -1].argmax())
    assert view._scales is not None
    y = float(view._scales.y(outcomes.train_error[stuck, -1:])[0])
    box = view.density._plot.box
    place = view.density.mapFromScene(box.mapViewToScene(QPointF(699.0, y)))
    qtbot.mouseClick(view.density.viewport(), LEFT, pos=QPoint(place))
    assert view.chosen is not None
    chosen = outcomes.train_error[view.chosen.seed, -1]
    assert chosen == pytest.approx(outcomes.train_error[stuck, -1], rel=0.05)
    assert "not solved" in race.chosen_label.text()


def _open_it(qtbot: QtBot, race: RaceWindow, window: MainWindow) -> None:
    """At its end it has the error that it had in the race; at its beginning, epoch 0."""
    chosen = race.view.chosen
    assert chosen is not None
    outcomes = race.view.outcomes(0)
    assert outcomes is not None
    seed = int(outcomes.seeds[chosen.seed])
    press(qtbot, race, "open")

    def stands_at(epoch: int) -> bool:
        frame = window.current_frame
        assert frame is not None
        experiment = frame.setup.experiment
        return (experiment.seed, frame.snapshot.epoch) == (seed, epoch)

    qtbot.waitUntil(lambda: stands_at(700))
    frame = window.current_frame
    assert frame is not None
    assert frame.setup.experiment.hidden[0].size == 2
    record = frame.snapshot.record
    np.testing.assert_allclose(record.train_error, outcomes.error[chosen.seed], rtol=1e-8)
    press(qtbot, race, "open_epoch_0")
    qtbot.waitUntil(lambda: stands_at(0))


def _race_again_and_copy(qtbot: QtBot, race: RaceWindow, window: MainWindow) -> None:
    """Another race takes the place of the first; a network is picked from the list."""
    fill(qtbot, race, hidden="3", seeds=20, epochs=30)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: is_over(race) and len(texts(race)) == 1)
    assert race.view.chosen is None
    where = race.list.visualRect(race.list.model().index(4, 0)).center()
    qtbot.mouseClick(race.list.viewport(), LEFT, pos=where)
    assert race.view.chosen == (0, 4)
    assert race.chosen_label.text().startswith("3 hidden, seed 4:")
    for box in (race.log_epochs, race.log_error):
        qtbot.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
        assert box.isChecked() == (box is race.log_epochs)
    window.choose_theme("dark")
    assert race.view.theme.name == "dark"
    assert window.current_frame is not None
    copy_picture(race.view, window.current_frame)
    assert not QGuiApplication.clipboard().image().isNull()


def test_cancel_keeps_what_came_in_and_lets_another_start(qtbot: QtBot, race: RaceWindow) -> None:
    fill(qtbot, race, hidden="2", seeds=10, epochs=9_000_000)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: race._race is not None and race._race.progress.done > 0)
    press(qtbot, race, "cancel")
    assert is_over(race)
    assert texts(race)[0][1] == "0"
    fill(qtbot, race, epochs=20)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: is_over(race) and texts(race)[0][1] == "10")


def test_a_killed_worker_is_told_and_another_race_starts(qtbot: QtBot, race: RaceWindow) -> None:
    fill(qtbot, race, hidden="2", seeds=10, epochs=9_000_000)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: race._race is not None and race._race.progress.done > 0)
    assert race._pool is not None
    for process in list(race._pool.executor._processes.values()):
        process.kill()
    qtbot.waitUntil(lambda: "ended unexpectedly" in race.message.text)
    fill(qtbot, race, epochs=20)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: is_over(race) and texts(race)[0][1] == "10")


def test_a_lessons_race_is_filled_in_and_the_next_experiments_own_after_it(
    qtbot: QtBot, race: RaceWindow
) -> None:
    window = race.parent()
    assert isinstance(window, MainWindow)
    experiment = experiment_for("moons")
    table = {"hidden": ["4x2", 3], "rate": [0.1, 0.05], "activation": ["tanh", "relu"],
             "seeds": 1500, "first_seed": 7, "epochs": 12_345, "until_solved": True}  # fmt: skip
    wished = race_of(table, experiment)
    window.race.open_step(LessonStep("t", "t", experiment=experiment, race=wished))
    assert race.fields.order() == wished.order
    assert (race.fields.rates.text(), race.fields.epochs.text()) == ("0.1; 0.05", "12,345")
    press_action(qtbot, window)
    assert race.fields.shapes.text() == "2,3,4,8"
    assert {v.experiment.problem for v in race.fields.order().variants} == {"xor"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hidden": "2,,3"}, "hidden units must be shapes with commas between them"),
        ({"activation": "sine"}, "'sine'"),
        (
            {"rate": "fast"},
            "Rate must be numbers with ; between them, such as 0.1; 0.5, not 'fast'",
        ),
        ({"activation": "step"}, "slope"),
        ({"seeds": 100_000, "epochs": 1_000_000}, "seeds must be at most"),
    ],
)
def test_refusals_are_sentences(
    qtbot: QtBot, qapp: object, fields: dict[str, Any], words: str
) -> None:
    from bpviz.app import make_application
    from bpviz.ui.toolkit.drawing.theme import LIGHT

    make_application([])
    race = RaceWindow(LIGHT)
    qtbot.addWidget(race, before_close_func=RaceWindow.shut_down)
    race.set_experiment(replace(experiment_for("xor"), spread=1.0))
    race.show()
    fill(qtbot, race, **fields)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: words in race.message.text)
    assert is_over(race)


# -- published runs ------------------------------------------------------------------------


def choose_published(qtbot: QtBot, race: RaceWindow, network: str) -> None:
    box = race.findChild(QComboBox, "race_published_run")
    row = next(n for n in range(box.count()) if box.itemText(n).startswith(network))
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == row


def test_a_published_run_is_raced_as_it_is_and_marked(qtbot: QtBot, race: RaceWindow) -> None:
    choose_published(qtbot, race, "2-1-1 with input>output")
    about = race.findChild(QLabel, "race_about").text()
    assert about.endswith("as published: ε 0.5, α 0.9, batch all, weights ±0.5, right within 0.1")
    fill(qtbot, race, seeds=12)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: race.view.standings is not None and is_over(race))
    said = race.findChild(QLabel, "race_published").text()
    assert said.startswith("Dashed: published (PDP 1986, chapter 8): 558 sweeps with 2-1-1")
    assert said.endswith("of 12 seeds.")
    for plot in (race.view.solved, race.view.histogram):
        (mark,) = plot._marks.values()
        assert mark.getData()[0].tolist() == [558.0, 558.0]
        assert plot.plot.box.viewRange()[0][1] >= 558.0


def test_a_race_of_other_settings_or_patterns_has_no_mark(qtbot: QtBot, race: RaceWindow) -> None:
    fill(qtbot, race, hidden="2", seeds=2, epochs=20)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: race.view.standings is not None and is_over(race))
    assert not race.findChild(QLabel, "race_published").text()
    assert not race.view.solved._marks


def test_problems_that_were_not_published_offer_no_run(qtbot: QtBot, open_main: OpenMain) -> None:
    race = opened(qtbot, open_main(experiment_for("circle")))
    assert not race.findChild(QComboBox, "race_published_run").isVisible()


def test_the_list_names_its_variant_selects_what_was_clicked_and_is_filtered(
    qtbot: QtBot, race: RaceWindow
) -> None:
    fill(qtbot, race, hidden="4,2", seeds=30, epochs=150)
    press(qtbot, race, "start")
    qtbot.waitUntil(lambda: is_over(race))
    listed = race.findChild(QLabel, "race_listed")
    assert listed.text() == "30 networks of 4 hidden"
    race.view.choose(1, 17)  # as a click on a curve does
    assert listed.text() == "30 networks of 2 hidden"
    assert race.list.currentIndex().data().startswith("seed 17: ")
    only = race.findChild(QCheckBox, "race_unsolved")
    ends = race.view.ends(1)
    unsolved = ends.seeds[ends.solved_at < 0].tolist()
    assert 0 < len(unsolved) < 30
    only.click()
    model = race.list.model()
    words = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert [int(text.split()[1].rstrip(":")) for text in words] == unsolved
    assert all("not solved" in text or "diverged" in text for text in words)
    kind = "network" if len(unsolved) == 1 else "networks"
    assert listed.text() == f"{len(unsolved)} {kind} not solved, of 2 hidden"
    at = race.list.visualRect(model.index(0, 0)).center()
    qtbot.mouseClick(race.list.viewport(), LEFT, pos=at)
    assert race.view.chosen.seed == unsolved[0]
    assert race.list.currentIndex().row() == 0
    headings = [race.view.table.horizontalHeaderItem(c).text() for c in range(len(HEADINGS))]
    assert len({*headings}) == len(headings)
    assert len({*HEADINGS}) == len(HEADINGS)
