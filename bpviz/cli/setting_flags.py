"""The settings of an experiment on the command line, one row each.

The values stay texts until the experiment is built, so that every refusal is a BadValue with
the same kind of sentence as in the window.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Read = Callable[[str, str], Any]
"""read(flag, text) -> the value, or a text that the experiment refuses; raises BadValue."""


def text(flag: str, given: str) -> str:
    """The text itself; the experiment checks it."""
    return given


def number(flag: str, given: str) -> Any:
    """A number with a decimal point or a decimal comma; any other text is returned as it is.

    Raises BadValue for separators between thousands.
    """
    from bpviz.core.number_grammar import parse_number

    return _unless_ambiguous(flag, given, parse_number(given), whole=False)


def whole(flag: str, given: str) -> Any:
    """A whole number; otherwise as ``number``."""
    from bpviz.core.number_grammar import parse_whole

    return _unless_ambiguous(flag, given, parse_whole(given), whole=True)


def sizes(flag: str, given: str) -> tuple[int, ...]:
    """Whole numbers with commas between them. Raises BadValue."""
    from bpviz.core.number_grammar import read_wholes

    return read_wholes(flag, given)


def _unless_ambiguous(flag: str, given: str, value: float | None, *, whole: bool) -> Any:
    from bpviz.core.number_grammar import ambiguity
    from bpviz.core.values import BadValue

    if value is None and (found := ambiguity(given, whole=whole)):
        raise BadValue(flag, given, *found)
    return given if value is None else value


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its flag, and the field of Experiment (``part`` None), Training or Stop.

    ``refusals`` are the names of the field in a BadValue.
    """

    flag: str
    metavar: str
    help: str
    field: str
    read: Read
    refusals: tuple[str, ...]
    part: str | None = None

    @property
    def key(self) -> str:
        """The name in the parsed arguments."""
        return self.flag.lstrip("-").replace("-", "_")


SETTINGS = (
    Flag("--output", "NAME", "activation of the output units",
         "output", text, ("output activation",)),
    Flag("--error", "NAME", "squared, binary or categorical", "error", text, ("error",)),
    Flag("--rule", "NAME", "learning rule; brings a network that it can train",
         "rule", text, ("rule",)),
    Flag("--inputs", "SIZES", "units of each input group, such as 24,12 (default: one group)",
         "inputs", sizes, ("input groups", "units of an input group", "number of input groups")),
    Flag("--init", "NAME", "how initial weights are drawn",
         "initializer", text, ("initial weights",)),
    Flag("--spread", "R", "range or standard deviation of initial weights",
         "spread", number, ("spread of initial weights",)),
    Flag("--seed", "N", "decides the initial weights and the order of patterns",
         "seed", whole, ("seed", "first seed")),
    Flag("--tolerance", "T", "an output this close to its target is right",
         "tolerance", number, ("tolerance",)),
    Flag("--optimizer", "NAME", "how a gradient becomes a change of weights",
         "optimizer", text, ("optimizer",), "training"),
    Flag("--rate", "R", "learning rate", "rate", number, ("learning rate",), "training"),
    Flag("--schedule", "TEXT", "other rates and momenta from some epochs on, such as "
         "'20: 0.01/0.9; 500: 0.001'", "schedule", text,
         ("schedule", "epoch of the schedule", "rate of the schedule", "momentum of the schedule"),
         "training"),
    Flag("--batch", "all|1|N", "patterns per update", "batch", whole, ("batch",), "training"),
    Flag("--order", "fixed|permuted", "order of the patterns in an epoch",
         "order", text, ("order",), "training"),
    Flag("--gradient", "sum|mean", "sum or average the gradients of an update",
         "reduction", text, ("gradient",), "training"),
    Flag("--momentum", "A", "share of the last change kept (momentum)",
         "momentum", number, ("momentum",), "training"),
    Flag("--beta1", "B", "decay of the mean gradient (adam)",
         "beta1", number, ("beta1",), "training"),
    Flag("--beta2", "B", "decay of the mean squared gradient (adam)",
         "beta2", number, ("beta2",), "training"),
    Flag("--rho", "R", "decay of the mean squared gradient (rmsprop)",
         "rho", number, ("rho",), "training"),
    Flag("--decay-l1", "D", "L1 weight decay", "decay_l1", number, ("L1 decay",), "training"),
    Flag("--decay-l2", "D", "L2 weight decay", "decay_l2", number, ("L2 decay",), "training"),
    Flag("--decay-share", "D", "share that every weight loses at each update", "decay_share",
         number, ("decay share",), "training"),
    Flag("--epochs", "N", "train at most so many epochs (default: what suits the problem)",
         "epochs", whole, ("stop at epoch", "epochs of a race"), "stop"),
    Flag("--until-error", "E", "stop when the error per pattern is at most E",
         "error", number, ("stop at error",), "stop"),
    Flag("--patience", "N", "stop when the test error has not fallen for N epochs, and go back to "
         "the best weights", "patience", whole, ("patience",), "stop"),
)  # fmt: skip
"""Every option that sets one field; a new one is one row."""
