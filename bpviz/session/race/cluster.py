"""A dask cluster as the executor of a race (the extra ``bpviz[cluster]``)."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from bpviz.sharing.atomic_files import reason_of

TIMEOUT = 5
"""Seconds within which a scheduler must answer."""


class NoCluster(Exception):
    """There is no usable cluster; the message gives the reason."""


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the cluster whose scheduler has this address. Raises NoCluster.

    bpviz must be installed on them.
    """
    client = _client(address)
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()


_ADDRESS = re.compile(
    r"(?:(?P<protocol>tcp|tls)://)?(?P<host>[^/:\s]+|\[[^\]]+\]):(?P<port>\d{1,5})/?"
)


def _check_answers(address: str) -> None:
    """Raise NoCluster unless something listens at this address.

    dask would try for long, and leave threads that fail later.
    """
    match = _ADDRESS.fullmatch(address.strip())
    if match is None or not 0 < int(match["port"]) < 65536:
        raise NoCluster(
            f"The scheduler's address must be HOST:PORT, such as tcp://localhost:8786, "
            f"not {address[:60]!r}."
        )
    try:
        socket.create_connection((match["host"].strip("[]"), int(match["port"])), TIMEOUT).close()
    except (OSError, UnicodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "no such name"
        raise NoCluster(f"There is no dask scheduler at {address}: {reason}.") from error


def _client(address: str) -> Any:
    _check_answers(address)
    try:
        from distributed import Client
    except ImportError as error:
        raise NoCluster(
            "Clusters need dask.distributed: install it with `pip install 'bpviz[cluster]'`."
        ) from error
    try:
        client: Any = Client
        return client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise NoCluster(
            f"There is no dask scheduler at {address}: {error or type(error).__name__}."
        ) from error
