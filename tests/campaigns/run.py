"""Runs the campaigns: .venv/bin/python tests/campaigns/run.py [NAME ...] [--minutes M] [--seed S]

Prints one line of figures for each, then what went wrong; exits with 1 if something did.
Campaigns try what no written test thinks of: random acts in the real window, damaged files,
processes killed while they write. The same seed tries the same things.
"""

import argparse
import os
import signal
import sys
import warnings
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

NAMES = ("files", "kills", "outages", "names", "views", "endurance", "memory", "acts")


def main() -> int:
    """The campaigns that the command line names; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES)
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="at most, for each campaign")
    parser.add_argument("--tries", type=int, default=10**9, help="at most, for each campaign")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false;default.warning=false")
    warnings.simplefilter("ignore")  # a campaign looks for faults that a person would see
    from tests.campaigns.common import Budget

    faults = 0
    for name in args.names or NAMES:
        campaign = import_module(f"tests.campaigns.{name}").campaign
        budget = Budget(args.tries, 60.0 * args.minutes, args.seed)
        for number in (signal.SIGINT, signal.SIGTERM):  # end after this try, and say what was found
            signal.signal(number, lambda *_: budget.end())  # noqa: B023
        found = campaign(budget)
        faults += sum(found.faults.values())
        print(found.report(), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
