"""The sections and fields of the Experiment panel, as a table: each can be hidden."""

from typing import NamedTuple

from bpviz.ui.panels.experiment.settings import SETTINGS

SECTIONS = {
    "problem": "Problem",
    "network": "Network",
    "weights": "Initial weights",
    "training": "Training",
    "stop": "Stop",
}
"""Name -> heading, from top to bottom."""


class PanelPart(NamedTuple):
    """A section, or a field in the section of this name."""

    name: str
    title: str
    section: str = ""


def _fields(section: str) -> tuple[PanelPart, ...]:
    rows = tuple(
        PanelPart(row.name, row.title, section) for row in SETTINGS if row.section == section
    )
    if section == "problem":
        return (PanelPart("options", "Options of the problem", section), *rows)
    if section == "network":
        groups = PanelPart("hidden", "Hidden groups", section)
        return (groups, *rows, PanelPart("links", "Connections", section))
    return rows


PARTS: dict[str, PanelPart] = {
    part.name: part
    for name, title in SECTIONS.items()
    for part in (PanelPart(name, title), *_fields(name))
}
"""Every section, followed by its fields, by name."""
