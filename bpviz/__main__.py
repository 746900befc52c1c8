"""The program: ``bpviz`` and ``python -m bpviz``."""

import os
import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    # NumPy reads this when it is imported. Matrices as small as these are not multiplied faster
    # by two threads, and between two products the second one waits in a loop, on the processor
    # that the window draws with.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from bpviz.cli import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
