"""The rows of a race, for the command line, the window and files."""

from dataclasses import dataclass
from typing import Any

from bpviz.core.race.statistics import Summary, summary
from bpviz.core.text.number_words import percent
from bpviz.experiment.race_order import Variant
from bpviz.session.race.runner import Standings

HEADINGS = (
    "network", "networks", "solved", "solved, 95 %", "median epochs", "median, 95 %",
    "quartiles", "diverged",
)  # fmt: skip

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the errors of all networks at an epoch."""


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant and the summary of its networks so far; None while there are none."""

    variant: Variant
    summary: Summary | None
    network_epochs: int


def rows_of(standings: Standings) -> list[VariantRow]:
    """A row for every variant."""
    return [row_of(standings, v) for v in range(len(standings.order.variants))]


def row_of(standings: Standings, v: int) -> VariantRow:
    """The row of one variant."""
    variant, outcomes = standings.order.variants[v], standings.ends(v)
    if outcomes is None:
        return VariantRow(variant, None, 0)
    return VariantRow(variant, summary(outcomes), int(outcomes.ended_at.sum()))


def cells(row: VariantRow) -> tuple[str, ...]:
    """The texts of a row, under HEADINGS."""
    s = row.summary
    if s is None:
        return row.variant.label, "0", *("–",) * (len(HEADINGS) - 2)
    return (
        row.variant.label,
        f"{s.networks:,}",
        percent(s.share),
        f"{percent(s.low, unit='')} to {percent(s.high, unit='')}",
        _plain(s.median),
        _pair(s.median_low, s.median_high),
        _pair(*(s.quartiles or (None, None))),
        f"{s.diverged:,}",
    )


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _pair(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:,.0f} to {high:,.0f}"


def figures(row: VariantRow) -> dict[str, Any]:
    """The plain numbers of a row; None where there is none."""
    experiment, s = row.variant.experiment, row.summary
    first, third = (s.quartiles if s is not None else None) or (None, None)
    return {
        "label": row.variant.label,
        "hidden": [group.size for group in experiment.hidden],
        "activations": [group.activation for group in experiment.hidden],
        "rate": experiment.training.rate,
        "networks": s.networks if s else 0,
        "solved": s.solved if s else 0,
        "share": s.share if s else None,
        "share_low": s.low if s else None,
        "share_high": s.high if s else None,
        "median": s.median if s else None,
        "median_low": s.median_low if s else None,
        "median_high": s.median_high if s else None,
        "quartile_1": first,
        "quartile_3": third,
        "diverged": s.diverged if s else 0,
    }
