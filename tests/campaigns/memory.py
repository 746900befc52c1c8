"""Memory after hundreds of random acts in one window: it must not grow without end.

After every STEP acts the window is brought back to the same state: XOR at epoch 0, the usual
layout, no other window. What was loaded on first use stays, and so do the runs of *Recent runs*,
so the first acts are not judged.

    .venv/bin/python tests/campaigns/memory.py SEED ACTS     prints each measurement
"""

import ctypes
import gc
import json
import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.campaigns.common import Budget, Findings, until, wait  # noqa: E402
from tests.campaigns.window_round import Round, random_act  # noqa: E402

STEP = 100
"""Acts from one measurement to the next."""

SETTLED = 800
"""Acts after which memory is judged: all that is loaded on first use is there by then, and all
that is kept in a bounded number of copies is kept."""

JUMP = 40.0
"""Megabytes of one act that are told, with the act: it need not be a leak, but may explain one."""

LIMIT = 4.0
"""Megabytes that it may grow in a hundred acts, on average over at least as many acts again."""


def growth(measured: list[tuple[int, float]]) -> float | None:
    """Megabytes in a hundred acts, as the slope of a straight line; None for too few acts."""
    points = [(acts, size) for acts, size in measured if acts >= SETTLED]
    if not points or points[-1][0] < 2 * SETTLED:
        return None
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points, strict=True))
    above = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return 100.0 * above / sum((x - mean_x) ** 2 for x, _ in points)


def campaign(budget: Budget) -> Findings:
    """One window for as long as it is given."""
    found = Findings("memory")
    command = [sys.executable, __file__, str(budget.seed), str(budget.tries)]
    measured: list[tuple[int, float]] = []
    jumps: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("["):
                measured.append(tuple(json.loads(line)))
                found.tried = measured[-1][0]
            elif line.startswith("{"):
                jumps.append(json.loads(line))
            if not budget.goes_on(found.tried):
                child.kill()
    slope = growth(measured)
    if slope is not None and slope > LIMIT:
        found.fault("memory grows", f"{slope:.1f} MB in 100 acts: {measured}\n{jumps}")
    found.figures = {
        "mb": {
            acts: round(size) for acts, size in measured if acts in (100, 200) or not acts % 400
        },
        "mb_per_100_acts": None if slope is None else round(slope, 2),
        "jumps": sorted(jumps, key=lambda jump: -float(jump["mb"]))[:5],
    }
    return found


def memory_mb() -> float:
    """Memory of this process alone that is in use, without what is free but not returned."""
    import psutil
    from PySide6.QtCore import QCoreApplication, QEvent

    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        wait(30)
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    with suppress(OSError):  # Linux: without the files of libraries
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024
    return float(psutil.Process().memory_info().rss) / 2**20


def held_mb() -> float:
    """Memory of this process alone, at once: with what is free but not returned."""
    with suppress(OSError):  # Linux: pages in memory, and those of them that are shared
        _, resident, shared, *_ = Path("/proc/self/statm").read_text().split()
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def to_same_state(turn: Round) -> None:
    """Bring the window back to the state in which its memory is measured."""
    from bpviz.experiment.experiment import experiment_for
    from bpviz.session.commands import Pause

    window = turn.window
    for top in turn.app.topLevelWidgets():
        if top is not window and top.isVisible():
            top.close()
    wait(100)
    window.session.send(Pause())
    for name in ("show_everything", "reset_layout"):
        window.actions_by_name[name].trigger()
    window.resize(1280, 800)
    turn.app.clipboard().clear()
    experiment = experiment_for("xor")
    window.load(experiment)
    with suppress(TimeoutError):
        until(lambda: window.current_frame.setup.experiment == experiment)
    wait(500)


def main() -> int:
    """Do acts, and print [acts, megabytes] after every STEP of them."""
    seed, acts = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    with TemporaryDirectory() as name:
        turn = Round(Path(name))
        turn.begin(seed)
        for done in range(acts + 1):
            if done % STEP == 0:
                to_same_state(turn)
                print(json.dumps([done, memory_mb()]), flush=True)
            act, before = random_act(chance), held_mb()
            turn.do(act)
            if (more := held_mb() - before) > JUMP:
                print(json.dumps({"mb": round(more), "after": done, **act}), flush=True)
        turn.end(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
