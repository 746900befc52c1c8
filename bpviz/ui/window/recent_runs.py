"""The menu of the runs that were replaced or reset, and Undo of what replaced the last one."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from bpviz.core.text.number_words import number_text
from bpviz.session.commands import Recall
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.edit_tools import EditTools
from bpviz.ui.window.start_choices import StartChoices

if TYPE_CHECKING:
    from bpviz.session.recording.recent_runs import RecentRun


class RecentRunsMenu(QMenu):
    """The recent runs, the one replaced last first; a click brings one back.

    Undo brings the last one back while nothing was changed by hand in the run that replaced it.
    """

    def __init__(self, window: WindowContext, edit_tools: EditTools, starts: StartChoices) -> None:
        super().__init__("Recent r&uns", window.widget)
        self.setObjectName("menu_recent_runs")
        self._window, self._edit_tools, self._starts = window, edit_tools, starts
        self.rows: tuple[RecentRun, ...] = ()
        self._words = ""
        self._said: str | int = ""
        """What was said last: the run that is kept, by its number, or other words."""
        window.session.recent_changed.connect(self._take)
        self.aboutToShow.connect(self._fill)
        self.menuAction().setEnabled(False)

    @property
    def replaced(self) -> "RecentRun | None":
        """The run that the present one has replaced, if it can be brought back."""
        frame = self._window.current_frame
        replaced = (row for row in self.rows[:1] if frame and row.replaced_by == frame.setup.run_id)
        return next(replaced, None)

    def bring_back(self, row: "RecentRun") -> None:
        """Show this run again, where it was left."""
        self._window.message.clear()
        self._starts.note_problem(row.experiment.problem)
        self._window.session.send(Recall(row.run_id))

    def show_run(self, words: str) -> None:
        """A new run is on screen: let Undo bring back the one before; say so after ``words``."""
        self._words, self._said = words, ""
        self._offer()

    def _offer(self) -> None:
        row = self.replaced
        self._edit_tools.offer_run(
            "" if row is None else f"new run: back to {row.name}, {row.instant}",
            None if row is None else lambda: self.bring_back(row),
        )
        words, kept = self._words, ""
        if row is not None:
            self._words = ""  # a run that is kept later was reset: other words
            kept = f"{row.name}, {row.instant}, is kept: Undo or Recent runs brings it back."
        what = words if row is None else row.run_id
        if what and what != self._said:
            self._said = what
            self._window.say(f"{words} {kept}".strip(), 12_000)

    def _take(self, rows: "tuple[RecentRun, ...]") -> None:
        self.rows = rows
        self.menuAction().setEnabled(bool(rows))
        self._offer()  # the list may come just before its run or just after it

    def _fill(self) -> None:
        self.clear()
        for row in self.rows:
            action = self.addAction(words_of(row).replace("&", "&&"))
            action.triggered.connect(lambda _=False, row=row: self.bring_back(row))


def words_of(row: "RecentRun") -> str:
    """'XOR, epoch 1,204: 3 hidden, seed 0, E 0.0123'."""
    from bpviz.experiment.race_order import shape_words  # imported on first use

    experiment = row.experiment
    parts = [shape_words(experiment.hidden), f"seed {experiment.seed}"]
    parts.append(f"E {number_text(row.record.train_error)}")
    return f"{row.name}, {row.instant}: {', '.join(parts)}"
