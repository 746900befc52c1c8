"""How long the window stands still when a person does something: steps, drags, edits, exports.

Run as a part of window.py (``--only hands``). *Block*: the longest stretch, ms, in which the
window's thread could not take the next event, from the act until its result is on screen: the
handler of the act itself, or the longest turn of the event loop. *Shown*: from
the act until the last painting that it causes is done. Each is the median of some rounds.

Of the worst block it is also noted for how long the thread computed, and for how long it was
ready to but had no core, because the machine did something else; what is left it waited for
another thread of the program.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QEvent,
    QEventLoop,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
)
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QWidget

from bpviz.core.run.cursor import GRAINS
from bpviz.session import commands
from bpviz.ui.export.dialog import ExportDialog
from bpviz.ui.toolkit.drawing.formula import typeset
from bpviz.ui.window.main_window import MainWindow

ROUNDS, EXPORTS = 15, 7
TICK = 0.001
"""Seconds for which the event loop sleeps at most."""

MOUSE_MS = 8
"""From one place of a dragged mouse to the next."""

QUIET = 0.04
"""Seconds without a painting after which nothing more is expected of an act."""

DOCKS = {
    "weights": "activations", "trajectory": "loss", "hidden_space": "activations",
    "unit": "output", "parameters": "output", "patterns": "output", "microscope": "output",
}  # fmt: skip
"""Docks, and what stands before each."""

OVERLAYS = ("gradient", "change", "signal", "weight")
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Clocks(NamedTuple):
    """What the clocks say, or the time between two looks at them, s."""

    wall: float
    cpu: float
    """Time in which this thread ran."""

    away: float
    """Time in which it was ready to run, but had no core."""

    @classmethod
    def now(cls) -> "Clocks":
        """What they say now."""
        return cls(perf_counter(), thread_time(), _waited_for_a_core())

    def since(self, other: "Clocks") -> "Clocks":
        """The time from another look to this one."""
        return Clocks(*(a - b for a, b in zip(self, other, strict=True)))

    def busy(self) -> "Clocks":
        """Such a time without the wait for a tick, which it may have begun with."""
        idle = min(max(self.wall - self.cpu - self.away, 0.0), TICK)
        return self._replace(wall=self.wall - idle)


def _waited_for_a_core() -> float:
    """Seconds that the main thread has done so; 0 where the system does not say."""
    return 1e-9 * int(os.pread(file, 80, 0).split()[1]) if (file := _schedule()) else 0.0


@cache
def _schedule() -> int | None:
    path = Path("/proc/self/schedstat")
    return os.open(path, os.O_RDONLY) if path.exists() else None


class Watch(QObject):
    """Turns the event loop after an act, and notes how long it stood still on the way."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.block, self.shown = Clocks(0.0, 0.0, 0.0), 0.0
        self._paints = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._paints = True
        return False

    def __call__(self, act: Callable[[], object], done: Callable[[], bool] | None = None) -> None:
        """Do this, and wait until it is on screen and nothing more comes."""
        self._paints = False
        start = Clocks.now()
        told = act()
        last = Clocks.now()
        painted = last.wall
        done = done or (told if callable(told) else None)
        self.block = last.since(start)
        loop = QEventLoop()
        ticks = QTimer(interval=round(1000 * TICK), timerType=Qt.TimerType.PreciseTimer)

        def turned() -> None:
            """Events of the person are taken now, and then the loop turns once more."""
            nonlocal last, painted
            now = Clocks.now()
            self.block, last = max(self.block, now.since(last).busy()), now
            if self._paints:  # it was asked to paint, and has done so
                self._paints, painted = False, now.wall

        def tick() -> None:
            waited = perf_counter() - painted > QUIET
            if waited and self._at_rest() and (done is None or done()):
                loop.quit()

        dispatcher = QAbstractEventDispatcher.instance()
        turn = dispatcher.awake.connect(turned)
        ticks.timeout.connect(tick)
        ticks.start()
        loop.exec()
        ticks.stop()
        dispatcher.disconnect(turn)
        self.shown = painted - start.wall

    def _at_rest(self) -> bool:
        session = self.window.session
        box = session.mailbox
        rests = session.status.state == "paused" and box.commands.empty()
        applied = self.window.current_frame.last_edit_applied == session.edits_sent
        return rests and applied and box._frame is None and box.screen_idle.is_set()


def hands(window: MainWindow, epochs: int) -> Iterator[dict[str, Any]]:
    """Everything that a person does at rest, one row each, after so many epochs."""
    watch = Watch(window)
    watch(lambda: window.session.send(commands.StepEpochs(epochs)))
    for name, acts in _rows(window, epochs):
        blocks, shown = list[Clocks](), list[float]()
        for _ in range(ROUNDS):
            for act in acts:
                watch(act)
                blocks.append(watch.block)
                shown.append(watch.shown)
        if name:  # the others only prepare what follows
            yield _row(name, blocks, shown)
    yield from _microscope(window, watch)
    yield from _opened(window, watch)
    yield from _exported(window, watch)


def _row(act: str, blocks: list[Clocks], shown: list[float]) -> dict[str, Any]:
    worst = max(blocks)
    return {
        "act": act,
        "block_ms": 1000 * statistics.median(block.wall for block in blocks),
        "block_worst_ms": 1000 * worst.wall,
        "worst_cpu_ms": 1000 * worst.cpu,
        "worst_away_ms": 1000 * worst.away,
        "own_worst_ms": 1000 * max(block.wall - block.away for block in blocks),
        "shown_ms": 1000 * statistics.median(shown),
        "rounds": len(blocks),
    }


Acts = list[Callable[[], object]]


def _rows(window: MainWindow, epochs: int) -> Iterator[tuple[str, Acts]]:
    do = window.actions_by_name
    step, back = do["step"].trigger, do["back"].trigger
    window.steps.grain_box.setCurrentText("epoch")
    for grain in GRAINS:
        yield f"{grain}: step", [_first(window, grain, step)] + 4 * [step]
        yield f"{grain}: back", [_first(window, grain, back)] + 4 * [back]
    window.steps.grain_box.setCurrentText("epoch")
    yield "timeline: a drag over all epochs", [lambda: _drag(window, epochs)]
    yield "diagram: a notch of the wheel on a weight", [lambda: _turn(window)]
    yield "undo and redo of that weight", [do["undo"].trigger, do["redo"].trigger]
    yield "diagram: another overlay", [_press(window, f"overlay_{key}") for key in OVERLAYS]
    yield "diagram: another pattern", [_press(window, "pattern_next")]
    for key, name, column in (
        ("parameters", "Weights: a cell", 2),
        ("patterns", "Patterns: a cell", None),
    ):
        yield "", [lambda key=key: window.docks.bring(key)]
        yield (
            name,
            [lambda k=key, c=column, v=value: _type(window, k, c, v) for value in (0.25, 0.5)],
        )
    yield "undo and redo of that pattern", [do["undo"].trigger, do["redo"].trigger]
    window.docks.bring("output")


def _first(window: MainWindow, grain: str, act: Callable[[], object]) -> Callable[[], object]:
    def do() -> None:
        window.steps.grain_box.setCurrentText(grain)
        act()

    return do


def _press(window: MainWindow, name: str) -> Callable[[], object]:
    return lambda: window.findChild(QWidget, name).click()


def _drag(window: MainWindow, epochs: int) -> Callable[[], bool]:
    """From the end to the beginning and some of the way back; tells whether it is over."""
    slider = window.steps.timeline.slider
    y, at = slider.height() // 2, [slider.place_of(e) for e in (epochs, 0, epochs // 2)]
    path = [*np.linspace(at[0], at[1], 24), *np.linspace(at[1], at[2], 12)]
    QTest.mousePress(slider, LEFT, PLAIN, QPoint(round(path[0]), y))
    places = iter(path)
    timer = QTimer(slider, interval=MOUSE_MS, timerType=Qt.TimerType.PreciseTimer)

    def move() -> None:
        x = next(places, None)
        if x is None:
            timer.stop()
            QTest.mouseRelease(slider, LEFT, PLAIN, QPoint(round(path[-1]), y))
        else:
            QTest.mouseMove(slider, QPoint(round(x), y))

    timer.timeout.connect(move)
    timer.start()
    return lambda: not timer.isActive()


def _turn(window: MainWindow) -> None:
    canvas = window.views["network"].canvas
    strand = canvas._choice.lines.routes[-1]
    at = QPointF(*strand.points[0, [0, -1]].mean(axis=0))
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, PLAIN,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def _type(window: MainWindow, key: str, column: int | None, value: float) -> None:
    """Type a number into a cell of the first row (the last input of it), and press Enter."""
    table = window.findChild(QAbstractItemView, f"{key}_table")
    model = table.model()
    if column is None:
        column = max(c for c, col in enumerate(model.columns) if col.kind == "input")
    index = model.index(0, column)
    table.setCurrentIndex(index)
    table.edit(index)
    field = table.viewport().findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, f"{value:g}")
    QTest.keyClick(field, Qt.Key.Key_Return)


def _opened(window: MainWindow, watch: Watch) -> Iterator[dict[str, Any]]:
    """Every dock, brought to the front for the first time and again."""
    window.session.send(commands.Watch(tuple(_followed(window))))
    for key, other in DOCKS.items():
        window.docks.bring(other)
        watch(lambda: None)
        blocks, shown = list[Clocks](), list[float]()
        for _ in range(ROUNDS + 1):
            watch(lambda other=other: window.docks.bring(other))
            watch(lambda key=key: window.docks.bring(key))
            blocks.append(watch.block)
            shown.append(watch.shown)
        title = window.docks.by_key[key].windowTitle()
        yield _row(f"dock {title} comes to the front", blocks, shown)


def _microscope(window: MainWindow, watch: Watch) -> Iterator[dict[str, Any]]:
    """Weights clicked with the microscope in front; its formula is set anew, or known."""
    window.docks.bring("microscope")
    watch(lambda: None)
    canvas, formulas = window.views["network"].canvas, window.parts.microscope.formulas
    strand = canvas._choice.lines.routes[-1]
    places = [strand.points[e, [0, -1]].mean(axis=0) for e in range(len(strand.points))]

    def click(n: int) -> Callable[[], bool]:
        at = QPoint(*map(round, places[n % len(places)].tolist()))
        QTest.mouseClick(canvas, LEFT, PLAIN, at)
        return lambda: formulas.is_ready

    def forget() -> None:
        typeset.cache_clear()
        formulas.area._setter._set.clear()
        formulas.area.show_formula("", "")

    def set_others() -> None:
        """Have the thread at work on formulas for longer than the act takes."""
        for n in range(8):
            formulas.area._setter.get(formulas.area.tex + f"+{n}", 15.0, "#000000", True)

    for name, before, rounds in (
        ("the first weight", (), 1),
        ("another weight", (), ROUNDS),
        ("another weight, its formula set anew", (forget,), ROUNDS),
        ("another weight, while formulas are set", (set_others, forget), ROUNDS),
    ):
        blocks, shown = list[Clocks](), list[float]()
        for n in range(rounds):
            for act in before:
                act()
            watch(lambda n=n: click(n))
            blocks.append(watch.block)
            shown.append(watch.shown)
        yield _row(f"Microscope: {name}", blocks, shown)


def _followed(window: MainWindow) -> list[Any]:
    from bpviz.core.model.references import UnitRef, WeightRef
    from bpviz.core.run.quantities import UnitValue

    return [
        WeightRef(0, 0, 0),
        UnitValue(UnitRef(1, 0), "activation", 0),
        UnitValue(UnitRef(1, 1), "delta", 0),
    ]


def _exported(window: MainWindow, watch: Watch) -> Iterator[dict[str, Any]]:
    """Pictures, written by the dialog's button."""
    window.parts.late.need_all()
    watch(lambda: None)
    every = list(window.views)
    for keys, form, rounds in (
        (["network"], "png", EXPORTS),
        (["loss"], "png", EXPORTS),
        (every, "png", 3),
        (["window"], "png", EXPORTS),
        *(([key], "svg", EXPORTS) for key in every if type(window.views[key]).vector),
    ):
        rows = [_export(window, watch, keys, form) for _ in range(rounds)]
        name = window.views[keys[0]].title if keys[0] != "window" else "the whole window"
        name = name if len(keys) == 1 else f"all {len(keys)} pictures"
        yield _row(f"export of {name}, {form.upper()}", *map(list, zip(*rows, strict=True)))


def _export(window: MainWindow, watch: Watch, keys: list[str], form: str) -> tuple[Clocks, float]:
    """Block, and time until the files are there, s."""
    views = list(window.views.values())
    dialog = ExportDialog(views, window.current_frame, window, window.settings, window)
    dialog._choice.set_chosen([k for k in keys if k != "window"], "window" in keys)
    dialog._form.findChild(QComboBox, "export_format").setCurrentText(form.upper())
    dialog._form._folder.setText(tempfile.mkdtemp())
    dialog.open()
    watch(
        lambda: None, lambda: not dialog._preview_timer.isActive() and not dialog._drawing.is_busy
    )
    files: list[Path] = []
    ended: list[float] = []
    dialog.exported.connect(files.extend)
    dialog.exported.connect(lambda _: ended.append(perf_counter()))
    start = perf_counter()
    watch(dialog._export.click, lambda: bool(ended))
    dialog.deleteLater()
    assert len(files) == len(keys)
    return watch.block, ended[0] - start
