"""A round of random acts in a real window, and what goes wrong in it."""

import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from bpviz.ui.window.actions import ACTIONS
from tests.campaigns import hands
from tests.campaigns.common import wait
from tests.campaigns.files import mutated
from tests.campaigns.round_inputs import write_files
from tests.campaigns.window_acts import KINDS, Acts

HANG = 20.0
"""Seconds without an answer of the window that are a fault, if its thread used the processor for
half of them: on a busy machine it may have been given none, and the training thread has its own."""

DEAD = 300.0
"""Seconds without an answer that are a fault in any case: the threads may wait for each other."""

Act = dict[str, Any]


def random_act(chance: random.Random) -> Act:
    """An act as plain data: what it meets in the window is chosen by ``seed`` when it is done."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    return {"kind": kind, "seed": chance.randrange(2**31)}


@dataclass
class Round(Acts):
    """Does acts in a window, and notes what goes wrong, and what was reached.

    reached  how often each action, dialog, field and file was met, as "action run".
    there    every field that there was, reached or not.
    known    what earlier rounds have reached: something else is often preferred.
    """

    folder: Path
    faults: list[tuple[str, str]] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    there: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    now: str = "start"
    beat: float = field(default_factory=monotonic)
    used: float = 0.0

    def run(self, seed: int, acts: list[Act]) -> None:
        """Open a window with a random experiment, do the acts, and close it."""
        self.begin(seed)
        for act in acts:
            self.do(act)
        self.end(seed)

    def begin(self, seed: int) -> None:
        """Open the window."""
        self._catch()
        self._clock = _clock_of_this_thread()
        self._begin(random.Random(seed))
        self._alive()
        threading.Thread(target=self._watch, daemon=True).start()

    def end(self, seed: int) -> None:
        """Close the window, and open and close it once more with the settings that it left."""
        self.there |= self.field_names()
        self.now = "closing"
        self.window.close()
        wait(50)
        self.now = "opening again"
        self._is_answering = False
        chance, settings = random.Random(seed), self.folder / "settings.txt"
        if chance.random() < 0.3 and settings.exists():
            settings.write_bytes(mutated(settings.read_bytes(), chance))
            self.reached["file damaged settings"] += 1
        self._alive()
        again = self._window(self.experiment)
        again.close()
        wait(50)

    def do(self, act: Act) -> None:
        """Do one act."""
        self.now = str(act)
        self.reached[f"act {act['kind']}"] += 1
        try:
            getattr(self, f"_{act['kind']}")(random.Random(act["seed"]))
            wait(15)
        except Exception as error:
            self._note(type(error), error, error.__traceback__)
        self._alive()

    def _alive(self) -> None:
        self.beat, self.used = monotonic(), self._clock()

    def _catch(self) -> None:
        from PySide6.QtCore import qInstallMessageHandler

        sys.excepthook = self._note
        threading.excepthook = lambda a: self._note(a.exc_type, a.exc_value, a.exc_traceback)
        qInstallMessageHandler(self._message)

    def _note(self, kind: Any, error: Any, trace: Any) -> None:
        frames = traceback.extract_tb(trace)
        ours = [f for f in frames if "/bpviz/" in f.filename]
        if not ours and "already deleted" in str(error):
            return  # a widget that the act itself had chosen is gone meanwhile
        where = f"{Path(ours[-1].filename).name} {ours[-1].name}" if ours else "the campaign"
        text = "".join(traceback.format_exception(kind, error, trace))[-3000:]
        self.faults.append((f"{kind.__name__} at {where}", f"during {self.now}\n{text}"))

    def _message(self, kind: Any, context: Any, text: str) -> None:
        quiet = ("This plugin", "propagateSizeHints", "setMouseGrab", "setKeyboardGrab", "outside")
        if kind.value in (1, 2, 3) and not any(words in text for words in quiet):
            stack = "".join(traceback.format_stack()[-9:-1])
            self.faults.append((f"Qt: {text[:90]}", f"during {self.now}\n{text}\n{stack}"))

    def _watch(self) -> None:
        import faulthandler

        while True:
            threading.Event().wait(0.5)
            silent, busy = monotonic() - self.beat, self._clock() - self.used
            if (silent > HANG and busy > HANG / 2) or silent > DEAD:
                main = sys._current_frames()[threading.main_thread().ident or 0]
                stack = "".join(traceback.format_stack(main)[-8:])
                where = next((f.name for f in reversed(traceback.extract_stack(main))
                              if "/bpviz/" in f.filename), "?")  # fmt: skip
                self.faults.append((f"no answer for {HANG:g} s in {where}", f"{self.now}\n{stack}"))
                self._alive()
                faulthandler.dump_traceback()

    def _begin(self, chance: random.Random) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QFileDialog

        from bpviz.app import make_application
        from bpviz.core.model.activations import ACTIVATIONS
        from bpviz.core.values import BadValue
        from bpviz.experiment.experiment import Hidden, experiment_for
        from bpviz.experiment.prepare import prepare
        from bpviz.problems.table import PROBLEMS

        experiment = experiment_for("xor")
        for _ in range(9):
            sizes = [chance.choice([1, 2, 3, 8, 40]) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
            hidden = tuple(Hidden(n, chance.choice(list(ACTIVATIONS))) for n in sizes)
            try:
                given = experiment_for(chance.choice(list(PROBLEMS)), hidden=hidden, links=())
                prepare(given)
                experiment = given
                break
            except BadValue:
                continue
        self.file_names = write_files(self.folder)
        self.app = make_application([])
        self.files = random.Random(chance.random())
        QFileDialog.getOpenFileName = staticmethod(lambda *a, **k: (self._file(), ""))
        QFileDialog.getSaveFileName = staticmethod(lambda *a, **k: (self._file(), ""))
        QFileDialog.getExistingDirectory = staticmethod(lambda *a, **k: str(self.folder))
        engine = chance.choice(["numpy", "numpy", "auto"])
        self.experiment, self.engine = experiment, engine
        self.window = self._window(experiment)
        self._is_answering = True
        QTimer.singleShot(40, self._answer)

    def _window(self, experiment: Any) -> Any:
        from bpviz.ui.toolkit.settings import Settings
        from bpviz.ui.window.main_window import MainWindow

        window = MainWindow(experiment, Settings(self.folder / "settings.txt"), self.engine)
        for row in ACTIONS:
            window.actions_by_name[row.name].triggered.connect(
                lambda _=False, name=row.name: self.reached.update([f"action {name}"])
            )
        window.show()
        wait(400)
        return window

    def _file(self) -> str:
        names = [str(self.folder / name) for name in self.file_names]
        new = [name for name in names if self.is_new(f"file {Path(name).name}")]
        path = self.files.choice(
            [*(new or names), *names, "", "/nonexistent/x.csv", "/dev/null", "/proc"]
        )
        self.reached[f"file {Path(path).name}"] += 1
        return path

    def _answer(self) -> None:
        """Close what is modal or popped up after a few random answers."""
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtWidgets import (
            QAbstractButton,
            QAbstractSlider,
            QComboBox,
            QLineEdit,
            QMenu,
        )

        if not self._is_answering:
            return
        # Before anything is done: what is done may open the next dialog, and wait for its answer.
        QTimer.singleShot(40, self._answer)
        self._alive()
        seen = [top for top in self.app.topLevelWidgets() if top.isVisible()]
        for window in seen:
            self.reached[f"dialog {self.name_of(window)}"] += 1
        menus = [top for top in seen if isinstance(top, QMenu)]
        top = (
            self.app.activeModalWidget() or self.app.activePopupWidget() or next(iter(menus), None)
        )
        if top is None:
            return
        chance = self.files.random()
        kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
        fields = [f for kind in kinds for f in top.findChildren(kind)]
        fields = [f for f in fields if f.isVisible() and f.isEnabled()]
        if chance < 0.15:
            top.close()
        elif chance < 0.7 and fields:
            self.use(self.pick(self.files, fields), self.files)
        else:
            keys = (Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Tab)
            hands.press_key(top, self.files.choice(keys))


def _clock_of_this_thread() -> Callable[[], float]:
    """What gives, in any thread, the seconds of the processor that this one has used; where a
    system does not tell, those of the whole process."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return process_time
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock)
