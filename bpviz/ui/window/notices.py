"""What a window says, and offers to do, about a run that is refused, ended or would go badly."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bpviz.experiment.experiment import with_rule
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.status import TRAINING, Status

if TYPE_CHECKING:
    from bpviz.ui.window.main_window import MainWindow


def say_refusal(window: "MainWindow", field: str, sentence: str) -> None:
    """Say why there is no such run, at its field too, and offer what would do."""
    window.panel.set_refused(field, sentence)
    if field == "rule":
        wanted = window.panel.experiment()
        fitting = with_rule(wanted, wanted.rule)
        window.message.say(
            sentence, "error", "Use a network that it can train", lambda: window.load(fitting)
        )
    else:
        window.message.say(sentence)  # the field may be out of sight


def say_what_helps(window: "MainWindow", setup: PreparedExperiment) -> None:
    """Offer what would suit the data better."""
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


def say_status(window: "MainWindow", status: Status) -> None:
    """Say what the training thread has to say; what was said before is over when it trains."""
    if status.state == "failed":
        window.message.say(status.message)
    elif status.state == "finished":
        window.message.say(status.message, "done")
    elif status.state == "paused" and status.message:
        window.message.say(status.message, "warning")
    elif status.state in TRAINING:
        window.message.clear()
