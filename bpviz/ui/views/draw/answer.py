"""What a network answers to one image, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpviz.core.learning.backprop import forward
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.patterns import class_of
from bpviz.core.run.snapshot import Snapshot
from bpviz.core.values import Matrix, Vector
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.output_colours import target_range
from bpviz.ui.toolkit.drawing.pattern_names import class_words

MOST_NAMED = 3
"""So many classes are named in one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The response of a network to one image at one instant.

    outputs   (m,) what the output units answer, numbers in the units of the file.
    hidden    group index -> (units,) activations, for every hidden group.
    marked    output units that the answer goes by: the largest ones, or for step units all
              that answer 1; none where outputs are numbers.
    words     the answer as a sentence has it.
    """

    outputs: Vector
    hidden: dict[int, Vector]
    marked: tuple[int, ...]
    words: str


def answer_to(setup: PreparedExperiment, snapshot: Snapshot, image: Matrix) -> Answer:
    """The answer to an image (rows, columns), with the snapshot's parameters and clamps."""
    inputs = image.reshape(1, -1)
    acts = forward(setup.network, snapshot.parameters, inputs, snapshot.clamps)[1]
    outputs = setup.patterns.in_units(acts[-1][0])
    marked = _marked(setup, outputs)
    hidden = {g: acts[g][0] for g in setup.network.hidden}
    return Answer(outputs, hidden, marked, _words(setup, outputs, marked))


def output_range(setup: PreparedExperiment) -> tuple[float, float]:
    """What the bars of the outputs reach from and to; 0 lies within."""
    activation = ACTIVATIONS[setup.network.groups[-1].activation]
    low, high = target_range(setup.patterns)
    if setup.patterns.target_scale is not None:
        return min(low, 0.0), max(high, 0.0)
    low = activation.low if np.isfinite(activation.low) else low
    high = activation.high if np.isfinite(activation.high) else high
    return min(low, 0.0), max(high, 1.0) if setup.patterns.kind == "classes" else max(high, 0.1)


def _marked(setup: PreparedExperiment, outputs: Vector) -> tuple[int, ...]:
    if not setup.patterns.one_hot or not np.isfinite(outputs).all():
        return ()
    top = 1.0 if _steps(setup) else outputs.max()
    return tuple(np.flatnonzero(outputs == top).tolist())


def _steps(setup: PreparedExperiment) -> bool:
    return setup.network.groups[-1].activation == "step"


def _words(setup: PreparedExperiment, outputs: Vector, marked: Sequence[int]) -> str:
    patterns = setup.patterns
    if not np.isfinite(outputs).all():
        return "No answer: the numbers have grown beyond all bounds"
    if patterns.kind != "classes":
        return "The outputs are numbers"
    if not patterns.one_hot:
        name = patterns.class_names[int(class_of(outputs[None])[0])]
        return _sentence(f"{class_words(name)} (output {_number(outputs[0])})")
    names = [class_words(patterns.class_names[k]) for k in marked]
    if _steps(setup):
        return _step_words(names)
    value = _number(outputs.max())
    if len(names) > 1:
        return f"A tie at {value}: {_listed(names)}"
    return _sentence(f"{names[0]}, {value}{_doubt(setup, outputs)}")


def _step_words(names: Sequence[str]) -> str:
    if not names:
        return "No class: no output unit answers 1"
    if len(names) > 1:
        return f"No single class: {_listed(names)} answer 1"
    return _sentence(names[0])


def _doubt(setup: PreparedExperiment, outputs: Vector) -> str:
    """Softmax units share one 1; of all others none above one half says yes to its class."""
    shared = setup.network.groups[-1].activation == "softmax"
    return "" if shared or outputs.max() > 0.5 else ", but no output is above ½"


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} classes"
    return ", ".join(names[:-1]) + f" and {names[-1]}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _sentence(words: str) -> str:
    return f"Answer: {words}"
