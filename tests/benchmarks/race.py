"""How many epochs of single networks a race trains in a second.

    .venv/bin/python tests/benchmarks/race.py

XOR 2-2-1, full batch, momentum, 5,000 epochs, all networks to the end, every error recorded
as in the window and epochs to solve exact; then circle and spiral in batches of 10, and the
rules of single layers, pattern by pattern. "one core"
is this process, "all cores" are worker processes, with their start.
"""

import platform
from dataclasses import replace
from time import perf_counter

import numpy as np

from bpviz.core.interruption import never
from bpviz.experiment.experiment import Experiment, Hidden, experiment_for, with_rule
from bpviz.experiment.race_order import RaceOrder, setups_of, variants_of
from bpviz.session.race.runner import Pool, Standings, run_race
from bpviz.session.race.shards import shards_of

BEST_OF = 3


def _batches(experiment: Experiment) -> Experiment:
    return replace(experiment, training=replace(experiment.training, batch=10))


CASES = (
    ("xor 2-2-1", experiment_for("xor", hidden=(Hidden(2),)), (1_000, 4_000), 5_000),
    ("circle 2-4-2-1, batch 10",
     _batches(experiment_for("circle", hidden=(Hidden(4, "tanh"), Hidden(2, "tanh")))), (512,), 20),
    ("two sides 2-1, perceptron rule", experiment_for("two-sides"), (512,), 10),
    ("and 2-1, delta rule", with_rule(experiment_for("and"), "delta"), (512,), 200),
    ("spiral 2-8-8-1, batch 10",
     _batches(experiment_for("spiral", hidden=(Hidden(8, "tanh"),) * 2)), (256,), 20),
)  # fmt: skip


def speed(order: RaceOrder, pool: Pool | None) -> float:
    """Epochs of single networks per second, the best of a few races."""
    setups = setups_of(order)
    seconds = []
    for _ in range(BEST_OF):
        begin = perf_counter()
        run_race(shards_of(order, setups), Standings(order), pool, never, lambda _: None)
        seconds.append(perf_counter() - begin)
    return order.network_epochs / min(seconds)


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
          f"NumPy {np.__version__}")  # fmt: skip
    print(f"{'':31}{'networks':>9}{'one core':>14}{'all cores':>14}  network-epochs/s")
    with Pool() as pool:
        for name, experiment, numbers, epochs in CASES:
            for seeds in numbers:
                order = RaceOrder(variants_of(experiment), seeds, epochs)
                alone, together = speed(order, None), speed(order, pool)
                print(f"{name:31}{seeds:9,}{alone:14,.0f}{together:14,.0f}")


if __name__ == "__main__":
    main()
