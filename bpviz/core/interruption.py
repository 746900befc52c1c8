"""How long work is interrupted or cancelled."""

from collections.abc import Callable, Generator

Interrupted = Callable[[], bool]
"""Asked between two pieces of work: whether to stop here."""

Work = Generator[None, None, None]
"""Work in pieces: it yields between one and the next, and can be continued later."""


def never() -> bool:
    """Return False: the work is not interrupted."""
    return False


class Cancelled(Exception):
    """The work was cancelled before it had a result."""
