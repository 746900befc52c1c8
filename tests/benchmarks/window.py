"""How fast the window is: frames, answers and epochs while it trains, its memory, its start.

    .venv/bin/python tests/benchmarks/window.py [--only loading,frames,hands,bounded,start]
        [--network WORD] [--engine numpy|numba] [--seconds 3] [--size 1280x800] [--json FILE]

Everything is measured offscreen (Qt's raster painting without a display), in one run on one
machine: read the ratios, not the absolute figures. "alone" is the same training in the same
process with no window, measured before and after it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does

import numpy as np
from hands import hands
from networks import machine, networks
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from bpviz.app import SWITCH_INTERVAL, make_application
from bpviz.core.kernels.choice import is_installed
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.commands import PublishFrame
from bpviz.ui.toolkit.gc_timer import freeze
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from bpviz.ui.window.start_choices import CHOICES

WARM_UP = 1.0
REPEATS = 3
ANSWERS = 5
PARTS = ("loading", "frames", "hands", "bounded", "start")
HANDS = {"XOR 2-2-1, full batch": 2000, "digits 64-32-10, batch 32": 30}
"""The networks that a person's acts are measured with, and after how many epochs."""


class Painted(QObject):
    """Notes when the picture of the network was painted."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.times: list[float] = []
        canvas = view.findChild(QWidget, "network_canvas")
        canvas.installEventFilter(self)

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


def wait_for(seconds: float) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


# -- frames and answers --------------------------------------------------------------------


def opened(experiment: Experiment, engine: str, size: tuple[int, int]) -> MainWindow:
    """A window at rest that will train with this engine."""
    settings = Settings(Path(tempfile.mkdtemp()) / "s.txt")
    for choice in CHOICES:  # at full speed, without a pause where the problem is solved
        settings.set(choice.name, False)
    window = MainWindow(experiment, settings, *([] if engine == "numpy" else [engine]))
    window.resize(*size)
    completed: list[bool] = []
    window.completed.connect(lambda: completed.append(True))
    window.show()
    process_until(lambda: bool(completed) and window.session.status.state == "paused")
    freeze()  # as the program does once its window stands
    return window


def run_until_engine(window: MainWindow, engine: str) -> None:
    """Train until the engine is at work: the compiled one is made ready beside the other."""
    window.actions_by_name["run"].trigger()
    process_until(lambda: window.session.worker.current_run.engine == engine)
    wait_for(WARM_UP)


def force(run: Any, engine: str) -> None:
    """Have a bare run use this engine."""
    run.use_halt_flag(np.zeros(1, dtype=np.int64))  # as in the window
    if engine != run.engine:
        run.use(engine)


def closed(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    wait_for(0.05)


def with_window(
    experiment: Experiment, engine: str, seconds: float, size: tuple[int, int]
) -> dict[str, float]:
    """Frames and epochs per second, gaps between frames, and how soon the window answers."""
    window = opened(experiment, engine, size)
    run_until_engine(window, engine)
    painted = Painted(window.views["network"])
    begin, first = perf_counter(), window.current_frame.snapshot.epoch
    wait_for(seconds)
    epochs = window.current_frame.snapshot.epoch - first
    elapsed = perf_counter() - begin
    gaps = 1000 * np.diff(painted.times)
    row = {
        "frames_per_second": len(painted.times) / elapsed,
        "gap_median_ms": float(np.median(gaps)),
        "gap_99_ms": float(np.quantile(gaps, 0.99)),
        "gap_longest_ms": float(gaps.max()),
        "epochs_per_second": epochs / elapsed,
        **answers(window),
    }
    closed(window)
    return row


def answers(window: MainWindow) -> dict[str, float]:
    """The longest of some waits for the window to do at full speed what it is asked, ms."""
    session, run = window.session, window.actions_by_name["run"].trigger
    box = session.mailbox

    def at_rest() -> bool:
        return session.status.state == "paused" and box._frame is None and box.screen_idle.is_set()

    def longest(ask: Callable[[], object], done: Callable[[], bool]) -> float:
        waits = []
        for _ in range(ANSWERS):
            if session.status.state != "running":
                run()
            window.speed.slider.setValue(window.speed.slider.maximum())
            wait_for(0.15)
            asked = perf_counter()
            ask()
            process_until(done)
            waits.append(perf_counter() - asked)
        return 1000 * max(waits)

    return {
        "pause_ms": longest(run, at_rest),
        "step_ms": longest(window.actions_by_name["step"].trigger, at_rest),
        "slider_ms": longest(lambda: window.speed.slider.setValue(3), box.commands.empty),
    }


def loading(size: tuple[int, int]) -> dict[str, float]:
    """Gaps between frames while Numba is loaded beside training: once in a process only."""
    window = opened(networks()["XOR 2-2-1, full batch"], "auto", size)
    window.actions_by_name["run"].trigger()
    wait_for(0.2)
    painted, begin = Painted(window.views["network"]), perf_counter()
    process_until(lambda: window.session.worker.current_run.engine == "numba")
    elapsed = perf_counter() - begin
    gaps = 1000 * np.diff(painted.times)
    closed(window)
    return {
        "seconds": elapsed,
        "frames_per_second": len(gaps) / elapsed,
        "gap_99_ms": float(np.quantile(gaps, 0.99)),
        "gap_longest_ms": float(gaps.max()),
    }


def alone(experiment: Experiment, engine: str, seconds: float) -> float:
    """Epochs per second of the bare run."""
    run = new_run(prepare(experiment))
    force(run, engine)
    run.advance(1)
    until = perf_counter() + WARM_UP / 2
    run.advance(10**9, lambda: perf_counter() > until)
    begin, first = perf_counter(), run.epoch
    run.advance(10**9, lambda: perf_counter() > begin + seconds)
    return (run.epoch - first) / (perf_counter() - begin)


def frames(
    experiment: Experiment, engine: str, seconds: float, size: tuple[int, int]
) -> dict[str, float]:
    """Medians of some measurements with the window between measurements without it."""
    without, rows = [alone(experiment, engine, seconds / 2)], []
    for _ in range(REPEATS):
        rows.append(with_window(experiment, engine, seconds, size))
        without.append(alone(experiment, engine, seconds / 2))
        before_and_after = statistics.mean(without[-2:])
        rows[-1]["kept"] = rows[-1]["epochs_per_second"] / before_and_after
    row = {key: statistics.median(r[key] for r in rows) for key in rows[0]}
    return {**row, "epochs_per_second_alone": statistics.median(without)}


def engines(only: str | None) -> list[str]:
    """The engines that can be measured here."""
    if only:
        return [only]
    return ["numpy", "numba"] if is_installed() else ["numpy"]


def at_rest(word: str, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """What a person does at rest, with the networks whose name holds the word."""
    for name, epochs in HANDS.items():
        if word in name:
            window = opened(networks()[name], "numpy", size)
            for row in hands(window, epochs):
                print({k: round(v, 1) if isinstance(v, float) else v for k, v in row.items()})
                yield {"network": name, **row}
            closed(window)


# -- memory --------------------------------------------------------------------------------

EARLY, LATE = 1_000_000, 10_000_000


def memory_mb() -> float:
    """What this process occupies now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bounded(engine: str, patience: float = 100.0) -> dict[str, Any]:
    """XOR in the window up to ten million epochs: memory, and what a frame of the loss costs.

    Where the engine would take longer than the patience, what is left of the epochs goes
    straight into the log, and the result says so.
    """
    window = opened(networks()["XOR 2-2-1, full batch"], engine, (1280, 800))
    run_until_engine(window, engine)
    begin, sizes = perf_counter(), {}

    def reached(epochs: int) -> bool:
        return window.current_frame.snapshot.epoch >= epochs

    for goal in (EARLY, LATE):
        process_until(lambda goal=goal: reached(goal) or perf_counter() - begin > patience)
        if not reached(goal):
            break
        sizes[goal] = memory_mb()
    window.actions_by_name["run"].trigger()
    process_until(lambda: window.session.status.state == "paused")
    log = window.session.worker.history._log
    trained = int(log.curve().epochs[-1])
    for goal in (EARLY, LATE):
        if goal not in sizes:
            fill(log, goal)
            sizes[goal] = memory_mb()
    window.session.send(PublishFrame(window.clock.snapshot_request()))
    wait_for(0.5)
    curve = window.current_frame.curve
    result = {
        "engine": engine,
        "epochs": int(curve.epochs[-1]),
        "epochs_written": int(curve.epochs[-1]) - trained,
        "rows_kept": len(curve.epochs),
        "thinned_before": curve.thinned_before,
        "growth_mb": sizes[LATE] - sizes[EARLY],
        "loss_frame_ms": loss_frame_ms(window),
    }
    closed(window)
    return result


def fill(log: Any, last: int) -> None:
    """Put plausible errors of the epochs up to this one into the log."""
    rng = np.random.default_rng(0)
    while (first := int(log.curve().epochs[-1]) + 1) <= last:
        epochs = np.arange(first, min(first + 10_000, last + 1))
        errors = 1.0 / np.sqrt(epochs) * rng.uniform(0.9, 1.1, len(epochs))
        log.extend(epochs, errors, np.ones(len(epochs)))


def loss_frame_ms(window: MainWindow) -> float:
    """Median time to show and paint the loss curve, ms."""
    view, frame = window.views["loss"], window.current_frame
    times = []
    for _ in range(60):
        begin = perf_counter()
        view.show_frame(frame)
        view.repaint()
        times.append(perf_counter() - begin)
    return 1000 * statistics.median(times)


# -- start ---------------------------------------------------------------------------------

BARE = """
import os
import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Plot(pyqtgraph.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))

app = QApplication([])
window = QMainWindow()
window.setCentralWidget(Plot())
window.resize(1280, 800)
window.show()
app.exec()
"""

OURS = """
import os
import sys
from bpviz.__main__ import main
sys.argv = ["bpviz"]

def when_imported():
    from PySide6.QtCore import QTimer
    import bpviz.ui.window.main_window as module
    show = module.MainWindow.show
    def shown(self):
        self.first_frame_shown.connect(lambda: QTimer.singleShot(0, lambda: os._exit(0)))
        show(self)
    module.MainWindow.show = shown

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "bpviz.app":
            sys.meta_path.remove(self)
            when_imported()
        return None

sys.meta_path.insert(0, Finder())
sys.exit(main())
"""


def start(runs: int = 9) -> dict[str, float]:
    """Median seconds from starting Python to the first painted window, taken in turns."""
    times: dict[str, list[float]] = {BARE: [], OURS: []}
    if is_installed():  # not the first start ever, which compiles beside the window
        subprocess.run([sys.executable, "-m", "bpviz.core.kernels.warm"], check=True)
    # As installed: with the bytecode that the first of the runs leaves behind.
    env = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env["XDG_CONFIG_HOME"] = tempfile.mkdtemp()
    for _ in range(runs + 1):
        for program, seconds in times.items():
            begin = perf_counter()
            subprocess.run(
                [sys.executable, "-c", program], check=True, env=env, stderr=subprocess.DEVNULL
            )
            seconds.append(perf_counter() - begin)
    bare, ours = (statistics.median(seconds[1:]) for seconds in times.values())
    pairs = zip(times[OURS][1:], times[BARE][1:], strict=True)
    return {
        "bare_s": bare,
        "bpviz_s": ours,
        "ratio": statistics.median(a / b for a, b in pairs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--network", default="")
    parser.add_argument("--engine")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    size = tuple(int(side) for side in arguments.size.split("x"))
    sys.setswitchinterval(SWITCH_INTERVAL)
    results: dict[str, Any] = {"machine": machine()}
    print(results["machine"])
    if "start" in only:
        results["start"] = start()
        print("start", results["start"])
    make_application(["bpviz"])
    if "loading" in only and "numba" in engines(arguments.engine):
        results["loading"] = loading(size)
        print("loading", results["loading"])
    if "frames" in only:
        results["frames"] = []
        for name, experiment in networks().items():
            for engine in engines(arguments.engine) if arguments.network in name else ():
                row = frames(experiment, engine, arguments.seconds, size)
                row = {"network": name, "engine": engine, "size": arguments.size, **row}
                results["frames"].append(row)
                print({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()})
                write(results, arguments.json)
    if "hands" in only and arguments.engine != "numba":
        results["hands"] = []
        for row in at_rest(arguments.network, size):
            results["hands"].append(row)
            write(results, arguments.json)
    if "bounded" in only:
        results["bounded"] = bounded(engines(arguments.engine)[-1])
        print("bounded", results["bounded"])
    write(results, arguments.json)


def write(results: dict[str, Any], path: Path | None) -> None:
    """Keep what was measured so far."""
    if path is not None:
        path.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
