"""A session with its thread, closed after each test."""

from collections.abc import Iterator

import pytest

from bpviz.core.run.snapshot import EVERYTHING
from bpviz.session.session import Session


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    session = Session()
    session.mailbox.ask(EVERYTHING)
    yield session
    session.close()
    assert session.worker.isFinished()
