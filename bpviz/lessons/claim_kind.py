"""A kind of claim: its fields, its check and the runs by which it is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpviz.core.learning.backprop import forward
from bpviz.core.run.apply_edit import apply_edit
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue, Matrix, Unquoted, meant, one_of
from bpviz.experiment.experiment import Experiment, Stop
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.lessons.model import Claim

REQUIRED = object()
"""In place of the default of a field that a claim must give."""

# Fields that several kinds have: name -> (types, default).
WHOLE, NUMBER = (int,), (int, float)
SEEDS = {"seeds": (WHOLE, 20), "epochs": (WHOLE, REQUIRED)}
RANGE = {"at_least": (NUMBER, float("-inf")), "at_most": (NUMBER, float("inf"))}
PAIR = {"a": ((Experiment,), REQUIRED), "b": ((Experiment,), REQUIRED)}
WITHIN = {"within": (NUMBER, 1e-12)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds, and the figures that were found, in words."""

    holds: bool
    found: str


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """One kind of claim: ``fields`` maps a field to (types, default or REQUIRED)."""

    name: str
    about: str
    fields: Mapping[str, tuple[tuple[type, ...], Any]]
    check: Callable[[Claim], Verdict]
    check_fit: Callable[[Claim], None] = lambda claim: None
    """Raises BadValue for a claim that does not fit its step."""

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All fields, checked, with the defaults of those not given. Raises BadValue."""
        for name, value in given.items():
            if name not in self.fields:
                found = one_of(self.fields), meant(name, self.fields)
                raise BadValue(f"field of claim {self.name}", name, *found)
            types = self.fields[name][0]
            if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
                kinds = " or ".join(t.__name__ for t in types)
                raise BadValue(name, value, f"a value of the kind {kinds}")
        missing = [n for n, row in self.fields.items() if row[1] is REQUIRED and n not in given]
        if missing:
            raise BadValue(f"{missing[0]} of claim {self.name}", Unquoted("missing"), "given")
        return {name: given.get(name, default) for name, (_, default) in self.fields.items()}


def prepared(claim: Claim) -> tuple[PreparedExperiment, Run]:
    """A run at epoch 0 with the weights that the step gives by hand."""
    setup = prepare(claim.experiment)
    run = new_run(setup)
    unchecked = claim.state.unchecked
    edits = claim.state.edits if unchecked is None else unchecked.edits(setup.network)
    for edit in edits:
        apply_edit(run, edit)
    return setup, run


def trained(experiment: Experiment, seed: int, epochs: int) -> tuple[PreparedExperiment, Run]:
    """A run of this seed after so many epochs, whatever its stop conditions."""
    setup = prepare(replace(experiment, seed=seed, stop=Stop()))
    run = new_run(setup)
    run.advance(epochs)
    return setup, run


def all_activations(setup: PreparedExperiment, run: Run) -> tuple[Matrix, ...]:
    """Activations of every group for all training patterns."""
    return forward(setup.network, run.parameters, setup.patterns.train.inputs)[1]


def group_index(setup: PreparedExperiment, name: str) -> int:
    """The index of the group of this name."""
    return [group.name for group in setup.network.groups].index(name)


def is_within(value: float, claim: Claim) -> bool:
    """Whether a value lies between ``at_least`` and ``at_most`` of the claim."""
    return bool(claim.values["at_least"] <= value <= claim.values["at_most"])
