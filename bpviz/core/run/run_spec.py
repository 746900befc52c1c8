"""The specification of a run."""

from dataclasses import dataclass

from bpviz.core.learning.settings import Training
from bpviz.core.model.network import Network
from bpviz.core.model.patterns import Criterion, Patterns


@dataclass(frozen=True, slots=True, eq=False)
class RunSpec:
    """Everything that determines a run; see Experiment for the fields."""

    network: Network
    train: Patterns
    test: Patterns | None
    error: str
    criterion: Criterion
    initializer: str
    spread: float
    training: Training
    seed: int
    rule: str = "backpropagation"
