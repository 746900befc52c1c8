"""The Lesson panel: shows a lesson step by step, and asks the window to set up each step."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.lessons.model import BadLesson, Lesson, LessonStep
from bpviz.ui.panels.lessons.chooser import LessonChooser
from bpviz.ui.panels.lessons.note import LessonNote
from bpviz.ui.panels.lessons.step_text import ANSWER, step_markdown
from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.rich_text import RichText
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.time_sliced import SlicedWork, TimeSliced
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.toolkit.widgets.notes_and_marks import box

DONE = "✓ "


@guard_overrides
class LessonPanel(QWidget):
    """Shows one step of one lesson at a time.

    ``load`` returns the lessons; it is called in another thread when the panel is first shown or
    used, as files are read that the user opens. The step reached in each lesson is kept in the
    settings.
    """

    step_shown = Signal()
    """Another step is shown; see ``show_state``."""

    moved = Signal(object)
    """The user went to this LessonStep: the window should set it up unless it holds other work."""

    set_up = Signal(object)
    """A LessonStep whose experiment and state the window should set up."""

    beside_wanted = Signal()
    """The panel should be put beside the experiment panel, or back into one place with it."""

    run_wanted = Signal()
    """The user's own run should be brought back."""

    race_wanted = Signal(object)
    """A LessonStep whose race should be opened."""

    opened = Signal()
    """A lesson file was read."""

    failed = Signal(str)
    """A sentence: why a lesson file cannot be used."""

    def __init__(
        self,
        load: Callable[[], Sequence[Lesson]],
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel_lesson")
        self.setAccessibleName("Lesson")
        self._settings = settings
        self._load = load
        self._lessons: list[Lesson] = []
        self._is_listed = False
        self._listing, self._reading = TimeSliced(self), TimeSliced(self)
        self._waiting: list[Callable[[LessonStep], None]] = []
        self._lesson: Lesson | None = None
        self._at = 0
        self._revealed = False
        self._chooser = named(LessonChooser(), "lesson_chooser", "Choose a lesson")
        self._chooser.setAccessibleName("Lesson")
        self._open = named(QToolButton(), "lesson_open", "Open a lesson of your own: a TOML file")
        self._open.setText("Open…")
        self._beside = named(
            QToolButton(), "lesson_beside", "Read the lesson beside Experiment, or in its place"
        )
        self._beside.setAccessibleName("Beside Experiment")
        self._heading = named(QLabel(), "lesson_heading")
        self._heading.setWordWrap(True)
        self._place = named(QLabel(), "lesson_place")
        self._place.setWordWrap(True)
        self._text = named(RichText(theme), "lesson_text")
        self._text.setAccessibleName("Text of the lesson")
        self._note = named(LessonNote(), "lesson_note")
        self._reveal = self._button("lesson_answer", "Show the answer", "Show or hide the answer")
        self._set_up = self._button(
            "lesson_set_up",
            "Set this up",
            "Set the window up as this step says; what is there ends",
        )
        self._race = self._button(
            "lesson_race",
            "Race",
            "Open the Race window, filled in as this step says; Start it there",
        )
        self._back = self._button("lesson_back", "‹ Back", "The step before")
        self._next = self._button("lesson_next", "Next ›", "The next step")
        self._arrange()
        self._chooser.activated.connect(self._choose)
        self._open.clicked.connect(self._browse)
        self._beside.clicked.connect(lambda: self.beside_wanted.emit())
        self._reveal.clicked.connect(self._toggle_answer)
        self._set_up.clicked.connect(lambda: self.set_up.emit(self.step))
        self._race.clicked.connect(lambda: self.race_wanted.emit(self.step))
        self._back.clicked.connect(self._step_back)
        self._next.clicked.connect(self._advance)
        self._note.button.clicked.connect(lambda: self.run_wanted.emit())
        for button in (self._reveal, self._set_up, self._race):
            button.hide()  # until there is a step
        for button in (self._back, self._next):
            button.setEnabled(False)
        self.set_theme(theme)

    @property
    def lesson(self) -> Lesson | None:
        """The current lesson."""
        return self._lesson

    @property
    def step(self) -> LessonStep | None:
        """The current step."""
        return self._lesson.steps[self._at] if self._lesson else None

    def showEvent(self, event: QShowEvent) -> None:
        """Open the lesson of the last session when first shown."""
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        """Load the shipped lessons, once."""
        if not self._is_listed and not self._listing.is_busy:
            self._listing.begin(_elsewhere(self._load), self._take_list, _report)

    def _take_list(self, shipped: Sequence[Lesson]) -> None:
        """List the shipped lessons before those opened meanwhile; open one if none is."""
        opened = {lesson.key: lesson for lesson in self._lessons}
        self._lessons = [opened.pop(lesson.key, lesson) for lesson in shipped]
        self._lessons += opened.values()
        self._is_listed = True
        self._open_one()
        self._list()

    def _open_one(self) -> None:
        """Open the lesson of the last session, unless one is open or a file is being read."""
        if self._lesson is None and self._lessons and not self._reading.is_busy:
            self.show_lesson(self._last_lesson())

    def with_step(self, act: Callable[[LessonStep], None]) -> None:
        """Call ``act`` with the current step, as soon as there is one."""
        if self.step is None:
            self._waiting.append(act)
        else:
            act(self.step)

    def show_lesson(self, lesson: Lesson) -> None:
        """Open a lesson at the step where it was left, or at its first one if it was finished."""
        reached = self._reached(lesson)
        left = self._settings.whole(_left(lesson), reached)
        self._open_at(lesson, 0 if reached >= len(lesson.steps) else left)

    def _open_at(self, lesson: Lesson, at: int) -> None:
        self._reading.give_up()
        self._fill()
        if lesson.key not in [other.key for other in self._lessons]:
            self._lessons.append(lesson)
        self._lesson = lesson
        self._settings.set("lessons/last", lesson.key)
        self._go(at)
        self._list()
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act(lesson.steps[self._at])

    def open_file(self, path: str, at: int | None = None) -> None:
        """Open the lesson of a file at this step (-1: the last one), or where it was left, once it
        is read; emits ``opened``, or ``failed`` if it cannot be used.
        """
        self._place.setText(f"Reading {Path(path).name}…")
        self._reading.begin(
            _elsewhere(lambda: _load(path)), lambda read: self._take(read, at), self._fail
        )

    def _take(self, lesson: Lesson, at: int | None) -> None:
        self._lessons = [other for other in self._lessons if other.key != lesson.key] + [lesson]
        self.opened.emit()
        if at is None:
            self.show_lesson(lesson)
        else:
            self._open_at(lesson, at % len(lesson.steps) if at < 0 else at)

    def _fail(self, error: Exception) -> None:
        self._place.clear()
        self._show(keep_place=True)
        self._open_one()
        if not isinstance(error, BadLesson):
            raise error
        self.failed.emit(str(error))

    def show_state(self, *, is_set_up: bool, note: str = "", own_run: str = "") -> None:
        """Say whether the window shows the step, and why not, and which own run was replaced."""
        self._set_up.setText("Set up again" if is_set_up else "Set this up")
        self._note.say(note, own_run)

    def reload(self) -> None:
        """Read the file of the lesson again, at the same step."""
        if self._lesson is not None:
            self.open_file(str(self._lesson.path), self._at)

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu beside the button that opens a file."""
        self._open.setMenu(menu)
        self._open.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._text.set_theme(theme)
        self._note.set_theme(theme)
        self._beside.setIcon(icons.icon("columns", colour=theme.text))
        self._place.setStyleSheet(f"color: {theme.muted};")

    # -- steps -----------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        self.show_lesson(self._lessons[row])
        self.moved.emit(self.step)

    def _step_back(self) -> None:
        self._go(self._at - 1)
        self.moved.emit(self.step)

    def _advance(self) -> None:
        assert self._lesson is not None
        if self._at + 1 < len(self._lesson.steps):
            self._go(self._at + 1)
        else:
            self._note_reached(len(self._lesson.steps))
            keys = [lesson.key for lesson in self._lessons]
            after = keys.index(self._lesson.key) + 1
            self.show_lesson(self._lessons[after % len(self._lessons)])
        self.moved.emit(self.step)

    def _go(self, at: int) -> None:
        assert self._lesson is not None
        self._at = max(0, min(at, len(self._lesson.steps) - 1))
        self._revealed = False
        self._settings.set(_left(self._lesson), self._at)
        self._note_reached(max(self._at, self._reached(self._lesson)))
        self._show()
        self.step_shown.emit()

    def _toggle_answer(self) -> None:
        self._revealed = not self._revealed
        self._show(keep_place=True)
        if self._revealed:
            QTimer.singleShot(0, self, self._scroll_to_answer)  # once the text is laid out

    def _scroll_to_answer(self) -> None:
        document = self._text.document()
        block = document.lastBlock()
        while block.isValid() and block.text() != ANSWER:
            block = block.previous()
        if block.isValid():
            top = document.documentLayout().blockBoundingRect(block).top()
            self._text.verticalScrollBar().setValue(round(top))

    def _show(self, *, keep_place: bool = False) -> None:
        lesson, step = self._lesson, self.step
        if lesson is None or step is None:
            return
        self._heading.setText(step.title)
        self._place.setText(f"{lesson.title} · step {self._at + 1} of {len(lesson.steps)}")
        self._chooser.setToolTip(plain_tip(f"{lesson.title}\n{lesson.summary}"))
        self._text.set_text(step_markdown(lesson, step, self._at == 0, self._revealed))
        if not keep_place:
            self._text.verticalScrollBar().setValue(0)
        self._reveal.setVisible(bool(step.question))
        self._reveal.setText("Hide the answer" if self._revealed else "Show the answer")
        self._set_up.setVisible(step.experiment is not None)
        self._race.setVisible(step.race is not None)
        if step.race is not None:
            self._race.setText(f"Race {step.race.order.seeds:,} seeds…")
        self._back.setEnabled(self._at > 0)
        self._next.setEnabled(True)
        last = self._at + 1 == len(lesson.steps)
        self._next.setText("Next lesson ›" if last else "Next ›")

    # -- progress --------------------------------------------------------------------------

    def _reached(self, lesson: Lesson) -> int:
        """The number of the step that was reached; that of all steps if the lesson was finished."""
        return min(self._settings.whole(f"lessons/{lesson.key}"), len(lesson.steps))

    def _note_reached(self, reached: int) -> None:
        assert self._lesson is not None
        self._settings.set(f"lessons/{self._lesson.key}", reached)
        self._settings.save()

    def _last_lesson(self) -> Lesson:
        key = self._settings.text("lessons/last")
        return next((other for other in self._lessons if other.key == key), self._lessons[0])

    def _list(self) -> None:
        self._chooser.clear()
        for number, lesson in enumerate(self._lessons, 1):
            done = DONE if self._reached(lesson) >= len(lesson.steps) else ""
            self._chooser.addItem(f"{done}{number}. {lesson.title}")
            self._chooser.setItemData(
                number - 1, plain_tip(lesson.summary), Qt.ItemDataRole.ToolTipRole
            )
        if self._lesson is not None:
            keys = [lesson.key for lesson in self._lessons]
            self._chooser.setCurrentIndex(keys.index(self._lesson.key))
        view = self._chooser.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 3 * SPACE)  # whole titles in the open list

    # -- building --------------------------------------------------------------------------

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        return named(QPushButton(text), name, tip)

    def _arrange(self) -> None:
        self._chooser.setMinimumContentsLength(12)
        self._chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        font = self._heading.font()
        font.setBold(True)
        self._heading.setFont(font)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (top, (self._chooser, self._open, self._beside)),
            (bottom, (self._back, self._next)),
        ):
            box(row, SPACE)
            for widget in widgets:
                row.addWidget(widget, 0 if isinstance(widget, QToolButton) else 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(top)
        column.addWidget(self._place)
        column.addWidget(self._heading)
        column.addWidget(self._text, 1)
        column.addWidget(self._note)
        # From step to step the buttons keep their places above the lower end.
        for button in (self._race, self._set_up, self._reveal):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(button is not self._race)
            button.setSizePolicy(policy)
            column.addWidget(button)
        column.addLayout(bottom)

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a lesson", "", "Lessons (*.toml)")
        if path:
            self.open_file(path)


def _load(path: str) -> Lesson:
    from bpviz.lessons.loader import load_lesson  # imported when a lesson is opened

    return load_lesson(Path(path))


def _elsewhere(load: Callable[[], object]) -> SlicedWork:
    """Load in another thread."""
    return (yield load)


def _report(error: Exception) -> None:
    raise error


def _left(lesson: Lesson) -> str:
    """The setting with the number of the step at which a lesson was left."""
    return f"lessons/{lesson.key}/left"
