"""A dask cluster as the executor of a race (the extra ``bpviz[cluster]``)."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

TIMEOUT = 10
"""Seconds in which a scheduler must answer."""


class NoCluster(Exception):
    """There is no cluster to use; the sentence says why."""


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the cluster whose scheduler is at this address. Raises NoCluster.

    They need this program installed as well.
    """
    client = _client(address)
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _client(address: str) -> Any:
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
