"""The progress bar of long training on a terminal."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bpviz.core.run.records import EpochRecord
from bpviz.core.text.number_words import percent


def _bar(share: str) -> Progress:
    """A line on stderr: the share in words, the bar, a description, and the time left.

    It is drawn only on update: a thread that refreshed it would slow the training.
    """
    return Progress(
        TextColumn(share),
        BarColumn(bar_width=None),
        TextColumn("{task.description}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
        expand=True,
    )


class ProgressBar:
    """Epochs, E, the share of right answers, epochs per second, time left."""

    def __init__(self, epochs: int) -> None:
        self._progress = _bar("epoch {task.completed:,.0f} of {task.total:,.0f}")
        self._task = self._progress.add_task("", total=epochs)
        self._progress.start()

    def show(self, record: EpochRecord, epochs_per_second: float) -> None:
        """Update the line."""
        words = f"E {record.train_error:9.4g}  {percent(record.train_right, unit='%'):>7} right"
        self._progress.update(
            self._task,
            completed=record.epoch,
            description=f"{words}  {epochs_per_second:,.0f} epochs/s",
            refresh=True,
        )

    def close(self) -> None:
        """Remove the line."""
        self._progress.stop()


class RaceBar:
    """Epochs summed over the networks, epochs per second, time left."""

    def __init__(self) -> None:
        self._progress = _bar("{task.percentage:3.0f} %")
        self._task = self._progress.add_task("", total=1)
        self._progress.start()

    def show(self, done: int, total: int, seconds: float) -> None:
        """Update the line."""
        words = f"{done:,} of {total:,} network-epochs  {done / seconds:,.0f}/s"
        self._progress.update(
            self._task, completed=done, total=total, description=words, refresh=True
        )

    def close(self) -> None:
        """Remove the line."""
        self._progress.stop()
