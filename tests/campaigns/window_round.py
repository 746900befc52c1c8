"""A round of random acts in a real window, and what goes wrong in it."""

import random
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from bpviz.ui.window.actions import ACTIONS
from tests.campaigns.common import wait

HANG = 20.0
"""Seconds without an answer of the window that are a fault."""

Act = dict[str, Any]

TEXTS = [
    "", " ", "abc", "1e999", "nan", "-inf", "0", "-0", "1,5", "1,000", "0x10", "1e-320", "½", "1_0",
    "😀" * 5, "\u202eabc", "\x00", "%s%n", "{0}", "<img src='/dev/zero'>", "../../x", "/dev/zero",
    "w[1,2]", "x1 -> h1", "h1", "9**9**9", "sin(x", "1/0*x", "9" * 5000, "x" * 20_000, "4,2", "-3",
    "4:tanh,2:relu", "3,3,3,3,3,3,3,3,3", "18446744073709551616", "1e12", "0.5", "3", "100",
]  # fmt: skip
CLIPBOARD = [
    "0\t1\t1\n1\t0\t1\n", "a\tb\tc", "\t\t\n\t", "nan\tinf\t0", "x" * 50_000, "\n" * 1000,
    "1\t" * 3000, "\n".join("0\t1\t1" for _ in range(3000)), "1,5\t2,5\t0", "b1.xxxx", "b2.", "",
]  # fmt: skip
KEYS = [
    "Space", "Left", "Right", "Up", "Down", "Return", "Escape", "Tab", "Backtab", "Delete", "Home",
    "End", "PageUp", "PageDown", "P", "A", "F1", "F2", "F10", "Menu",
]  # fmt: skip
FILES = {
    "good.csv": "a,b,c\n" + "".join(f"{i % 3},{i % 5},{i % 2}\n" for i in range(60)),
    "classes.csv": "x;y;art\n"
    + "".join(f"{i / 7:.3f};{i % 9};{'abc'[i % 3]}\n" for i in range(90)),
    "ragged.csv": "a,b,c\n1,2,3\n1,2\n",
    "empty.csv": "",
    "huge.csv": "a,b\n1e300,1e300\n-1e300,2\n1e-320,0\n",
    "wide.csv": "\n".join(",".join(str(i * j % 7) for i in range(300)) for j in range(40)),
    "html.csv": "<b>a</b>,<img src=x>,&amp;\n1,2,0\n2,3,1\n4,5,1\n",
    "bad.toml": "title = 1\n",
    "good.toml": """
title = "<b>A lesson</b>"
summary = "![x](/dev/zero)"
minutes = 1
[[step]]
title = "One"
text = "<img src='/dev/zero'> ![x](formula:99) [link](file:///etc/passwd)"
[step.experiment]
problem = "xor"
hidden = [{ size = 2, activation = "tanh" }]
[[step]]
title = "Two"
text = "$x_{h1}$ and $\\frac$"
[step.experiment]
problem = "circle"
[step.state]
epochs = 3
choices = { loss = { scale = "no such scale", nothing = 1 }, output = { mode = "table" } }
show = ["loss", "output"]
""",
}
KINDS = {
    "click": 14, "double": 4, "drag": 5, "wheel": 4, "key": 8, "type": 8, "action": 14, "button": 8,
    "combo": 6, "dock": 5, "open": 4, "paste": 3, "resize": 2, "table": 4, "wait": 2, "lesson": 5,
    "hover": 3, "slide": 3, "cell": 3, "link": 2,
}  # fmt: skip


def random_act(chance: random.Random) -> Act:
    """An act as plain data: what it meets in the window is chosen by ``seed`` when it is done."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    return {"kind": kind, "seed": chance.randrange(2**31)}


@dataclass
class Round:
    """Does acts in a window, and notes what goes wrong."""

    folder: Path
    faults: list[tuple[str, str]] = field(default_factory=list)
    now: str = "start"
    beat: float = field(default_factory=monotonic)

    def run(self, seed: int, acts: list[Act]) -> None:
        """Open a window with a random experiment, do the acts, and close it."""
        self._catch()
        self._begin(random.Random(seed))
        self.beat = monotonic()
        threading.Thread(target=self._watch, daemon=True).start()
        for act in acts:
            self.now = str(act)
            try:
                getattr(self, f"_{act['kind']}")(random.Random(act["seed"]))
                wait(15)
            except Exception as error:
                self._note(type(error), error, error.__traceback__)
            self.beat = monotonic()
        self.now = "closing"
        self.window.close()
        wait(50)
        self.now = "opening again"
        self._answerer.stop()
        again = self._window(self.experiment)
        again.close()
        wait(50)

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
            if monotonic() - self.beat > HANG:
                main = sys._current_frames()[threading.main_thread().ident or 0]
                stack = "".join(traceback.format_stack(main)[-8:])
                where = next((f.name for f in reversed(traceback.extract_stack(main))
                              if "/bpviz/" in f.filename), "?")  # fmt: skip
                self.faults.append((f"no answer for {HANG:g} s in {where}", f"{self.now}\n{stack}"))
                self.beat = monotonic() + 30.0
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
        for name, text in FILES.items():
            (self.folder / name).write_text(text)
        self.app = make_application([])
        self.files = random.Random(chance.random())
        QFileDialog.getOpenFileName = staticmethod(lambda *a, **k: (self._file(), ""))
        QFileDialog.getSaveFileName = staticmethod(lambda *a, **k: (self._file(), ""))
        QFileDialog.getExistingDirectory = staticmethod(lambda *a, **k: str(self.folder))
        engine = chance.choice(["numpy", "numpy", "auto"])
        self.experiment, self.engine = experiment, engine
        self.window = self._window(experiment)
        self._answerer = QTimer(interval=40)
        self._answerer.timeout.connect(self._answer)
        self._answerer.start()

    def _window(self, experiment: Any) -> Any:
        from bpviz.ui.toolkit.settings import Settings
        from bpviz.ui.window.main_window import MainWindow

        window = MainWindow(experiment, Settings(self.folder / "settings.txt"), self.engine)
        window.show()
        wait(400)
        return window

    def _file(self) -> str:
        names = [str(self.folder / name) for name in FILES]
        return self.files.choice([*names, *names, "", "/nonexistent/x.csv", "/dev/null", "/proc"])

    def _answer(self) -> None:
        """Close what is modal or popped up after a few random answers."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QAbstractButton, QLineEdit

        self.beat = monotonic()
        top = self.app.activeModalWidget() or self.app.activePopupWidget()
        if top is None:
            return
        chance = self.files.random()
        buttons = [b for b in top.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        fields = [f for f in top.findChildren(QLineEdit) if f.isVisible() and f.isEnabled()]
        if chance < 0.3:
            top.close()
        elif chance < 0.5 and buttons:
            self.files.choice(buttons).click()
        elif chance < 0.6 and fields:
            self.files.choice(fields).setText(self.files.choice(TEXTS))
        else:
            keys = (Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Tab)
            QTest.keyClick(top, self.files.choice(keys))

    # -- acts --------------------------------------------------------------------------------

    def _seen(self, kind: Any = None) -> list[Any]:
        from PySide6.QtWidgets import QWidget

        tops = [top for top in self.app.topLevelWidgets() if top.isVisible()]
        found = [w for top in tops for w in (top, *top.findChildren(kind or QWidget))]
        if kind is not None:
            found = [widget for widget in found if isinstance(widget, kind)]
        return [
            w for w in found if w.isVisible() and w.isEnabled() and min(w.width(), w.height()) > 2
        ]

    def _place(self, chance: random.Random) -> Any:
        """A random visible widget's window, and a point of the widget in it."""
        from PySide6.QtCore import QPoint

        widget = chance.choice(self._seen())
        point = QPoint(chance.randrange(widget.width()), chance.randrange(widget.height()))
        return widget.window().windowHandle(), widget.mapTo(widget.window(), point)

    def _click(self, chance: random.Random, double: bool = False) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        handle, point = self._place(chance)
        buttons = [Qt.MouseButton.LeftButton] * 6 + [Qt.MouseButton.RightButton]
        modifiers = [Qt.KeyboardModifier.NoModifier] * 4 + [Qt.KeyboardModifier.ShiftModifier]
        act = QTest.mouseDClick if double else QTest.mouseClick
        QTest.mouseMove(handle, point)
        act(handle, chance.choice(buttons), chance.choice(modifiers), point)

    def _double(self, chance: random.Random) -> None:
        self._click(chance, double=True)

    def _drag(self, chance: random.Random) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        handle, point = self._place(chance)
        QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        for _ in range(4):
            point = point + QPoint(chance.randrange(-90, 91), chance.randrange(-60, 61))
            QTest.mouseMove(handle, point)
        QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)

    def _wheel(self, chance: random.Random) -> None:
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent

        widget = chance.choice(self._seen())
        at = QPointF(chance.randrange(widget.width()), chance.randrange(widget.height()))
        turned = QPoint(0, chance.choice([-1200, -120, 120, 1200, 7]))
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        self.app.sendEvent(widget, event)

    def _key(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        target = self.app.activePopupWidget() or self.app.activeWindow() or self.window
        modifiers = [Qt.KeyboardModifier.NoModifier] * 3 + [Qt.KeyboardModifier.ControlModifier]
        for _ in range(chance.choice([1, 1, 3, 10])):
            key = getattr(Qt.Key, f"Key_{chance.choice(KEYS)}")
            QTest.keyClick(target.windowHandle(), key, chance.choice(modifiers))

    def _type(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QLineEdit

        fields = [w for w in self._seen(QLineEdit) if not w.isReadOnly()]
        if fields:
            entry = chance.choice(fields)
            entry.setFocus()
            entry.selectAll()
            entry.insert(chance.choice(TEXTS))
            QTest.keyClick(
                entry, chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape])
            )

    def _action(self, chance: random.Random) -> None:
        names = sorted({row.name for row in ACTIONS} - {"quit"})
        self.window.actions_by_name[chance.choice(names)].trigger()

    def _button(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractButton

        if buttons := self._seen(QAbstractButton):
            chance.choice(buttons).click()

    def _combo(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QComboBox

        if boxes := [box for box in self._seen(QComboBox) if box.count()]:
            box = chance.choice(boxes)
            index = chance.randrange(box.count())
            box.setCurrentIndex(index)
            box.activated.emit(index)

    def _dock(self, chance: random.Random) -> None:
        docks = self.window.docks.by_key
        key = chance.choice(sorted(docks))
        do = chance.choice(["bring", "bring", "bring", "float", "close", "dock"])
        if do == "bring":
            self.window.bring(key)
        elif do == "close":
            docks[key].close()
        else:
            docks[key].setFloating(do == "float")

    def _open(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractButton

        lesson = [b for b in self._seen(QAbstractButton) if b.objectName() == "lesson_open"]
        if lesson and chance.random() < 0.4:
            lesson[0].click()
        else:
            self.window.actions_by_name["open_csv"].trigger()

    def _hover(self, chance: random.Random) -> None:
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QHelpEvent
        from PySide6.QtTest import QTest

        widget = chance.choice(self._seen())
        handle, point = widget.window().windowHandle(), widget.rect().center()
        QTest.mouseMove(handle, widget.mapTo(widget.window(), point))
        event = QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
        self.app.sendEvent(widget, event)

    def _slide(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractSlider

        if sliders := self._seen(QAbstractSlider):
            slider = chance.choice(sliders)
            slider.setValue(chance.randint(slider.minimum(), slider.maximum()))

    def _cell(self, chance: random.Random) -> None:
        """Select cells, sort or resize the columns of a table, and copy."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QHeaderView, QTableView

        if not (tables := self._seen(QTableView)):
            return
        table = chance.choice(tables)
        header = table.horizontalHeader()
        if isinstance(header, QHeaderView) and header.count():
            section = chance.randrange(header.count())
            header.resizeSection(section, chance.choice([0, 5, 80, 3000]))
            header.sectionClicked.emit(section)
        table.selectAll()
        table.setFocus()
        QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    def _link(self, chance: random.Random) -> None:
        """Paste the link text of another experiment, or the present one with a changed letter."""
        from bpviz.experiment.experiment import experiment_for
        from bpviz.sharing.checkpoint import SharedExperiment
        from bpviz.sharing.link_text import text_of

        text = text_of(SharedExperiment(experiment_for(chance.choice(["xor", "iris", "sine"]))))
        if chance.random() < 0.5:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice("aZ0_-.") + text[at + 1 :]
        self.app.clipboard().setText(text)
        self.window.actions_by_name["paste_state"].trigger()

    def _paste(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QAbstractItemView

        self.app.clipboard().setText(chance.choice(CLIPBOARD))
        if tables := self._seen(QAbstractItemView):
            table = chance.choice(tables)
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        self.window.actions_by_name["paste_state"].trigger()

    def _resize(self, chance: random.Random) -> None:
        sizes = [(1, 1), (640, 480), (1280, 800), (3840, 2160), (300, 2000), (2500, 200)]
        self.window.resize(*chance.choice(sizes))

    def _table(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QAbstractItemView, QLineEdit

        tables = [t for t in self._seen(QAbstractItemView) if t.model() and t.model().rowCount()]
        if not tables:
            return
        table = chance.choice(tables)
        model = table.model()
        index = model.index(chance.randrange(min(model.rowCount(), 12)), 0)
        index = index.siblingAtColumn(chance.randrange(max(model.columnCount(), 1)))
        table.setCurrentIndex(index)
        if model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            table.edit(index)
            for editor in table.findChildren(QLineEdit)[-1:]:
                editor.selectAll()
                editor.insert(chance.choice(TEXTS))
                QTest.keyClick(editor, Qt.Key.Key_Return)

    def _wait(self, chance: random.Random) -> None:
        wait(chance.choice([50, 200, 500]))

    def _lesson(self, chance: random.Random) -> None:
        from bpviz.lessons.loader import find_lesson, shipped_lessons

        lesson = find_lesson(chance.choice(sorted(shipped_lessons())))
        self.window.open_lesson(lesson, set_up=chance.random() < 0.7)
