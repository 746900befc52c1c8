"""The menu with which lessons are written: copies, new ones, and the present state as a step."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from bpviz.resources import resource
from bpviz.session.frame import Frame
from bpviz.ui.panels.table import LESSON
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.docks import Docks
from bpviz.ui.window.speed_control import SpeedControl
from bpviz.ui.window.step_controls import StepControls

if TYPE_CHECKING:
    from bpviz.ui.panels.lessons.lesson import LessonPanel

SUFFIX = ".toml"


class LessonWriting:
    """Fills the menu of the lesson panel's Open button; ``read_guide`` opens the page about it."""

    def __init__(
        self,
        window: WindowContext,
        docks: Docks,
        steps: StepControls,
        speed: SpeedControl,
        read_guide: Callable[[], None],
    ) -> None:
        self._window, self._docks, self._steps, self._speed = window, docks, steps, speed
        self._read_guide = read_guide

    def fill(self, panel: "LessonPanel") -> None:
        """Give the panel its menu."""
        menu = QMenu(panel)
        menu.setObjectName("lesson_menu")
        menu.setToolTipsVisible(True)
        rows: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("reload", "&Reload the lesson", "Read its file again, at the same step", panel.reload),
            ("copy", "Save a &copy…", "A file of your own with this lesson, to be changed",
             lambda: self._copy(panel)),
            ("new", "&New lesson from what is shown…",
             "A lesson whose first step is the present experiment and state",
             lambda: self._new(panel)),
            ("add", "&Add what is shown as a step",
             "Append the present experiment and state to this file of your own",
             lambda: self._add(panel)),
            ("guide", "&How lessons are written", "The page of the guide", self._read_guide),
        )  # fmt: skip
        actions = {}
        for name, text, tip, act in rows:
            action = actions[name] = QAction(text, menu)
            action.setObjectName(f"lesson_menu_{name}")
            action.setToolTip(tip)
            action.triggered.connect(lambda _=False, act=act: act())
            menu.addAction(action)
        menu.aboutToShow.connect(lambda: self._enable(panel, actions))
        panel.set_menu(menu)

    def _enable(self, panel: "LessonPanel", actions: dict[str, QAction]) -> None:
        lesson, frame = panel.lesson, self._window.current_frame
        for name in ("reload", "copy"):
            actions[name].setEnabled(lesson is not None)
        actions["new"].setEnabled(frame is not None)
        own = lesson is not None and not _is_shipped(lesson.path)
        actions["add"].setEnabled(frame is not None and own)

    # -- what the menu does ------------------------------------------------------------------

    def _copy(self, panel: "LessonPanel") -> None:
        if panel.lesson is not None:
            text = panel.lesson.path.read_text(encoding="utf-8")
            self._save(panel, f"my-{panel.lesson.path.name}", text)

    def _new(self, panel: "LessonPanel") -> None:
        from bpviz.lessons.writing import lesson_text  # imported on first use

        frame = self._window.current_frame
        if frame is not None:
            text = lesson_text(f"My lesson on {frame.setup.patterns.name}", self._step(frame))
            self._save(panel, f"my-lesson{SUFFIX}", text)

    def _add(self, panel: "LessonPanel") -> None:
        lesson, frame = panel.lesson, self._window.current_frame
        if lesson is None or frame is None:
            return
        text = lesson.path.read_text(encoding="utf-8").rstrip("\n")
        if self._write(lesson.path, f"{text}\n{self._step(frame)}"):
            panel.open_file(str(lesson.path), at=-1)
            self._window.say(f"Step added to {lesson.path}: replace its texts in an editor.")

    def _save(self, panel: "LessonPanel", name: str, text: str) -> None:
        path, _ = QFileDialog.getSaveFileName(panel, "Save a lesson", name, f"Lessons (*{SUFFIX})")
        if not path:
            return
        file = Path(path) if path.lower().endswith(SUFFIX) else Path(path + SUFFIX)
        if self._write(file, text):
            panel.open_file(str(file))
            self._window.say(f"{file} is opened. Change it in an editor, then Reload the lesson.")

    def _write(self, path: Path, text: str) -> bool:
        from bpviz.sharing.atomic_files import WriteFailed, write_bytes  # imported on first use

        try:
            write_bytes(path, text.encode(), replace=True)
        except (WriteFailed, OSError) as error:
            self._window.message.say(str(error))
            return False
        return True

    def _step(self, frame: Frame) -> str:
        """The step that sets up what is shown."""
        from bpviz.lessons.writing import state_table, step_text  # imported on first use

        setup, snapshot, docks = frame.setup, frame.snapshot, self._docks
        others = (key for key in docks.by_key if key not in ("experiment", LESSON.key))
        state = state_table(
            setup.network,
            snapshot.parameters,
            epoch=snapshot.epoch,
            by_hand=bool(frame.timeline.edited),
            pattern=self._window.shown_pattern,
            grain=self._steps.grain,
            speed=self._speed.speed,
            show=tuple(key for key in others if docks.in_front_beside(key) == key),
        )
        return step_text(f"{setup.patterns.name}, {snapshot.instant}", setup.experiment, state)


def _is_shipped(path: Path) -> bool:
    return path.parent == resource("lessons")
