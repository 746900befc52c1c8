"""Commands whose disk is full, whose reader leaves or which are ended, at random moments.

Each must end soon with one of its exit codes, without a traceback, without an unfinished file and
without a process that outlives it.
"""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.campaigns.common import Budget, Findings

LONG = "1000000000"
COMMANDS = [
    ("train", "xor", "--epochs", LONG, "--export", "{folder}"),
    ("train", "moons", "--epochs", LONG, "--json"),
    ("race", "xor", "--seeds", "64", "--epochs", "9000000", "--export", "{folder}"),
    ("race", "xor", "--hidden", "2,3", "--seeds", "64", "--epochs", "9000000"),
    ("list",),
    ("train", "iris", "--epochs", "30", "--export", "{folder}", "--force"),
]
LIMIT = 300.0
"""Seconds in which a command must have ended after it was told to, on a busy machine, too."""


def campaign(budget: Budget) -> Findings:
    """End commands in every way, at random moments after their start."""
    found = Findings("outages")
    ways = [_full_disk, _reader_leaves, *(_signalled(name) for name in ("TERM", "HUP", "INT"))]
    longest = 0.0
    while budget.goes_on(found.tried):
        chance = random.Random(f"{budget.seed} {found.tried}")
        with TemporaryDirectory() as name:
            folder = Path(name)
            argv = [part.format(folder=folder) for part in chance.choice(COMMANDS)]
            way = ways[found.tried % len(ways)]
            if way is _full_disk and LONG in argv:
                argv[argv.index(LONG)] = "20000"
            seconds = way(argv, folder, chance, found)
            longest = max(longest, seconds)
            left = [path.name for path in folder.iterdir() if path.name.endswith(".part")]
            if left:
                found.fault("an unfinished file is left", f"{argv}: {left}")
        found.tried += 1
    found.figures = {"longest_end_s": round(longest, 1)}
    return found


def _start(argv: list[str], **options: object) -> "subprocess.Popen[bytes]":
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(
        [sys.executable, "-m", "bpviz", *argv],
        env=env,
        start_new_session=True,
        **given,  # type: ignore[call-overload]
    )


def _ended(process: "subprocess.Popen[bytes]", argv: list[str], found: Findings) -> float:
    """Wait for the end, check what was said; the seconds that it took."""
    began = monotonic()
    try:
        _, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        found.fault("does not end, or a process holds its output", str(argv))
        return LIMIT
    text = (err or b"").decode("utf-8", "replace")
    if "Traceback" in text or "Exception ignored" in text:
        found.fault("a traceback", f"{argv}\n{text[-3000:]}")
    # Before Python has begun, or while it ends, the system's own default is right: -signal.
    ends = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    if process.returncode not in (0, 1, 2, *(128 + n for n in ends), *(-n for n in ends)):
        found.fault(f"exit code {process.returncode}", f"{argv}\n{text[-500:]}")
    return monotonic() - began


def _signalled(name: str):  # type: ignore[no-untyped-def]
    def way(argv: list[str], folder: Path, chance: random.Random, found: Findings) -> float:
        process = _start(argv)
        sleep(chance.uniform(0.3, 2.5))
        for _ in range(chance.choice([1, 1, 2])):
            process.send_signal(getattr(signal, f"SIG{name}"))
            sleep(0.2)
        if name == "INT":  # a second one ends what the first one lets finish
            process.send_signal(signal.SIGINT)
        return _ended(process, argv, found)

    return way


def _reader_leaves(argv: list[str], folder: Path, chance: random.Random, found: Findings) -> float:
    short = ["60" if part in (LONG, "9000000") else part for part in argv]
    process = _start(short)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    return _ended(process, short, found)


def _full_disk(argv: list[str], folder: Path, chance: random.Random, found: Findings) -> float:
    import resource

    size = chance.choice([0, 1, 1000, 20_000, 100_000])
    short = ["60" if part in ("9000000",) else part for part in argv]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return _ended(_start(short, preexec_fn=limit), short, found)
