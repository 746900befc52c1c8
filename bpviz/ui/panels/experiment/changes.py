"""The changed settings of the experiment in words."""

from collections.abc import Callable

from bpviz.ui.panels.experiment.draft import RESET_FIELDS, Draft, changed_options
from bpviz.ui.panels.experiment.settings import SETTINGS

GROUP_TITLES = {"problem": "Problem", "hidden": "Hidden groups", "links": "Connections"}
"""Names, in the bar, of the fields of Experiment that have several settings."""


def changes_in_words(draft: Draft, option_title: Callable[[str], str]) -> list[str]:
    """The names of the settings that need a new run."""
    pending = draft.pending()
    if "problem" in pending:
        return [GROUP_TITLES["problem"]]
    titles = {s.field: s.title for s in SETTINGS if s.new_run} | GROUP_TITLES
    changes = []
    for name in (name for name in RESET_FIELDS if name in pending):
        if name == "options":
            options = changed_options(draft.expected, draft.entered)
            changes += [option_title(option) for option in options]
        else:
            changes.append(titles[name])
    return changes
