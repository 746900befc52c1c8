"""Messages over the network about a run that is refused, has ended or may train badly."""

from dataclasses import replace

from bpviz.experiment.experiment import with_rule
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.commands import Play
from bpviz.session.status import TRAINING, Status
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.window.context import WindowContext


def show_refusal(window: WindowContext, panel: ExperimentPanel, field: str, reason: str) -> None:
    """Show why an experiment was refused, also at its field, and offer one that fits."""
    panel.set_refused(field, reason)
    if field == "rule":
        wanted = panel.experiment()
        fitting = with_rule(wanted, wanted.rule)
        window.message.say(
            reason, "error", "Use a network that it can train", lambda: window.load(fitting)
        )
    else:
        window.message.say(reason)  # the field may be out of sight


def offer_better_options(window: WindowContext, setup: PreparedExperiment) -> None:
    """Offer the options that suit the data better, if there are any."""
    patterns = setup.patterns
    if patterns.better:
        experiment = setup.experiment
        options = {**experiment.options, **patterns.better}
        window.message.say(
            f"Some numbers of {patterns.name} are large, and a network hardly learns such.",
            "warning",
            "Standardise them",
            lambda: window.load(replace(experiment, options=options)),
        )


def show_status(window: WindowContext, status: Status) -> None:
    """Show the message of a status; training clears the bar."""
    message = window.message
    if status.solved:
        message.say(status.message, "done", "Go on", lambda: window.session.send(Play()))
    elif status.state == "failed":
        message.say(status.message)
    elif status.state == "finished":
        message.say(status.message, "done")
    elif status.state == "paused" and status.message:
        message.say(status.message, "warning")
    elif status.state in TRAINING:
        message.clear()
