"""The Lesson panel: shows a lesson step by step, and asks the window to set up each step."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bpviz.lessons.model import BadLesson, Lesson, LessonStep
from bpviz.ui.panels.lessons.note import LessonNote
from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.rich_text import RichText
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.toolkit.widgets.notes_and_marks import box

ANSWER = "Answer"
"""The heading of an answer."""

DONE = "✓ "


@guard_overrides
class _Chooser(QComboBox):
    """A combo box whose text is elided."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box with its text elided."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, field.width() - SPACE
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


@guard_overrides
class LessonPanel(QWidget):
    """Shows one step of one lesson at a time.

    ``load`` returns the lessons; it is called when the panel is first shown or used. The step
    reached in each lesson is kept in the settings.
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
        self._lesson: Lesson | None = None
        self._at = 0
        self._revealed = False
        self._chooser = named(_Chooser(), "lesson_chooser", "Choose a lesson")
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
        if self._lesson is None and self._lessons:
            self.show_lesson(self._last_lesson())

    def _fill(self) -> None:
        """Load the shipped lessons, once."""
        if not self._lessons:
            self._lessons = list(self._load())
            self._list()

    def show_lesson(self, lesson: Lesson) -> None:
        """Open a lesson at the step where it was left, or at its first one if it was finished."""
        self._fill()
        if lesson.key not in [other.key for other in self._lessons]:
            self._lessons.append(lesson)
        self._lesson = lesson
        reached = self._reached(lesson)
        self._settings.set("lessons/last", lesson.key)
        left = self._settings.whole(_left(lesson), reached)
        self._go(0 if reached >= len(lesson.steps) else left)
        self._list()

    def open_file(self, path: str) -> None:
        """Open the lesson of a file; emits ``failed`` if it cannot be used."""
        from bpviz.lessons.loader import load_lesson  # imported when a lesson is opened

        try:
            lesson = load_lesson(Path(path))
        except BadLesson as error:
            self.failed.emit(str(error))
            return
        self._lessons = [other for other in self._lessons if other.key != lesson.key] + [lesson]
        self.opened.emit()
        self.show_lesson(lesson)

    def show_state(self, *, is_set_up: bool, note: str = "", own_run: str = "") -> None:
        """Say whether the window shows the step, and why not, and which own run was replaced."""
        self._set_up.setText("Set up again" if is_set_up else "Set this up")
        self._note.say(note, own_run)

    def reload(self) -> None:
        """Read the file of the lesson again, at the same step."""
        if self._lesson is not None:
            at = self._at
            self.open_file(str(self._lesson.path))
            self._go(at)

    def show_last_step(self) -> None:
        """Go to the last step of the lesson."""
        if self._lesson is not None:
            self._go(len(self._lesson.steps) - 1)

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
        self._text.set_text(_markdown(lesson, step, self._at == 0, self._revealed))
        if not keep_place:
            self._text.verticalScrollBar().setValue(0)
        self._reveal.setVisible(bool(step.question))
        self._reveal.setText("Hide the answer" if self._revealed else "Show the answer")
        self._set_up.setVisible(step.experiment is not None)
        self._race.setVisible(step.race is not None)
        if step.race is not None:
            self._race.setText(f"Race {step.race.order.seeds:,} seeds…")
        self._back.setEnabled(self._at > 0)
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


def _left(lesson: Lesson) -> str:
    """The setting with the number of the step at which a lesson was left."""
    return f"lessons/{lesson.key}/left"


def _markdown(lesson: Lesson, step: LessonStep, first: bool, revealed: bool) -> str:
    """The step as one Markdown text."""
    parts = [step.text]
    if step.try_it:
        parts.append(f"**Try**\n\n{step.try_it}")
    if step.question:
        parts.append(f"**Question**\n\n{step.question}")
    if step.question and revealed:
        parts.append(f"**{ANSWER}**\n\n{step.answer}")
    if first and lesson.sources:
        parts.append("**Sources**\n\n" + "\n".join(f"* {source}" for source in lesson.sources))
    return "\n\n".join(parts)
