"""Processes killed (SIGKILL) at random moments while they write: old or new, never half a file."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from tests.campaigns.common import Budget, Findings

WRITER = """
import sys
from pathlib import Path
from bpviz.sharing.atomic_files import write_pieces
from bpviz.ui.toolkit.settings import Settings

folder = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    data = f"{number:09d}".encode() * 20_000
    pieces = [data[at : at + 9_000] for at in range(0, len(data), 9_000)]
    write_pieces(folder / "export.bin", pieces, replace=True)
    settings = Settings(folder / "settings.txt")
    settings.set("number", number)
    settings.set("long", f"{number:09d}" * 2_000)
    settings.save()
"""


def campaign(budget: Budget) -> Findings:
    """Kill a writer again and again in the same folder, and look at what it left."""
    found = Findings("kills")
    chance = random.Random(budget.seed)
    unfinished = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        while budget.goes_on(found.tried):
            _write_and_kill(folder, chance.uniform(0.0, 0.08))
            found.tried += 1
            unfinished += sum(path.name.endswith(".part") for path in folder.iterdir())
            _check(folder, found)
            for path in folder.glob("*.part"):  # those of the settings; exports clear their own
                path.unlink()
    found.figures = {"unfinished_files_left": unfinished}
    return found


def _write_and_kill(folder: Path, seconds: float) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, env=_environment()
    )
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        sleep(seconds)
        writer.send_signal(signal.SIGKILL)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def _check(folder: Path, found: Findings) -> None:
    export = folder / "export.bin"
    if export.exists():
        data = export.read_bytes()
        if len(data) != 180_000 or data != data[:9] * 20_000:
            found.fault("half an export", f"{len(data)} bytes, {data[:20]!r} ... {data[-20:]!r}")
    settings = folder / "settings.txt"
    if settings.exists():
        text = settings.read_text()
        number = text.partition("number = ")[2].strip()
        if f"long = {number.zfill(9) * 2_000}\n" not in text:
            found.fault("half a settings file", text[:200])
