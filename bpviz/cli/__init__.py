"""The command line; Qt is imported only when a window or a picture is asked for."""

from bpviz.cli.command import main

__all__ = ["main"]
