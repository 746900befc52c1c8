"""How fast the window is: frames and epochs per second while training, and the time to start.

    .venv/bin/python tests/benchmarks/window.py [--seconds 4] [--json FILE]

Everything is measured offscreen (Qt's raster painting without a display), in one run on one
machine: read the ratios, not the absolute figures. "without" is the same training with no
window and no Qt at all.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import PySide6
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer
from PySide6.QtWidgets import QWidget

from bpviz.app import SWITCH_INTERVAL, make_application
from bpviz.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.setup import new_run, prepare
from bpviz.ui.main_window import MainWindow

WARM_UP = 1.0


def spiral_features() -> str:
    """A CSV of the playground's two spirals with its seven input features; its path."""
    patterns = prepare(experiment_for("spiral")).patterns
    x1, x2 = patterns.train.inputs.T
    columns = (x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2), patterns.train.targets[:, 0])
    path = Path(tempfile.mkdtemp()) / "spiral7.csv"
    header = "x1,x2,x1^2,x2^2,x1x2,sin x1,sin x2,class"
    np.savetxt(path, np.column_stack(columns), delimiter=",", header=header, comments="")
    return str(path)


def cases() -> dict[str, Experiment]:
    """The networks that are measured."""
    no_stop = Stop()
    deep = tuple(Hidden(8, "tanh") for _ in range(6))
    spiral = experiment_for(
        spiral_features(),
        options={"targets_are": "numbers", "standardise_targets": False},
        hidden=deep,
        output="tanh",
        error="squared",
        training={"batch": 10, "optimizer": "descent", "rate": 0.03, "reduction": "mean"},
        stop=no_stop,
    )
    digits = experiment_for(
        "digits",
        hidden=(Hidden(32, "logistic"),),
        training={"batch": 32, "optimizer": "descent", "rate": 0.1, "reduction": "mean"},
        stop=no_stop,
    )
    return {
        "xor 2-2-1, full batch": experiment_for("xor", hidden=(Hidden(2),), stop=no_stop),
        "spiral 7-8x6-1, batch 10": spiral,
        "digits 64-32-10, batch 32": digits,
    }


class Painted(QObject):
    """Notes when a view was painted."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.times: list[float] = []
        for widget in (view, *view.findChildren(QWidget)):
            if widget.objectName() in ("view_network", "network_canvas"):
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append(perf_counter())
        return False


def process_until(done: Callable[[], bool]) -> None:
    """Turn the event loop until then; asking in a loop would itself fight for the interpreter."""
    loop, timer = QEventLoop(), QTimer(interval=1)
    timer.timeout.connect(lambda: loop.quit() if done() else None)
    timer.start()
    loop.exec()


def with_window(experiment: Experiment, seconds: float) -> dict[str, float]:
    """Frames and epochs per second with all views visible at 1280 x 800."""
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "s.ini"), QSettings.Format.IniFormat)
    window = MainWindow(experiment, settings)
    window.resize(1280, 800)
    window.show()
    process_until(lambda: window.session.status.state == "paused")
    window.actions_by_name["run"].trigger()
    wait_for(WARM_UP)
    painted = Painted(window.views["network"])
    begin, first = perf_counter(), window.current_frame.snapshot.epoch
    wait_for(seconds)
    epochs = window.current_frame.snapshot.epoch - first
    elapsed = perf_counter() - begin
    asked = perf_counter()
    window.actions_by_name["run"].trigger()
    process_until(lambda: window.session.status.state == "paused")
    pause = perf_counter() - asked
    window.close()
    window.deleteLater()
    gaps = np.diff(painted.times)
    return {
        "frames_per_second": len(painted.times) / elapsed,
        "gap_99_ms": 1000 * float(np.quantile(gaps, 0.99)) if len(gaps) else float("nan"),
        "epochs_per_second": epochs / elapsed,
        "pause_ms": 1000 * pause,
    }


def wait_for(seconds: float) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def without_window(experiment: Experiment, seconds: float) -> float:
    """Epochs per second of the bare run."""
    run = new_run(prepare(experiment))
    run.advance(1)
    begin, first = perf_counter(), run.epoch
    run.advance(10**9, lambda: perf_counter() > begin + seconds)
    return (run.epoch - first) / (perf_counter() - begin)


BARE = """
import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(pyqtgraph.PlotWidget())
window.resize(1280, 800)
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""

OURS = """
import sys
from PySide6.QtCore import QTimer
import bpviz.ui.main_window as main
show = main.MainWindow.show
def shown(self):
    show(self)
    self.first_frame_shown.connect(lambda: QTimer.singleShot(0, self.close))
main.MainWindow.show = shown
from bpviz.app import open_window
open_window(None, ["bpviz"])
"""


def start_seconds(program: str, runs: int = 5) -> float:
    """Median seconds from starting Python to the end of the first painted window."""
    times = []
    for _ in range(runs + 1):
        begin = perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        times.append(perf_counter() - begin)
    return statistics.median(times[1:])  # the first one fills the caches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_INTERVAL)
    make_application(["bpviz"])
    results: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pyside6": PySide6.__version__,
    }
    print(results)
    print(f"{'':28}{'frames/s':>10}{'99 % gap':>10}{'epochs/s':>12}{'without':>12}{'kept':>8}")
    for name, experiment in cases().items():
        row = with_window(experiment, arguments.seconds)
        row["epochs_per_second_without"] = without_window(experiment, arguments.seconds)
        row["kept"] = row["epochs_per_second"] / row["epochs_per_second_without"]
        results[name] = row
        print(
            f"{name:28}{row['frames_per_second']:10.1f}{row['gap_99_ms']:7.1f} ms"
            f"{row['epochs_per_second']:12,.0f}{row['epochs_per_second_without']:12,.0f}"
            f"{row['kept']:8.0%}   pause {row['pause_ms']:.1f} ms"
        )
    bare, ours = start_seconds(BARE), start_seconds(OURS)
    results["start"] = {"bare_s": bare, "bpviz_s": ours, "ratio": ours / bare}
    print(f"start: bare window {bare:.2f} s, bpviz {ours:.2f} s, ratio {ours / bare:.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
