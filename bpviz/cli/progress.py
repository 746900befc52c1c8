"""The progress bar of long training on a terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bpviz.core.run.records import EpochRecord


class ProgressBar:
    """One line on stderr: epochs, E, the share of right answers, epochs per second, time left.

    It is drawn only when told to: a thread that refreshed it would slow the training.
    """

    def __init__(self, epochs: int) -> None:
        self._progress = Progress(
            TextColumn("epoch {task.completed:,.0f} of {task.total:,.0f}"),
            BarColumn(bar_width=None),
            TextColumn("{task.description}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            expand=True,
        )
        self._task = self._progress.add_task("", total=epochs)
        self._progress.start()

    def show(self, record: EpochRecord, epochs_per_second: float) -> None:
        """Show what was reached."""
        words = f"E {record.train_error:9.4g}  {record.train_right:6.1%} right"
        self._progress.update(
            self._task,
            completed=record.epoch,
            description=f"{words}  {epochs_per_second:,.0f} epochs/s",
            refresh=True,
        )

    def close(self) -> None:
        """Remove the bar: what was reached is said elsewhere."""
        self._progress.stop()


class RaceBar:
    """One line on stderr: epochs of single networks, how many per second, time left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.percentage:3.0f} %"),
            BarColumn(bar_width=None),
            TextColumn("{task.description}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            expand=True,
        )
        self._task = self._progress.add_task("", total=1)
        self._progress.start()

    def show(self, done: int, total: int, seconds: float) -> None:
        """Show what was reached."""
        words = f"{done:,} of {total:,} network-epochs  {done / seconds:,.0f}/s"
        self._progress.update(
            self._task, completed=done, total=total, description=words, refresh=True
        )

    def close(self) -> None:
        """Remove the bar."""
        self._progress.stop()
