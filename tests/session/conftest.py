"""A session with its thread, closed after each test."""

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from bpviz.core.run.snapshot import EVERYTHING
from bpviz.session.session import Session


@pytest.fixture
def trace_memory() -> Iterator[Callable[[], None]]:
    """trace_memory() begins to trace what Python allocates; it ends with the test."""
    yield tracemalloc.start
    tracemalloc.stop()


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    session = Session()
    session.mailbox.ask(EVERYTHING)
    yield session
    session.close()
    assert session.worker.isFinished()
