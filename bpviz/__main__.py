"""The program: ``bpviz`` and ``python -m bpviz``."""

import sys

from bpviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
