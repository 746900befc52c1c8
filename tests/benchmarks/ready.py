"""How long it takes from starting Python until the compiled engine is ready, beside plain Numba.

    .venv/bin/python tests/benchmarks/ready.py [--runs 3] [--json FILE]

The window opens with XOR and Run is pressed at its first frame. *Cold*: no machine code is on disk
(the first start ever); *warm*: that of the cold start is. Plain Numba is a process that imports it
and compiles a function of one line. They are measured in turns; read the ratios.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from networks import machine

BARE = """
import numba

@numba.njit
def add(x):
    return x + 1.0

add(1.0)
"""

OURS = """
import os
import sys
from bpviz.__main__ import main
sys.argv = ["bpviz"]

def when_imported():
    from PySide6.QtCore import QTimer
    import bpviz.ui.window.main_window as module
    from bpviz.session.scheduling.numba_loader import NUMBA_LOADER
    show = module.MainWindow.show
    def look():
        if NUMBA_LOADER.ready or NUMBA_LOADER.trouble:
            os._exit(0 if NUMBA_LOADER.ready else 1)
    def shown(self):
        self.timer = QTimer(self, interval=10)
        self.timer.timeout.connect(look)
        self.timer.start()
        self.first_frame_shown.connect(self.actions_by_name["run"].trigger)
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


def seconds_of(program: str, cache: str) -> float:
    """Seconds until a program of Python ends, with Numba's cache in this folder."""
    env = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env |= {"NUMBA_CACHE_DIR": cache, "XDG_CONFIG_HOME": cache}
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    begin = perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=env, stderr=subprocess.DEVNULL)
    return perf_counter() - begin


def ready(runs: int) -> dict[str, float]:
    """Medians of seconds, and of their ratios to plain Numba."""
    seconds_of(
        BARE, tempfile.mkdtemp()
    )  # as installed: with Python's bytecode and the disk's cache
    bare, cold, warm = [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            bare.append(seconds_of(BARE, cache))
            cold.append(seconds_of(OURS, cache))
            warm.append(seconds_of(OURS, cache))
    return {
        "bare_s": statistics.median(bare),
        "cold_s": statistics.median(cold),
        "cold_ratio": statistics.median(a / b for a, b in zip(cold, bare, strict=True)),
        "warm_s": statistics.median(warm),
        "warm_ratio": statistics.median(a / b for a, b in zip(warm, bare, strict=True)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = {"machine": machine(), "ready": ready(arguments.runs)}
    print(results["ready"])
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
