"""The loss curves of all networks as counts by epoch and error."""

from dataclasses import dataclass, field

import numpy as np

from bpviz.core.race.plan import Outcomes
from bpviz.core.values import Integers, Matrix, Vector

COLUMNS, ROWS = 240, 240
SMALLEST, DEEPEST = 1e-6, 1e-5
"""The lowest E on a logarithmic axis: at least SMALLEST and DEEPEST times its top."""


@dataclass(frozen=True, slots=True)
class DensityScales:
    """Maps epochs and errors to plot coordinates; log10 where ``log_...`` is set.

    Epoch 0 is drawn at 0.5 on a logarithmic axis, errors above ``top`` at the top.
    """

    epochs: int
    top: float
    log_epochs: bool = False
    log_error: bool = True

    @property
    def x_range(self) -> tuple[float, float]:
        """The ends of the epoch axis."""
        return (
            (np.log10(0.5), float(np.log10(self.epochs))) if self.log_epochs else (0, self.epochs)
        )

    @property
    def y_range(self) -> tuple[float, float]:
        """The ends of the error axis."""
        if self.log_error:
            return float(np.log10(max(SMALLEST, self.top * DEEPEST))), float(np.log10(self.top))
        return 0.0, self.top

    def x(self, epochs: Integers | Vector) -> Vector:
        """Plot coordinates of epochs."""
        return np.log10(np.maximum(epochs, 0.5)) if self.log_epochs else np.asarray(epochs, float)

    def y(self, errors: Vector | Matrix) -> Vector | Matrix:
        """Plot coordinates of errors, clipped to the ends of the axis; nan stays nan."""
        with np.errstate(invalid="ignore", divide="ignore"):
            heights = np.log10(errors) if self.log_error else errors
        return np.clip(heights, *self.y_range)


@dataclass(slots=True, eq=False)
class Density:
    """Counts (COLUMNS, ROWS) of networks by epoch and error; ``add`` adds more networks."""

    scales: DensityScales
    counts: Matrix = field(default_factory=lambda: np.zeros((COLUMNS, ROWS)))

    def add(self, outcomes: Outcomes) -> None:
        """Count these networks' curves, each up to the epoch at which its training ended."""
        low, high = self.scales.x_range
        at = low + (np.arange(COLUMNS) + 0.5) * (high - low) / COLUMNS
        # Between two recorded epochs the earlier one's error is used.
        k = np.searchsorted(self.scales.x(outcomes.epochs), at, side="right") - 1
        heights = self.scales.y(outcomes.train_error[:, np.maximum(k, 0)])
        bottom, top = self.scales.y_range
        rows = (heights - bottom) * (ROWS / (top - bottom))
        known = np.isfinite(rows)
        rows = np.minimum(np.where(known, rows, 0.0), ROWS - 1).astype(np.intp)
        flat = (np.arange(COLUMNS) * ROWS + rows)[known]
        self.counts += np.bincount(flat, minlength=COLUMNS * ROWS).reshape(COLUMNS, ROWS)

    @property
    def lowest(self) -> float:
        """The lower end of the error axis: on a logarithmic one, the decade below all curves."""
        bottom, top = self.scales.y_range
        rows = np.flatnonzero(self.counts.any(axis=0))
        if not self.scales.log_error or not len(rows):
            return bottom
        return max(bottom, float(np.floor(bottom + rows[0] * (top - bottom) / ROWS)))

    def shares(self) -> Matrix:
        """The counts as strengths 0 to 1, logarithmic, so that a single curve remains visible."""
        most = self.counts.max()
        if most == 0.0:
            return self.counts
        strengths = np.log1p(self.counts) / np.log1p(most)
        return np.where(self.counts > 0, 0.15 + 0.85 * strengths, 0.0)


def nearest(outcomes: Outcomes, scales: DensityScales, x: float, y: float) -> int | None:
    """The network whose curve passes nearest above or below a point; None without curves."""
    at = int(np.argmin(np.abs(scales.x(outcomes.epochs) - x)))
    distance = np.abs(scales.y(outcomes.train_error[:, at]) - y)
    if not np.isfinite(distance).any():
        return None
    return int(np.nanargmin(distance))
