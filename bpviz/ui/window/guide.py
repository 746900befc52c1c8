"""The window of the guide, and its links into the main window."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from bpviz.problems.table import PROBLEMS
from bpviz.ui.panels.table import PANELS
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import ACTIONS, ActionRow, Actions, Handler
from bpviz.ui.window.context import WindowContext

if TYPE_CHECKING:
    from bpviz.lessons.model import Lesson
    from bpviz.ui.panels.guide.window import GuideWindow


def _lesson_names() -> Collection[str]:
    from bpviz.lessons.loader import shipped_lessons  # imported on first use

    return shipped_lessons()


ALLOWED: Mapping[str, Callable[[], Collection[str]]] = {
    "view": lambda: {"experiment", *VIEWS, *(row.key for row in PANELS)},
    "lesson": _lesson_names,
    "problem": lambda: PROBLEMS,
    "action": lambda: {row.name for row in ACTIONS} - {Actions.quit.name},
}
"""Kind of a link bpviz:KIND/NAME -> the names allowed; other links are ignored."""


class GuideWindowController:
    """Opens the guide and follows its links."""

    def __init__(
        self,
        window: WindowContext,
        actions: Actions,
        load_problem: Callable[[str], None],
        open_lesson: "Callable[[Lesson], None]",
    ) -> None:
        self._main, self._open_lesson = window, open_lesson
        self._window: GuideWindow | None = None
        self._acts: dict[str, Callable[[str], None]] = {
            "view": window.bring,
            "lesson": self._show_lesson,
            "problem": load_problem,
            "action": lambda name: actions[name].trigger(),
        }

    def _show_lesson(self, name: str) -> None:
        from bpviz.lessons.loader import find_lesson  # imported on first use

        self._open_lesson(find_lesson(name))

    def handlers(self) -> dict[ActionRow, Handler]:
        """Action -> what it does."""
        return {
            Actions.guide: self.open,
            Actions.write_lessons: self.read_lessons,
            Actions.whats_new: lambda: self.open("whats-new.md"),
        }

    def read_lessons(self) -> None:
        """Show the page about writing lessons."""
        self.open("lessons.md")

    def open(self, page: str = "") -> None:
        """Show the guide where it was left, or at this page."""
        from bpviz.ui.panels.guide.pages import read_pages  # imported on first use
        from bpviz.ui.panels.guide.window import GuideWindow

        if self._window is None:
            self._window = GuideWindow(read_pages(), self._main.settings, self._main.theme)
            self._window.linked.connect(self.follow)
        if page:
            self._window.open_page(page)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    @property
    def window(self) -> "GuideWindow | None":
        """The window of the guide; None before it is opened."""
        return self._window

    def follow(self, target: str) -> bool:
        """Follow a link of the guide; False if it is not allowed."""
        url = QUrl(target)
        if url.scheme() in ("http", "https"):
            return QDesktopServices.openUrl(url)
        kind, _, name = url.path().partition("/")
        if url.scheme() != "bpviz" or kind not in ALLOWED or name not in ALLOWED[kind]():
            return False
        self._main.widget.raise_()
        self._main.widget.activateWindow()
        self._acts[kind](name)
        return True

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        if self._window is not None:
            self._window.set_theme(theme)

    def end(self) -> None:
        """Close the guide, before the main window closes."""
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
            self._window = None
