"""What a run starts from."""

from dataclasses import dataclass

from bpviz.core.network import Network
from bpviz.core.patterns import Criterion, Patterns
from bpviz.core.training import Training


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Everything a run starts from; see Experiment for the fields."""

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
