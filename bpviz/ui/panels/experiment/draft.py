"""What the fields of the experiment panel say, beside the experiment of the present run."""

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
    """Two experiments: ``base`` is the present run's, ``entered`` what the fields say.

    ``sent`` are those that were handed over for a new run and not answered yet, oldest first.
    """

    base: Experiment
    entered: Experiment
    sent: list[Experiment] = field(default_factory=list)

    @property
    def expected(self) -> Experiment:
        """The experiment of the run once everything that was sent has arrived."""
        return self.sent[-1] if self.sent else self.base

    def pending(self) -> tuple[str, ...]:
        """The fields of Experiment that were changed and wait for a new run."""
        return changed_fields(self.expected, self.entered)

    def send(self) -> Experiment:
        """What is entered, now on its way to become the run."""
        self.sent.append(self.entered)
        return self.entered

    def configure(self) -> Experiment:
        """The run's experiment with the live fields as entered; that cannot be refused."""
        experiment = with_live_fields(self.expected, self.entered)
        if self.sent:
            self.sent[-1] = experiment
        else:
            self.base = experiment
        return experiment

    def refuse(self) -> None:
        """What was sent did not become the run."""
        self.sent.clear()

    def discard(self) -> None:
        """Forget the entries that wait for a new run."""
        self.entered = with_live_fields(self.expected, self.entered)

    def arrive(self, experiment: Experiment) -> None:
        """A run of this experiment is on screen now.

        An answer to what was sent leaves later entries alone. Any other experiment shows as
        it is, except for fields that wait for a new run and that it does not touch.
        """
        before = self.base
        for place, sent in enumerate(self.sent):
            if not changed_fields(sent, experiment):
                del self.sent[: place + 1]
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

    An option that is not given and one that is given its default are the same.
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
    """The experiment's problem; None for a file that is gone and does not look like a table."""
    try:
        return find_problem(experiment.problem)
    except BadValue:
        return None
