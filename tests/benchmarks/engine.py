"""How fast the engines are: epochs per second without a window, beside other libraries.

    .venv/bin/python tests/benchmarks/engine.py [--seconds 1] [--repeats 5] [--json FILE]

An epoch is all its updates and, after them, measuring the error of all patterns. PyTorch does
the same; scikit-learn adds the error up on the way, which saves it that measuring, and its output
units are linear. Every row is measured in turn, again and again, and the median counts; read
the ratios, not the absolute figures. Libraries that are not installed are left out with a line:
`pip install -e '.[bench]'` brings them.
"""

import argparse
import json
import os
import statistics
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core each: small matrices gain from no more

import numpy as np
from networks import machine

from bpviz.core.kernels.choice import faster
from bpviz.core.learning.settings import Training
from bpviz.core.model.network import layered
from bpviz.core.model.patterns import Criterion, Patterns
from bpviz.core.run.run import Run
from bpviz.core.run.run_spec import RunSpec
from bpviz.problems.table import find_problem

Epochs = Callable[[float], float]
"""epochs(seconds) -> epochs per second, trained for about so long."""


def column(sizes: tuple[int, ...], activation: str, patterns: Patterns, **training: Any) -> RunSpec:
    network = layered(sizes, (activation,) * (len(sizes) - 1))
    settings = Training(**{"optimizer": "descent", "reduction": "mean", **training})
    return RunSpec(network, patterns, None, "squared", Criterion(), "uniform", 0.5, settings, 0)


def plane(name: str, *, features: bool = False) -> Patterns:
    """250 points of two classes, -1 and 1; with the Playground's seven input features."""
    patterns = find_problem(name).load({}).train
    x1, x2 = patterns.inputs.T
    columns = (x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)) if features else (x1, x2)
    return Patterns(np.column_stack(columns)[:250], 2.0 * patterns.targets[:250] - 1.0)


def columns() -> dict[str, RunSpec]:
    """The networks that are measured."""
    xor = find_problem("xor").load({}).train
    digits = find_problem("digits").load({})
    both = [digits.train, *([digits.test] if digits.test is not None else [])]
    every = Patterns(
        np.concatenate([part.inputs for part in both]),
        np.concatenate([part.targets for part in both]),
    )
    circle = plane("circle")
    return {
        "XOR 2-2-1, full batch": column(
            (2, 2, 1), "logistic", xor, optimizer="momentum", reduction="sum", rate=0.5
        ),
        "circle 2-4-2-1, batch 10": column((2, 4, 2, 1), "tanh", circle, batch=10, rate=0.03),
        "spiral 7-8x6-1, batch 10": column(
            (7, *[8] * 6, 1), "tanh", plane("spiral", features=True), batch=10, rate=0.03
        ),
        "digits 64-32-10, batch 32": column((64, 32, 10), "logistic", every, batch=32, rate=0.1),
        "circle 2-4-2-1, batch 1": column((2, 4, 2, 1), "tanh", circle, batch=1, rate=0.03),
    }


# -- rows ----------------------------------------------------------------------------------


def bpviz(engine: str) -> Callable[[RunSpec], Epochs]:
    """A run of ours."""

    def begin(start: RunSpec) -> Epochs:
        run = Run(start)
        run.use_halt_flag(np.zeros(1, dtype=np.int64))  # as in the window
        run.use(engine)
        run.advance(2)

        def epochs(seconds: float) -> float:
            begin, first, update = perf_counter(), run.epoch, run.update
            run.advance(10**9, lambda: perf_counter() > begin + seconds)
            done = run.epoch - first + (run.update - update) / run.updates
            return done / (perf_counter() - begin)

        return epochs

    return begin


def repeated(epoch: Callable[[], object]) -> Epochs:
    """Epoch after epoch until the time is over."""
    epoch()

    def epochs(seconds: float) -> float:
        begin, done = perf_counter(), 0
        while (now := perf_counter()) < begin + seconds or not done:
            epoch()
            done += 1
        return done / (now - begin) if now > begin + seconds else done / (perf_counter() - begin)

    return epochs


def scikit_learn(start: RunSpec) -> Epochs:
    """MLPRegressor.partial_fit: one call is one epoch."""
    from sklearn.neural_network import MLPRegressor

    n, training = len(start.train), start.training
    hidden = tuple(group.size for group in start.network.groups[1:-1])
    model = MLPRegressor(
        hidden_layer_sizes=hidden, activation=start.network.groups[1].activation,
        solver="sgd", alpha=0.0,
        batch_size=training.batch_size(n), learning_rate_init=training.rate,
        momentum=training.momentum if training.optimizer == "momentum" else 0.0,
        nesterovs_momentum=False, random_state=0,
    )  # fmt: skip
    targets = start.train.targets.ravel() if start.network.n_outputs == 1 else start.train.targets
    return repeated(lambda: model.partial_fit(start.train.inputs, targets))


def pytorch(start: RunSpec) -> Epochs:
    """PyTorch on the CPU, eager, float64, as its tutorials write it."""
    import torch

    torch.set_num_threads(1)
    n, training = len(start.train), start.training
    x, t = (torch.tensor(np.array(part)) for part in (start.train.inputs, start.train.targets))
    layers: list[Any] = []
    sizes = [group.size for group in start.network.groups]
    act = {"tanh": torch.nn.Tanh, "logistic": torch.nn.Sigmoid}[start.network.groups[1].activation]
    for source, target in pairwise(sizes):
        layers += [torch.nn.Linear(source, target, dtype=torch.float64), act()]
    model = torch.nn.Sequential(*layers)
    momentum = training.momentum if training.optimizer == "momentum" else 0.0
    optimizer = torch.optim.SGD(model.parameters(), lr=training.rate, momentum=momentum)
    batch = training.batch_size(n)

    def epoch() -> None:
        order = torch.randperm(n) if batch < n else torch.arange(n)
        for first in range(0, n, batch):
            rows = order[first : first + batch]
            optimizer.zero_grad()
            ((model(x[rows]) - t[rows]) ** 2).sum().div(len(rows)).backward()
            optimizer.step()
        with torch.no_grad():
            ((model(x) - t) ** 2).sum().item()

    return repeated(epoch)


ROWS: dict[str, tuple[str, Callable[[RunSpec], Epochs]]] = {
    "NumPy": ("numpy", bpviz("numpy")),
    "Numba": ("numba", bpviz("numba")),
    "scikit-learn MLP": ("scikit-learn", scikit_learn),
    "PyTorch, eager": ("torch", pytorch),
}
"""Name: the package it needs, and how it is begun."""


def installed(package: str) -> str | None:
    """Its version; None if it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def measure(seconds: float, repeats: int) -> dict[str, dict[str, float]]:
    """Medians of epochs per second, {row: {column: ...}}; prints each column as it is done."""
    rows = {name: row for name, row in ROWS.items() if installed(row[0]) is not None}
    for name, (package, _) in ROWS.items():
        if name not in rows:
            print(f"{name} is left out: {package} is not installed.")
    table: dict[str, dict[str, float]] = {name: {} for name in rows}
    for title, start in columns().items():
        begun = {name: begin(start) for name, (_, begin) in rows.items()}
        found: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(repeats):
            for name, epochs in begun.items():
                found[name].append(epochs(seconds))
        chosen = faster(start.network, start.training.batch_size(len(start.train)))
        print(f"{title}  (auto: {chosen})")
        for name in rows:
            table[name][title] = statistics.median(found[name])
            print(f"    {name:20}{table[name][title]:14,.1f} epochs/s", flush=True)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.5, help="for each row, each time")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # scikit-learn's about not having converged
    results: dict[str, Any] = {"machine": machine()}
    print(results["machine"])
    results["engine"] = measure(arguments.seconds, arguments.repeats)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
