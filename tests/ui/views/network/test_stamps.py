"""Images of circles and arcs are kept, but not so many that they fill the memory."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from bpviz.ui.views.network import stamps

LARGEST = 34.0  # px, the radius of a unit
FINE = 3.0  # times as fine as a screen: a picture for a page


@pytest.mark.parametrize("radius", [4.0, 6.0, LARGEST])
@pytest.mark.parametrize(
    "draw",
    [
        lambda radius, n: stamps.disc(radius, 9.0, 9.0, FINE, n, 0),
        lambda radius, n: stamps.circle(radius, 9.0, 9.0, FINE, n),
        lambda radius, n: stamps.arc(radius, 9.0, 9.0, FINE, 90, 2, n),
    ],
    ids=["disc", "circle", "arc"],
)
def test_what_is_kept_is_bounded_in_bytes(
    qapp: object, draw: Callable[[float, int], QImage], radius: float
) -> None:
    gc.collect()
    keys = {draw(radius, n).cacheKey() for n in range(300)}
    again = [draw(radius, n) for n in range(299, -1, -1)]
    kept = [image.sizeInBytes() for image in again if image.cacheKey() in keys]
    assert len(kept) >= 40
    assert sum(kept) < 12e6
