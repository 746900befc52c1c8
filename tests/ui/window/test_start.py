"""What the window does without until it is on the screen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.docks import is_in_front
from tests.waiting import DEADLINE

PROGRAM = """
import builtins, sys
sys.argv = ["bpviz"]

painted, window_of = [], []

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "bpviz.app":
            sys.meta_path.remove(self)
            import bpviz.ui.window.main_window as module
            from PySide6.QtCore import QEvent, Qt
            from PySide6.QtWidgets import QApplication, QWidget
            class Watch(QWidget):
                def eventFilter(self, watched, event):
                    if event.type() == QEvent.Type.Paint and window_of[0].current_frame:
                        viewport = watched.objectName() == "qt_scrollarea_viewport"
                        painted.append((watched.parent() if viewport else watched).objectName())
                    return False
            show = module.MainWindow.show
            def shown(window):
                window_of.append(window)
                window.setWindowState(Qt.WindowState.WindowNoState)
                window.resize(1280, 800)  # whatever the screen of the tests is
                window.watch = Watch()
                QApplication.instance().installEventFilter(window.watch)
                window.first_frame_shown.connect(lambda: told(window))
                show(window)
            module.MainWindow.show = shown
        return None

def told(window):
    modules = sorted(sys.modules)
    import json
    print(json.dumps({"modules": modules, "painted": painted,
                      "import": builtins.__import__.__name__}))
    window.close()

sys.meta_path.insert(0, Finder())
from bpviz.__main__ import main
sys.exit(main())
"""

HEAVY = {"numba", "scipy", "ziamath", "PIL", "rich", "numpy.ma", "tqdm", "torch"}

LATER = (
    "json",
    "bpviz.cli.options", "bpviz.cli.race", "bpviz.cli.train",
    "bpviz.lessons", "bpviz.sharing.link_text", "bpviz.experiment.mapping",
    "bpviz.sharing.keras_script",
    "bpviz.problems.tables.inspecting", "bpviz.problems.tables.text",
    "bpviz.core.microscope.microscope",
    "bpviz.core.analysis.pca", "bpviz.core.race", "bpviz.session.race",
    "bpviz.ui.window.comparison_controller", "bpviz.ui.export.pictures",
    "bpviz.ui.toolkit.drawing.formula",
    "bpviz.ui.race.window", "bpviz.ui.race.view",
    "bpviz.ui.panels.guide", "bpviz.ui.panels.lessons.history", "bpviz.ui.panels.lessons.lesson",
    "bpviz.ui.panels.microscope",
    "bpviz.ui.panels.parameters", "bpviz.ui.panels.patterns", "bpviz.ui.panels.unit",
    "bpviz.ui.views.output.confusion", "bpviz.ui.views.output.line",
    "bpviz.ui.views.output.scatter",
    *(row.part.module.removesuffix(".view") for row in VIEWS.values() if not is_in_front(row.key)),
)  # fmt: skip
"""What is imported only once it is asked for, or once the window is on the screen."""

SEEN = [
    "toolbar", "panel_timeline", "panel_experiment", "network_canvas", "view_loss",
    "activations_heatmap", "output_table",
]  # fmt: skip


def is_later(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in (*HEAVY, *LATER))


def run_program(code: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A program in a process of its own, whose settings lie in the folder."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def test_the_first_painted_window_is_the_real_one_and_imports_only_what_it_shows(
    tmp_path: Path,
) -> None:
    done = run_program(PROGRAM, tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(SEEN) <= set(told["painted"])
    assert told["painted"].count("network_canvas") == 1  # once is enough
    assert [module for module in told["modules"] if is_later(module)] == []
    assert told["import"] == "__import__"  # PySide's own reads the source of every module


COMPILES = """
import sys
from PySide6.QtCore import QTimer
from bpviz.app import make_application, open_window
from bpviz.session.scheduling.numba_loader import NUMBA_LOADER as loader
from bpviz.ui.window.main_window import MainWindow

app = make_application([])
def look():
    if loader.ready or loader.trouble:
        (window,) = [w for w in app.topLevelWidgets() if isinstance(w, MainWindow)]
        timer.stop()
        print(loader.trouble or "ready", window.current_frame.snapshot.epoch, flush=True)
        window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(open_window(None, []))
"""


def test_the_compiled_engine_is_made_ready_before_the_first_run(
    tmp_path: Path,
) -> None:
    done = run_program(COMPILES, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ready 0\n"


REDUCED = """
import sys
from PySide6.QtCore import QTimer
from bpviz.app import make_application, open_window
from bpviz.sharing.shown import Shown
from bpviz.ui.window.main_window import MainWindow

app = make_application([])
def look():
    (window,) = [w for w in app.topLevelWidgets() if isinstance(w, MainWindow)]
    docks = window.docks.by_key
    print(*(key for key in docks if not docks[key].isHidden()), window.message.text)
    window.close()
QTimer.singleShot(0, look)
sys.exit(open_window(None, [], shown=Shown(({panel!r},))))
"""


@pytest.mark.parametrize(
    ("panel", "seen"),
    [("loss", "loss"), ("lost", "panels must be one of network, experiment, lesson, ")],
)
def test_a_window_opens_reduced(tmp_path: Path, panel: str, seen: str) -> None:
    done = run_program(REDUCED.format(panel=panel), tmp_path)
    assert done.returncode == 0, done.stderr
    assert seen in done.stdout
    assert (done.stdout.strip() == seen) == (panel == "loss")


EARLY_SIGNAL = """
import os, signal, sys
import bpviz.app as app
from bpviz.ui.window import run_window
make = run_window.MainWindow
def make_and_signal(*given):
    os.kill(os.getpid(), signal.{name})
    return make(*given)
run_window.MainWindow = make_and_signal
sys.exit(app.open_window(None, []))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_while_the_window_is_made_closes_it_in_order(name: str, tmp_path: Path) -> None:
    done = run_program(EARLY_SIGNAL.format(name=name), tmp_path)
    assert done.returncode == 0
    assert "QThread" not in done.stderr
    assert "Traceback" not in done.stderr
