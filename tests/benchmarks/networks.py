"""The networks that are measured, and what a measurement says about the machine."""

import os
import platform
import tempfile
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import prepare

PEERS = ("numpy", "numba", "PySide6-Essentials", "pyqtgraph", "scikit-learn", "torch")


def spiral_features() -> str:
    """A CSV of the playground's two spirals with its seven input features; its path."""
    patterns = prepare(experiment_for("spiral")).patterns
    x1, x2 = patterns.train.inputs.T
    columns = (x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2), patterns.train.targets[:, 0])
    path = Path(tempfile.mkdtemp()) / "spiral7.csv"
    header = "x1,x2,x1^2,x2^2,x1x2,sin x1,sin x2,class"
    np.savetxt(path, np.column_stack(columns), delimiter=",", header=header, comments="")
    return str(path)


def wide_patterns(inputs: int = 200, classes: int = 10, patterns: int = 500) -> str:
    """A CSV of ten noisy clusters with two hundred inputs; its path."""
    rng = np.random.default_rng(0)
    label = np.arange(patterns) % classes
    middles = rng.normal(size=(classes, inputs))
    values = middles[label] + rng.normal(scale=2.0, size=(patterns, inputs))
    path = Path(tempfile.mkdtemp()) / "wide.csv"
    names = ",".join([*(f"x{i + 1}" for i in range(inputs)), "class"])
    rows = [
        ",".join([*(f"{v:.4f}" for v in row), f"c{c}"])
        for row, c in zip(values, label, strict=True)
    ]
    path.write_text("\n".join([names, *rows]) + "\n")
    return str(path)


def networks() -> dict[str, Experiment]:
    """The networks, by what a table calls them; none of them has a stop condition."""
    mini = {"optimizer": "descent", "rate": 0.1, "reduction": "mean", "batch": 32}
    xor = experiment_for("xor", hidden=(Hidden(2),))
    spiral = experiment_for(
        spiral_features(),
        options={"targets_are": "numbers", "standardise_targets": False},
        hidden=tuple(Hidden(8, "tanh") for _ in range(6)),
        output="tanh",
        error="squared",
        training={"batch": 10, "optimizer": "descent", "rate": 0.03, "reduction": "mean"},
    )
    digits = experiment_for("digits", hidden=(Hidden(32, "logistic"),), training=mini)
    wide = experiment_for(wide_patterns(), hidden=(Hidden(120, "tanh"),), training=mini)
    table = {
        "XOR 2-2-1, full batch": xor,
        "spiral 7-8x6-1, batch 10": spiral,
        "digits 64-32-10, batch 32": digits,
        "clusters 200-120-10, batch 32": wide,
    }
    return {name: replace(experiment, stop=Stop()) for name, experiment in table.items()}


def machine() -> dict[str, Any]:
    """The processor, its cores, and the versions of what is measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: v for name in PEERS if (v := _version(name))},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
