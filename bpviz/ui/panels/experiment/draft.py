"""The experiment as entered in the panel, and that of the present run."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from bpviz.core.values import BadValue
from bpviz.experiment.experiment import LIVE_FIELDS, Experiment, with_live_fields
from bpviz.problems.base import Problem
from bpviz.problems.table import find_problem

RESET_FIELDS = tuple(f.name for f in fields(Experiment) if f.name not in LIVE_FIELDS)
"""The fields of Experiment whose change needs a new run, in their order."""


@dataclass(slots=True)
class Draft:
    """Two experiments: ``base`` of the present run, ``entered`` in the fields.

    ``sent`` are those for which a new run was requested and has not arrived, oldest first.
    """

    base: Experiment
    entered: Experiment
    sent: list[Experiment] = field(default_factory=list)

    @property
    def expected(self) -> Experiment:
        """The experiment of the run once every requested run has arrived."""
        return self.sent[-1] if self.sent else self.base

    def pending(self) -> tuple[str, ...]:
        """The changed fields of Experiment that need a new run."""
        return changed_fields(self.expected, self.entered)

    def send(self) -> Experiment:
        """The entered experiment, noted as requested."""
        self.sent.append(self.entered)
        return self.entered

    def configure(self) -> Experiment:
        """The run's experiment with the live fields as entered; the session accepts it always."""
        experiment = with_live_fields(self.expected, self.entered)
        if self.sent:
            self.sent[-1] = experiment
        else:
            self.base = experiment
        return experiment

    def refuse(self) -> None:
        """Note that the requested run was refused."""
        self.sent.clear()

    def discard(self) -> None:
        """Drop the entries that need a new run."""
        self.entered = with_live_fields(self.expected, self.entered)

    def arrive(self, experiment: Experiment) -> None:
        """Note that a run of this experiment is on screen.

        If it was requested, later entries are kept. If not, all fields show this experiment,
        except those that need a new run and in which it equals the run before.
        """
        before = self.base
        for index, sent in enumerate(self.sent):
            if not changed_fields(sent, experiment):
                del self.sent[: index + 1]
                self.base = with_live_fields(experiment, self.entered)
                return
        self.sent.clear()
        self.base = experiment
        waiting = {}
        if experiment.problem == before.problem == self.entered.problem:
            touched = changed_fields(before, experiment)
            names = [n for n in changed_fields(before, self.entered) if n not in touched]
            waiting = {name: getattr(self.entered, name) for name in names}
        self.entered = replace(experiment, **waiting)


def changed_fields(old: Experiment, new: Experiment) -> tuple[str, ...]:
    """The fields that need a new run and in which two experiments differ.

    An omitted option equals its default.
    """
    changed = [name for name in RESET_FIELDS if getattr(old, name) != getattr(new, name)]
    if "options" in changed and "problem" not in changed and not changed_options(old, new):
        changed.remove("options")
    return tuple(changed)


def changed_options(old: Experiment, new: Experiment) -> tuple[str, ...]:
    """The names of the options in which two experiments of the same problem differ."""
    before, after = all_options(old), all_options(new)
    return tuple(name for name in {**before, **after} if before.get(name) != after.get(name))


def all_options(experiment: Experiment) -> dict[str, Any]:
    """The experiment's options and the defaults of the rest."""
    problem = problem_of(experiment)
    defaults = {option.name: option.default for option in problem.options} if problem else {}
    return {**defaults, **experiment.options}


def problem_of(experiment: Experiment) -> Problem | None:
    """The experiment's problem; None for a file that is missing or is no table."""
    try:
        return find_problem(experiment.problem)
    except BadValue:
        return None
