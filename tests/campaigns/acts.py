"""Random acts of a person in the real window: nothing but sentences may come of them.

Every round is a process of its own: a random experiment, then clicks, drags, keys, texts, files
and menus at random places, with the event loop and the training thread running in between. At the
end the window is closed, and opened again with the settings it left. A fault is an exception, a
message of Qt, a crash, a window that does not answer for some seconds, or more memory than MEMORY.
A fault's list of acts is shortened to the few that are needed, and printed; one that depends on
the time at which a thread runs comes only in some of the tries, and a shorter list is tried so
often that it would have come.

The figures say what was reached: of the actions of the table, of the dialogs among bpviz's classes,
of the fields that have a name and were there, and of the kinds of files.

    .venv/bin/python tests/campaigns/acts.py REPLAY.json     repeats such a list
"""

import json
import math
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.campaigns.common import Budget, Findings  # noqa: E402
from tests.campaigns.reached import Reached  # noqa: E402
from tests.campaigns.window_round import Act, Round, random_act  # noqa: E402

ACTS, LONG = 100, 300
"""Acts of a round, and of one of a campaign of several minutes, where fewer starts are needed."""

MEMORY = 6 * 2**30
"""Bytes of address space of a round: a text that makes bpviz load /dev/zero ends there."""


TRIES, SURE = 3, 2
"""How often a fault's acts are repeated at first, and how many times a shorter list of acts would
have to show it on average before it is taken for one without the fault."""

# -- rounds, and the shortest list of acts for a fault -------------------------------------------


def _child(
    seed: int, acts: list[Act], known: list[str], reached: Reached | None = None
) -> dict[str, str]:
    """Do the acts in another process, which prefers what is not ``known``; signature -> detail of
    what went wrong."""
    with TemporaryDirectory() as name:
        order = Path(name) / "acts.json"
        order.write_text(json.dumps({"seed": seed, "acts": acts, "known": known}))
        command = [sys.executable, "-X", "faulthandler", __file__, str(order)]
        try:
            limit = 600 + 12 * len(acts)  # of a busy machine: the round itself tells a hang
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stderr or b"")[-4000:]
            return {"the process does not end": f"seed {seed}\n{said.decode(errors='replace')}"}
        last = done.stdout.strip().splitlines()[-1:] or ["{}"]
        said = json.loads(last[0]) if last[0].startswith("{") else {}
        faults: dict[str, str] = dict(said.get("faults", {}))
        if reached is not None:
            reached.add(said)
        if done.returncode != 0:
            faults[f"exit code {done.returncode}"] = done.stderr[-4000:]
        return faults


def tries_needed(shows: Callable[[], bool]) -> int:
    """How often a list must be tried until its fault would have come; 0 if it never comes again."""
    came = sum(shows() for _ in range(TRIES))
    return 0 if came == 0 else 1 if came == TRIES else math.ceil(SURE * TRIES / came)


def shortened_acts(
    seed: int, acts: list[Act], known: list[str], signature: str, seconds: float
) -> list[Act]:
    """Leave out halves, quarters, ... and single acts for as long as the fault stays."""
    until = monotonic() + seconds
    tries = tries_needed(lambda: signature in _child(seed, acts, known))
    step = max(1, len(acts) // 2) if tries else 0
    while step and monotonic() < until:
        at = 0
        while at < len(acts) and monotonic() < until:
            fewer = acts[:at] + acts[at + step :]
            if any(signature in _child(seed, fewer, known) for _ in range(tries)):
                acts = fewer
            else:
                at += step
        step //= 2
    return acts


def campaign(budget: Budget) -> Findings:
    """Rounds of random acts; the first fault of each kind is shortened."""
    found = Findings("acts")
    reached = Reached()
    rounds, n_acts = 0, LONG if budget.seconds > 300 else ACTS
    while budget.goes_on(found.tried):
        seed = budget.seed * 1000 + rounds
        chance = random.Random(seed)
        acts = [random_act(chance) for _ in range(n_acts)]
        known = reached.names()
        for signature, detail in _child(seed, acts, known, reached).items():
            if signature not in found.faults:
                short = shortened_acts(seed, acts, known, signature, 300.0)
                replay = json.dumps({"seed": seed, "acts": short, "known": known})
                detail = f"{len(short)} of {len(acts)} acts: {replay}\n{detail}"
            found.fault(signature, detail)
        found.tried += len(acts)
        rounds += 1
    found.figures = {"rounds": rounds, **reached.figures()}
    return found


def main() -> int:
    """Do the acts of a file in this process, and print what went wrong."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    order = json.loads(Path(sys.argv[1]).read_text())
    with TemporaryDirectory() as name:
        turn = Round(Path(name))
        turn.known.update(order["known"])
        turn.run(order["seed"], order["acts"])
        said = {
            "faults": dict(turn.faults), "reached": turn.reached, "there": sorted(turn.there),
        }  # fmt: skip
        print("\n" + json.dumps(said), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
