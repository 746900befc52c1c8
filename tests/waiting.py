"""Waiting for conditions: no test relies on how fast the machine is.

A test waits until something holds, and fails if that takes absurdly long; the deadlines here are
far above what anything takes on a machine that has much else to do (a minute, for the first
compilation of the kernels).
"""

import threading
from collections.abc import Callable
from functools import partialmethod

from pytestqt.qtbot import QtBot

DEADLINE = 180.0
"""Seconds after which a condition is taken never to come true; also for other processes."""

WAITS = ("waitActive", "waitExposed", "waitSignal", "waitSignals", "waitUntil", "waitCallback")


class WaitingBot(QtBot):
    """A QtBot whose waits end with the common deadline."""


for name in WAITS:
    setattr(WaitingBot, name, partialmethod(getattr(QtBot, name), timeout=int(DEADLINE * 1000)))


def wait_until(met: Callable[[], bool]) -> None:
    """Look again and again, without an event loop, until the condition holds."""
    pause = threading.Event()
    for _ in range(int(DEADLINE / 0.005)):
        if met():
            return
        pause.wait(0.005)
    raise AssertionError(f"after {DEADLINE:g} s still not met")
