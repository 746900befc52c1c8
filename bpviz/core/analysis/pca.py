"""Principal components of points, with signs that do not change from frame to frame."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.values import Matrix, Vector

LARGEST = 200
"""With more points and more dimensions than this, the directions are found from so many evenly
spaced points, because the cost of the eigenvalue problem grows with the cube."""


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Orthonormal directions (n, k) through the mean (n,), largest variance first.

    shares  (k,) of the variance of all points along each direction; nan where there is none.
    """

    mean: Vector
    directions: Matrix
    shares: Vector


def principal_components(points: Matrix, k: int, like: Matrix | None = None) -> Components:
    """The k principal components of points (P, n), k at most n (Pearson 1901).

    The sign of a direction is arbitrary: it is chosen to agree with ``like`` (n, k), an earlier
    result; without one, so that the largest part is positive.
    """
    mean = points.mean(axis=0)
    centred = points - mean
    directions = _directions(centred, k)
    if like is not None and like.shape == directions.shape:
        signs = np.einsum("nk,nk->k", directions, like)
    else:
        signs = directions[np.abs(directions).argmax(axis=0), np.arange(k)]
    directions = directions * np.where(signs < 0.0, -1.0, 1.0)
    total = float(np.square(centred).sum())
    along = np.square(centred @ directions).sum(axis=0)
    return Components(mean, directions, along / total if total > 0.0 else np.full(k, np.nan))


def _directions(centred: Matrix, k: int) -> Matrix:
    """Orthonormal directions (n, k), from the smaller of the two product matrices."""
    if min(centred.shape) > LARGEST:
        rows = np.linspace(0, len(centred) - 1, LARGEST).round().astype(np.int64)
        centred = centred[rows] - centred[rows].mean(axis=0)
    points, n = centred.shape
    if n <= points:
        return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :k])
    values, vectors = np.linalg.eigh(centred @ centred.T)
    found = centred.T @ vectors[:, ::-1][:, :k]
    # Directions without variance come out as zeros: they are replaced by any orthogonal ones.
    noise = np.sqrt(max(values[-1], 0.0)) * 1e-9
    found[:, np.linalg.norm(found, axis=0) <= noise] = 0.0
    padded = np.concatenate([found, np.eye(n)[:, : min(n, 2 * k)]], axis=1)
    return np.asarray(_orthonormal(padded, k))


def _orthonormal(columns: Matrix, k: int) -> Matrix:
    """The first k independent directions among columns (n, m), by Gram and Schmidt."""
    found: list[Vector] = []
    for column in columns.T:
        left = column - sum((np.dot(q, column) * q for q in found), np.zeros(len(column)))
        size = float(np.linalg.norm(left))
        if size > 1e-9 * max(1.0, float(np.linalg.norm(column))) and size > 0.0:
            found.append(left / size)
        if len(found) == k:
            break
    return np.stack(found, axis=1)
