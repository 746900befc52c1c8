"""What a problem is: a row with a name, the options it takes and a function that makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bpviz.core.model.patterns import PatternSet
from bpviz.core.values import BadValue, check_choice, check_number, check_whole, meant, one_of

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be set about a problem.

    ``kind`` decides the widget and the check: "int" and "float" lie in low..high, "bool",
    "text" (free), "choice" (one of ``choices``), "set" (one or more of ``choices``, as a text
    with commas). ``labels`` are the texts shown for ``choices``, where these differ.
    """

    name: str
    label: str
    kind: Literal["int", "float", "bool", "text", "choice", "set"]
    default: Any
    low: float = 0.0
    high: float = 1e9
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    help: str = ""
    in_panel: bool = True

    def check(self, value: Any) -> None:
        """Raise BadValue unless the value is allowed."""
        if self.kind == "int":
            check_whole(self.label, value, int(self.low), int(self.high))
        elif self.kind == "float":
            check_number(self.label, value, self.low, self.high)
        elif self.kind == "bool" and not isinstance(value, bool):
            raise BadValue(self.label, value, "true or false")
        elif self.kind == "choice":
            check_choice(self.label, value, self.choices)
        elif self.kind == "set" and not self._is_set(value):
            raise BadValue(self.label, value, "one or more of " + ",".join(self.choices))
        elif self.kind == "text" and not isinstance(value, str):
            raise BadValue(self.label, value, "a text")

    def _is_set(self, value: Any) -> bool:
        return isinstance(value, str) and all(name in self.choices for name in value.split(","))


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the table of problems.

    ``make(options)`` gets every option, checked, and returns the patterns; it raises
    BadValue with a sentence where the options together make no sense. ``suits`` are fields of
    Experiment that fit the problem (output activation, error, ...): where an experiment starts
    when the problem is chosen. In it "hidden" is a tuple of (size, activation) pairs, and
    "training" and "stop" map those fields of Training and of Stop that differ; "links" is a tuple
    of such mappings for Link. Where the kind
    of the data is not known before they are read, ``suits_data(patterns)`` says what suits.
    """

    name: str
    label: str
    family: str
    about: str
    make: Callable[[Options], PatternSet]
    options: tuple[Option, ...] = ()
    suits: Mapping[str, Any] = field(default_factory=dict)
    suits_data: Callable[[PatternSet], Mapping[str, Any]] | None = None

    def complete(self, options: Options) -> dict[str, Any]:
        """All options: the given ones, checked, and the defaults of the rest.

        Raises BadValue for an option that the problem does not have or a value not allowed.
        """
        known = {option.name: option for option in self.options}
        for name, value in options.items():
            if name not in known:
                allowed = one_of(known) if known else "left out, as the problem has none"
                raise BadValue(f"option of problem {self.name}", name, allowed, meant(name, known))
            known[name].check(value)
        return {name: options.get(name, option.default) for name, option in known.items()}

    def load(self, options: Options | None = None) -> PatternSet:
        """The patterns, with these options and the defaults of the others."""
        return self.make(self.complete(options or {}))


def logistic_suits(
    hidden: tuple[int, ...],
    rate: float = 0.5,
    momentum: float = 0.9,
    epochs: int = 5_000,
    **others: Any,
) -> dict[str, Any]:
    """What suits Boolean problems: logistic units, the squared error, all patterns an update.

    The defaults are those of the lecture's XOR; ``others`` are further fields, or other values.
    """
    return {
        "hidden": tuple((size, "logistic") for size in hidden),
        "output": "logistic",
        "error": "squared",
        "initializer": "uniform",
        "spread": 0.5,
        "tolerance": 0.4,
        "training": {
            "optimizer": "momentum", "rate": rate, "momentum": momentum, "reduction": "sum",
            "batch": "all",
        },
        "stop": {"epochs": epochs},
        **others,
    }  # fmt: skip
