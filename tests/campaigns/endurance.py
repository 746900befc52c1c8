"""Training at full speed for as long as it is given: flat memory, epochs in order, an answer."""

import gc
import tempfile
from functools import partial
from pathlib import Path
from time import monotonic

import psutil

from bpviz.app import make_application
from bpviz.core.kernels.choice import AUTO
from bpviz.experiment.experiment import Stop, experiment_for
from bpviz.session.commands import Pause, Play
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.start_choices import CHOICES
from tests.campaigns.common import Budget, Findings, until, wait

GROWTH = 60.0
"""Megabytes that the process may grow after the first part of the time."""

SETTLED = 120
"""Seconds after which that is judged: until then the compiled engine and more is loaded."""


def campaign(budget: Budget) -> Findings:
    """Train XOR in the real window, looking at its memory, then pause it."""
    found = Findings("endurance")
    make_application([])
    settings = Settings(Path(tempfile.mkdtemp()) / "settings.txt")
    for choice in CHOICES:  # at full speed, without a pause where the problem is solved
        settings.set(choice.name, False)
    window = MainWindow(experiment_for("xor", stop=Stop()), settings, AUTO)
    window.show()
    until(lambda: window.current_frame is not None)
    window.session.send(Play())
    memory: list[float] = []
    last = -1
    while budget.goes_on(found.tried):
        wait(1000)
        try:  # at once, but a busy machine may give the training thread nothing for a while
            until(partial(_is_later, window, last))
        except TimeoutError:
            found.fault("training stands still", f"at epoch {last:,}")
        frame = window.current_frame
        assert frame is not None
        epoch = frame.snapshot.epoch
        if len(frame.curve.epochs) and int(frame.curve.epochs[-1]) > epoch:
            found.fault("the curve is ahead of its frame", f"{frame.curve.epochs[-1]} > {epoch}")
        last = epoch
        gc.collect()
        memory.append(memory_mb())
        found.tried += 1
    began = monotonic()
    window.session.send(Pause())
    until(lambda: window.session.status.state == "paused")
    answer = monotonic() - began
    window.close()
    settled = memory[len(memory) // 5 :] or [0.0]
    if len(memory) > SETTLED and settled[-1] - settled[0] > GROWTH:
        found.fault("memory grows", f"{settled[0]:.0f} MB -> {settled[-1]:.0f} MB")
    found.figures = {
        "epochs": last, "growth_mb": round(settled[-1] - settled[0], 1),
        "pause_s": round(answer, 3), "engine": frame.engine,
    }  # fmt: skip
    return found


def _is_later(window: MainWindow, epoch: int) -> bool:
    frame = window.current_frame
    return frame is not None and frame.snapshot.epoch > epoch


def memory_mb() -> float:
    """Memory of this process that is in use now."""
    return float(psutil.Process().memory_info().rss) / 2**20
