"""The tables of a race for files, row by row: variants, networks and curves."""

from collections.abc import Iterator

import numpy as np

from bpviz.core.race.statistics import solved_over_epochs
from bpviz.session.race.report import QUANTILES, figures, rows_of
from bpviz.session.race.runner import Standings
from bpviz.session.recording.csv_tables import Row

NETWORK_COLUMNS = "network", "seed", "solved_at", "ended_at", "diverged", "error", "right"
CURVE_COLUMNS = (
    "network", "epoch", "solved", "solved_low", "solved_high", "training",
    *(f"error_{round(100 * q)}%" for q in QUANTILES),
)  # fmt: skip


def variant_rows(standings: Standings) -> Iterator[Row]:
    """A row for every variant: its settings, how many networks solved it, and how fast."""
    for i, row in enumerate(rows_of(standings)):
        found = {"network": row.variant.label, **figures(row)}
        del found["label"]
        found["hidden"] = "x".join(map(str, found["hidden"]))
        found["activations"] = " ".join(found["activations"])
        if i == 0:
            yield tuple(found)
        yield tuple(found.values())


def network_rows(standings: Standings) -> Iterator[Row]:
    """A row for every network."""
    yield NETWORK_COLUMNS
    for v, variant in enumerate(standings.order.variants):
        for outcomes in standings.parts(v):
            for i, seed in enumerate(outcomes.seeds.tolist()):
                solved_at = outcomes.solved_at[i]
                yield (
                    variant.label, seed, solved_at if solved_at >= 0 else "",
                    outcomes.ended_at[i], int(outcomes.diverged[i]), outcomes.error[i],
                    outcomes.right[i],
                )  # fmt: skip


def curve_rows(standings: Standings) -> Iterator[Row]:
    """For every variant and recorded epoch: share solved and its interval, networks that train,
    quantiles of E."""
    yield CURVE_COLUMNS
    for v, variant in enumerate(standings.order.variants):
        parts, ends = standings.parts(v), standings.ends(v)
        if ends is None:
            continue
        epochs = parts[0].epochs
        share, low, high = solved_over_epochs(ends, epochs)
        for k, epoch in enumerate(epochs.tolist()):
            errors = np.concatenate([part.train_error[:, k] for part in parts])
            errors = errors[np.isfinite(errors)]
            found = np.quantile(errors, QUANTILES) if len(errors) else (np.nan,) * len(QUANTILES)
            yield variant.label, epoch, share[k], low[k], high[k], len(errors), *found
