"""How long work is interrupted or cancelled."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Interrupted = Callable[[], bool]
"""Asked between two pieces of work: whether to stop here."""

Watcher = Callable[[float], bool]
"""Called with the share of the work that is done, 0 to 1: whether to stop here."""

Work = Generator[None, None, None]
"""Work in pieces: it yields between one and the next, and can be continued later."""


def never() -> bool:
    """Return False: the work is not interrupted."""
    return False


class Cancelled(Exception):
    """The work was cancelled before it had a result."""


_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Within it, in this thread, ``note_progress`` calls ``watcher``."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def note_progress(share: float) -> None:
    """Tell the watcher, if there is one, that this share of the work is done, 0 to 1.

    Raises Cancelled if the watcher returns True.
    """
    watcher = _WATCHER.get()
    if watcher is not None and watcher(share):
        raise Cancelled
