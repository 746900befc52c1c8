"""How a module of bpviz is run as a process of its own."""

import os
import sys


def command_of(module: str, *arguments: str) -> list[str]:
    """The command line; a built program runs modules itself (see __main__)."""
    # Without -P a file in the folder where bpviz was started, such as numpy.py, would be run.
    flags = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *flags, "-m", module, *arguments]


def environment_of() -> dict[str, str]:
    """The environment in which the process finds the same modules as this one."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
