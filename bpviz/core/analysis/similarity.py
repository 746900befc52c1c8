"""Which patterns a hidden group takes for alike: distances or correlations, and a cluster tree."""

from dataclasses import dataclass

import numpy as np

from bpviz.core.values import Integers, Matrix

MOST_PATTERNS = 120
"""Most patterns that are compared: a matrix of all pairs, and a tree, for every frame."""

LARGEST = 1e100
"""Largest activations that are compared: their squares are finite, too."""

MEASURES = {"distance": "Euclidean distance", "correlation": "correlation"}
"""Key -> words of what is measured between the activations for two patterns."""


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """The similarity of n patterns.

    matrix   (n, n) distances or correlations, rows and columns in the order given; a correlation
             is nan where the activations for a pattern are all equal.
    order    (n,) the patterns from top to bottom of the tree.
    merges   (n - 1, 4) as SciPy's linkage: two clusters, their distance, number of patterns;
             cluster n + k is made by merge k, those below n are single patterns.
    """

    matrix: Matrix
    order: Integers
    merges: Matrix


def even_sample(count: int, most: int = MOST_PATTERNS) -> Integers:
    """Indices of at most ``most`` of ``count`` patterns, evenly spaced."""
    if count <= most:
        return np.arange(count)
    return np.arange(most) * (count - 1) // (most - 1)


def pairwise(activations: Matrix, measure: str) -> Matrix:
    """(n, n) distances or correlations between the rows of (n, units).

    Not finite where activations are not, or are too large to be squared.
    """
    with np.errstate(all="ignore"):
        return _distances(activations) if measure == "distance" else _correlations(activations)


def _distances(activations: Matrix) -> Matrix:
    squares = np.einsum("nu,nu->n", activations, activations)
    square = squares[:, None] + squares - 2.0 * activations @ activations.T
    distances: Matrix = np.sqrt(np.maximum(square, 0.0))
    np.fill_diagonal(distances, 0.0)
    return distances


def _correlations(activations: Matrix) -> Matrix:
    centred = activations - activations.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(centred, axis=1, keepdims=True)
    sizes[sizes <= 1e-12 * np.abs(activations).max(axis=1, keepdims=True)] = np.nan
    centred = centred / sizes
    correlations: Matrix = np.clip(centred @ centred.T, -1.0, 1.0)
    return correlations


def similarity(activations: Matrix, measure: str) -> Similarity:
    """The similarity of patterns by their activations (n, units), within ``LARGEST``.

    The tree joins the nearest clusters first, by the average distance of their members
    (UPGMA: Sokal & Michener 1958); of correlations r the distance is 1 - r, and 1 where r is nan.
    """
    matrix = pairwise(activations, measure)
    far = matrix if measure == "distance" else 1.0 - np.nan_to_num(matrix, nan=0.0)
    order, merges = _average_linkage(far)
    return Similarity(matrix, order, merges)


def _average_linkage(distances: Matrix) -> tuple[Integers, Matrix]:
    """Leaves (n,) from top to bottom, and merges (n - 1, 4), of distances (n, n).

    As SciPy's linkage and leaves_list, whose import takes longer than a thousand of these trees.
    """
    n = len(distances)
    far, merges = np.array(distances), np.zeros((n - 1, 4))
    np.fill_diagonal(far, np.inf)
    cluster, leaves = list(range(n)), [[pattern] for pattern in range(n)]
    for k in range(n - 1):
        i, j = sorted(divmod(int(far.argmin()), n), key=cluster.__getitem__)
        a, b = len(leaves[i]), len(leaves[j])
        merges[k] = cluster[i], cluster[j], far[i, j], a + b
        far[i] = far[:, i] = (a * far[i] + b * far[j]) / (a + b)
        far[j] = far[:, j] = far[i, i] = np.inf
        cluster[i], leaves[i] = n + k, leaves[i] + leaves[j]
        last = leaves[i]
    return np.array(last if n > 1 else range(n), dtype=np.int64), merges


def tree_lines(found: Similarity) -> Matrix:
    """(n - 1, 5) the tree as brackets (y1, x1, y2, x2, x).

    Two branches at y1 and y2, in leaves from the top, begin at the distances x1 and x2 and are
    joined at the distance x.
    """
    n = len(found.order)
    y, x = np.zeros(2 * n - 1), np.zeros(2 * n - 1)
    y[found.order] = np.arange(n) + 0.5
    lines = np.zeros((len(found.merges), 5))
    for k, (a, b, distance, _) in enumerate(found.merges):
        first, second = int(a), int(b)
        lines[k] = y[first], x[first], y[second], x[second], distance
        y[n + k], x[n + k] = (y[first] + y[second]) / 2.0, distance
    return lines
