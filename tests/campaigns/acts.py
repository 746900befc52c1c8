"""Random acts of a person in the real window: nothing but sentences may come of them.

Every round is a process of its own: a random experiment, then clicks, drags, keys, texts, files
and menus at random places, with the event loop and the training thread running in between. At the
end the window is closed, and opened again with the settings it left. A fault is an exception, a
message of Qt, a crash, a window that does not answer for some seconds, or more memory than MEMORY.
A fault's list of acts is shortened to the few that are needed, and printed.

    .venv/bin/python tests/campaigns/acts.py REPLAY.json     repeats such a list
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.campaigns.common import Budget, Findings  # noqa: E402
from tests.campaigns.window_round import Act, Round, random_act  # noqa: E402

ACTS = 100
"""Of a round."""

MEMORY = 6 * 2**30
"""Bytes of address space of a round: a text that makes bpviz load /dev/zero ends there."""


# -- rounds, and the shortest list of acts for a fault -------------------------------------------


def _child(seed: int, acts: list[Act], found: dict[str, str] | None = None) -> dict[str, str]:
    """Do the acts in another process; signature -> detail of what went wrong."""
    with TemporaryDirectory() as name:
        order = Path(name) / "acts.json"
        order.write_text(json.dumps({"seed": seed, "acts": acts}))
        command = [sys.executable, "-X", "faulthandler", __file__, str(order)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=120 + 2 * len(acts), check=False
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stderr or b"")[-4000:]
            return {"the process does not end": f"seed {seed}\n{said.decode(errors='replace')}"}
        last = done.stdout.strip().splitlines()[-1:] or ["{}"]
        faults = dict(json.loads(last[0])) if last[0].startswith(("{", "[")) else {}
        if done.returncode != 0:
            faults[f"exit code {done.returncode}"] = done.stderr[-4000:]
        return faults


def shortened_acts(seed: int, acts: list[Act], signature: str, seconds: float) -> list[Act]:
    """Leave out halves, quarters, ... and single acts for as long as the fault stays."""
    until, step = monotonic() + seconds, max(1, len(acts) // 2)
    while step and monotonic() < until:
        at = 0
        while at < len(acts) and monotonic() < until:
            fewer = acts[:at] + acts[at + step :]
            if signature in _child(seed, fewer):
                acts = fewer
            else:
                at += step
        step //= 2
    return acts


def campaign(budget: Budget) -> Findings:
    """Rounds of random acts; the first fault of each kind is shortened."""
    found = Findings("acts")
    rounds = 0
    while budget.goes_on(found.tried):
        seed = budget.seed * 1000 + rounds
        chance = random.Random(seed)
        acts = [random_act(chance) for _ in range(ACTS)]
        for signature, detail in _child(seed, acts).items():
            if signature not in found.faults:
                short = shortened_acts(seed, acts, signature, 120.0)
                replay = json.dumps({"seed": seed, "acts": short})
                detail = f"{len(short)} of {len(acts)} acts: {replay}\n{detail}"
            found.fault(signature, detail)
        found.tried += len(acts)
        rounds += 1
    found.figures = {"rounds": rounds}
    return found


def main() -> int:
    """Do the acts of a file in this process, and print what went wrong."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    order = json.loads(Path(sys.argv[1]).read_text())
    with TemporaryDirectory() as name:
        turn = Round(Path(name))
        turn.run(order["seed"], order["acts"])
        print(json.dumps(dict(turn.faults)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
