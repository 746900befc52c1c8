"""What the program brings along: shipped files, and modules that run as processes of their own."""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of a shipped file, e.g. ``resource("problems", "iris.csv")``: inside the wheel, or
    beside the package in a checkout.

    Raises FileNotFoundError when neither the wheel's nor the checkout's folder holds it.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"bpviz's own file {'/'.join(parts)} is missing: reinstall bpviz")


def command_of(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module; a built program runs it itself (see __main__)."""
    # Without -P a file in the folder where bpviz was started, such as numpy.py, would be run.
    flags = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *flags, "-m", module, *arguments]


def environment_of() -> dict[str, str]:
    """The environment in which such a process finds the same modules as this one."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
