"""The program: ``bpviz`` and ``python -m bpviz``."""

import os
import sys

MODULES = ("bpviz.core.kernels.warm", "bpviz.problems.tables.sheet_process")
"""Modules of bpviz that it runs as processes of their own."""


def main() -> int:
    """Run the command line; returns the exit code."""
    # NumPy reads this when it is imported. Matrices as small as these are not multiplied faster
    # by two threads, and between two products the second one waits in a loop, on the processor
    # that the window draws with.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if getattr(sys, "frozen", False) and _run_as_child():
        return 0
    from bpviz.cli import main as command

    return command()


def _run_as_child() -> bool:
    """In a built program, which is its own interpreter: do the work of a process started by it.

    Returns whether this is such a process: a worker of a race, or ``-m`` and a module of bpviz.
    """
    import multiprocessing
    import runpy

    multiprocessing.freeze_support()  # ends the process if it is a worker
    is_module = sys.argv[1:2] == ["-m"] and sys.argv[2:3] in ([name] for name in MODULES)
    if is_module:
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__")
    return is_module


if __name__ == "__main__":
    sys.exit(main())
