"""The lecture's table of XOR networks beside ours: shares solved, and median epochs.

    .venv/bin/python tests/benchmarks/lecture_table.py [SEEDS]

By default 10,000 seeds of every cell. The lecture's shares are of 1,000 or 400 seeds, so they
are themselves only sure to the interval printed beside them. Initial weights: "uniform" draws
biases as weights are drawn; "he" starts biases at 0; "fan_in" is uniform ±1/sqrt(n_in), biases
too. Nothing else is needed to reproduce the table.
"""

import sys
from dataclasses import dataclass, replace
from typing import Any

from bpviz.core.race.statistics import summary, wilson
from bpviz.experiment.experiment import Hidden, experiment_for
from bpviz.experiment.race_order import RaceOrder, setups_of, variants_of
from bpviz.session.race.runner import Pool, Standings, run_race
from bpviz.session.race.shards import shards_of

WITHIN = 2.0
"""Percentage points."""


@dataclass(frozen=True)
class Line:
    """One row of the lecture: its cells are hidden units -> (share solved in %, median or None)."""

    name: str
    seeds: int
    epochs: int
    activations: tuple[str, str]
    changes: dict[str, Any]
    training: dict[str, Any]
    cells: dict[int, tuple[float, int | None]]


def _sigmoid(spread: float, cells: dict[int, tuple[float, int | None]]) -> Line:
    return Line(
        f"sigmoid, ±{spread:g}", 1000, 5000, ("logistic", "logistic"),
        {"initializer": "uniform", "spread": spread},
        {"optimizer": "momentum", "rate": 0.5, "momentum": 0.9}, cells,
    )  # fmt: skip


LINES = (
    _sigmoid(0.3, {2: (97.2, 505), 3: (99.9, 391), 4: (100.0, 342), 8: (100.0, 265)}),
    _sigmoid(0.5, {2: (93.8, 264), 3: (99.9, 208), 4: (100.0, 185), 8: (100.0, 143)}),
    _sigmoid(1.0, {2: (84.4, 146), 3: (98.7, 111), 4: (99.9, 97)}),
    Line(
        "ReLU, linear, He", 400, 4000, ("relu", "linear"), {"initializer": "he"},
        {"optimizer": "descent", "rate": 0.05},
        {2: (19.8, None), 3: (50.5, None), 4: (67.8, None), 8: (95.5, None)},
    ),
    Line(
        "tanh, linear, fan-in", 400, 1500, ("tanh", "linear"), {"initializer": "fan_in"},
        {"optimizer": "momentum", "rate": 0.05, "momentum": 0.9},
        {2: (93.2, None), 3: (100.0, None), 4: (100.0, None), 8: (100.0, None)},
    ),
)  # fmt: skip


def order_of(line: Line, seeds: int) -> RaceOrder:
    """The race of a line; networks end when they are solved."""
    experiment = experiment_for(
        "xor", output=line.activations[1], training=line.training, **line.changes
    )
    shapes = [(Hidden(units, line.activations[0]),) for units in line.cells]
    variants = variants_of(replace(experiment, hidden=shapes[0]), shapes)
    return RaceOrder(variants, seeds, line.epochs, until_solved=True)


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{seeds:,} seeds of ours")
    print(f"{'row':21} H  ours %  theirs % (95 %)           off  within 2  median: ours theirs")
    worst = 0.0
    with Pool() as pool:
        for line in LINES:
            order = order_of(line, seeds)
            standings = Standings(order)
            shards = shards_of(order, setups_of(order))
            run_race(shards, standings, pool, lambda: False, lambda _: None)
            for v, (units, (theirs, median)) in enumerate(line.cells.items()):
                outcomes = standings.of(v)
                assert outcomes is not None
                ours = summary(outcomes)
                low, high = wilson(round(theirs / 100 * line.seeds), line.seeds)
                off = 100 * ours.share - theirs
                worst = max(worst, abs(off))
                print(
                    f"{line.name:21} {units}  {100 * ours.share:6.1f}  {theirs:6.1f} "
                    f"({100 * low:5.1f} to {100 * high:5.1f})  {off:+5.1f}  "
                    f"{'yes' if abs(off) <= WITHIN else 'NO ':8}   {ours.median or 0:12,.0f} "
                    f"{median or '':>6}"
                )
    print(f"largest difference: {worst:.1f} percentage points")


if __name__ == "__main__":
    main()
