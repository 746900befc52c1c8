"""SIGTERM and SIGHUP end a command like an error, so that it cleans up."""

import signal
import threading
from types import FrameType


def exit_on_termination() -> None:
    """Raise SystemExit in the main thread on SIGTERM and SIGHUP.

    By default these signals end the process at once, and unfinished files and worker processes
    would stay. A signal that is ignored (nohup) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
