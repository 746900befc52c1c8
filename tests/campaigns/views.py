"""Every view with random networks, problems, options and choices: nothing raises."""

import random
import sys
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMenu, QWidget

from bpviz.app import make_application
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.run.divergence import Diverged
from bpviz.core.run.observe import observe
from bpviz.core.run.snapshot import EVERYTHING
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Hidden, Link, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.base import Option
from bpviz.problems.table import PROBLEMS
from bpviz.session.frame import Frame
from bpviz.session.recording.loss_log import LossLog
from bpviz.ui.toolkit.drawing.theme import THEMES
from bpviz.ui.views.base import View
from bpviz.ui.views.table import VIEWS
from tests.campaigns.common import Budget, Findings

GROUPS = [(), (1,), (2,), (3,), (8,), (40,), (1, 1), (2, 1), (1, 3), (3, 3, 3), (200,)]

SIDES = [*range(1, 12), 20, 40, 60, 90, 300, 700, 1900]
"""Widths and heights of views, px: a dock may be as good as closed."""


def campaign(budget: Budget) -> Findings:
    """Show random runs one after the other in the same views, and choose in them at random."""
    found = Findings("views")
    make_application([])
    # Overrides of Qt's methods are guarded: they give their exceptions to this.
    sys.excepthook = lambda kind, error, trace: found.exception(error, f"try {found.tried}")
    views = {key: row.load()() for key, row in VIEWS.items()}
    # As a window of its own a view would never be smaller than its layout wants.
    holders = [QWidget() for _ in views]
    for holder, view in zip(holders, views.values(), strict=True):
        view.setParent(holder)
        holder.resize(2000, 2000)
        holder.show()
        view.show()
    while budget.goes_on(found.tried):
        chance = random.Random(f"{budget.seed} {found.tried}")
        frame = _frame(chance, found.tried + 1)
        for key, view in views.items():
            try:
                _look(view, frame, chance)
            except Exception as error:
                found.exception(error, f"try {found.tried}, {key}: {frame.setup.experiment}")
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        found.tried += 1
    for holder in holders:
        holder.close()
    found.figures = {"views": len(views)}
    return found


def _frame(chance: random.Random, run_id: int) -> Frame:
    """The frame of a random run, after a few epochs."""
    while True:
        try:
            setup = prepare(_experiment(chance), run_id)
            run = new_run(setup)
            records = [run.record, *run.advance(chance.choice([0, 1, 5, 30]))]
        except (BadValue, Diverged):
            continue
        log = LossLog()
        for record in records:
            log.append(record)
        snapshot = observe(run, EVERYTHING, shown=setup.shown, probe=setup.probe, run_id=run_id)
        return Frame(setup, snapshot, log.curve())


def _experiment(chance: random.Random) -> Experiment:
    name = chance.choice(list(PROBLEMS))
    options = {
        option.name: _value(option, chance)
        for option in PROBLEMS[name].options
        if chance.random() < 0.3 and option.kind in ("bool", "choice", "set")
    }
    hidden = tuple(Hidden(size, chance.choice(list(ACTIVATIONS))) for size in chance.choice(GROUPS))
    experiment = experiment_for(name, options=options, hidden=hidden, links=())
    if chance.random() < 0.3:
        output, error = chance.choice(list(ACTIVATIONS)), chance.choice(list(LOSSES))
        experiment = replace(experiment, output=output, error=error)
    if chance.random() < 0.3:
        experiment = replace(experiment, links=(Link("input", "output", density=0.6),))
    if chance.random() < 0.2:
        training = replace(experiment.training, rate=chance.choice([1e-6, 5.0, 100.0]))
        experiment = replace(experiment, training=training)
    return replace(experiment, seed=chance.randrange(100))


def _value(option: Option, chance: random.Random) -> Any:
    if option.kind == "bool":
        return chance.random() < 0.5
    if option.kind == "set":
        return ",".join(chance.sample(option.choices, chance.randint(1, len(option.choices))))
    return chance.choice(option.choices)


def _look(view: View, frame: Frame, chance: random.Random) -> None:
    """Show the frame, paint it, and choose in the view."""
    view.set_theme(chance.choice(list(THEMES.values())))
    view.setMinimumSize(0, 0)
    view.resize(chance.choice(SIDES), chance.choice(SIDES))
    view.show_frame(frame)
    view.grab()
    _point_at(view, chance)
    for _ in range(2):
        widgets = [w for w in view.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
        boxes = [w for w in widgets if isinstance(w, QComboBox) and w.count()]
        buttons = [w for w in widgets if isinstance(w, QAbstractButton) and _is_plain(w)]
        if boxes:
            box = chance.choice(boxes)
            box.setCurrentIndex(chance.randrange(box.count()))
            box.activated.emit(box.currentIndex())
        if buttons:
            chance.choice(buttons).click()
        view.select_pattern(chance.randrange(len(frame.setup.patterns.train)))
        view.grab()
    copy = type(view)(theme=view.theme)
    copy.set_choices(view.choices())
    copy.resize(400, 300)
    copy.show_frame(frame)
    copy.grab()
    copy.deleteLater()


def _point_at(view: View, chance: random.Random) -> None:
    """Move the mouse over what lies at a random place, click and turn the wheel there."""
    place = QPoint(chance.randrange(view.width()), chance.randrange(view.height()))
    widget = view.childAt(place) or view
    at = QPointF(widget.mapFrom(view, place))
    where = widget.mapToGlobal(at)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    for kind, button, held in (
        (QEvent.Type.MouseMove, none, none),
        (QEvent.Type.MouseButtonPress, left, left),
        (QEvent.Type.MouseMove, none, left),
        (QEvent.Type.MouseButtonRelease, left, none),
    ):
        QCoreApplication.sendEvent(widget, QMouseEvent(kind, at, where, button, held, plain))
    turn = QPoint(0, chance.choice([-120, 120]))
    phase = Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, where, QPoint(), turn, none, plain, phase, False)
    QCoreApplication.sendEvent(widget, wheel)


def _is_plain(button: QAbstractButton) -> bool:
    """Whether a click opens no menu, which would wait for an answer."""
    menu = getattr(button, "menu", lambda: None)()
    return not isinstance(menu, QMenu)
