"""The colours of outputs and targets in the diagram: those of the Output view."""

from dataclasses import dataclass, replace

import numpy as np

from bpviz.core.values import Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.colour_scale import Codes, ColourScale
from bpviz.ui.toolkit.drawing.output_colours import output_scales


@dataclass(frozen=True, slots=True, eq=False)
class OutputTones:
    """The scale of every output; numbers are ``mean + unit * value`` in the units of the file."""

    scales: tuple[ColourScale, ...]
    mean: Vector | float
    unit: Vector | float

    @property
    def common(self) -> ColourScale | None:
        """The scale of all outputs; None if they differ."""
        one = self.scales[0]
        return one if all(scale == one for scale in self.scales) else None

    def codes(self, values: Vector) -> Codes:
        """Indices (n,) into the diverging map for the activations of the first n outputs."""
        n, m = len(values), len(self.scales)
        mean, unit = (np.broadcast_to(part, m)[:n] for part in (self.mean, self.unit))
        given = mean + unit * values
        if (scale := self.common) is not None:
            return scale.codes(given)
        found = [s.codes(given[k : k + 1]) for k, s in enumerate(self.scales[:n])]
        return np.concatenate(found)


def output_tones(setup: PreparedExperiment) -> OutputTones:
    """The scales of a setup's outputs, without their titles."""
    scales = tuple(replace(scale, title="") for scale in output_scales(setup))
    mean, unit = setup.patterns.target_scale or (0.0, 1.0)
    return OutputTones(scales, mean, unit)
