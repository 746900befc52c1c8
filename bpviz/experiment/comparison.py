"""Variants of an experiment to compare, and names for them by their differences."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from bpviz.core.learning.rules import RULES
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import PatternSet
from bpviz.core.text.number_words import plain as number
from bpviz.experiment.experiment import Experiment, Hidden

UNIT_COUNTS = (1, 2, 3, 5, 10, 50)
"""The sizes of a hidden group that are compared."""

RATE_FACTORS = (0.1, 1 / 3, 1.0, 3.0, 10.0)
"""The learning rates that are compared, as factors of the present one."""

MOST_RUNS = 10
"""Runs of a comparison, at most."""


# -- names -----------------------------------------------------------------------------------


def names(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """A name for each experiment by its differences: 'incremental', 'tanh / linear', 'seed 3'.

    Equal experiments are numbered; a single experiment is named by its main settings.
    """
    facts = [_facts(experiment) for experiment in experiments]
    keys = list(dict.fromkeys(key for each in facts for key in each))
    differing = [k for k in keys if k != "both" and len({e.get(k, "") for e in facts}) > 1]
    chosen = differing or ["units", "batch"]
    if {"hidden", "output"} <= {*chosen}:  # as the lecture writes both: tanh / linear
        chosen = ["both" if key == "hidden" else key for key in chosen if key != "output"]
    texts = [", ".join(filter(None, (each.get(k, "") for k in chosen))) for each in facts]
    texts = [text or "the same otherwise" for text in texts]
    repeated = {text for text in texts if texts.count(text) > 1}
    return tuple(
        f"{text} ({texts[: n + 1].count(text)})" if text in repeated else text
        for n, text in enumerate(texts)
    )


def _facts(experiment: Experiment) -> dict[str, str]:
    """Key -> every setting in words that are clear alone, the most important first."""
    hidden = experiment.hidden
    kinds = list(dict.fromkeys(_activation(group.activation) for group in hidden))
    output = _activation(experiment.output)
    facts = {
        "both": f"{'-'.join(kinds)} / {output}" if kinds else output,
        "problem": Path(experiment.problem).stem,
        "units": _units(hidden),
        "hidden": f"{'-'.join(kinds)} hidden" if kinds else "",
        "output": f"{output} output",
        "dropout": _dropout(hidden),
        "batch": batch_words(experiment),
        "rule": RULES[experiment.rule].label,
        "error": LOSSES[experiment.error].label,
    }
    rest = {f.name for f in fields(experiment)} - {
        "problem", "options", "hidden", "output", "rule", "error", "training", "stop", "links",
        "spread",
    }  # fmt: skip
    training = experiment.training
    plain = {
        **{f"option {name}": value for name, value in experiment.options.items()},
        **{f.name: getattr(training, f.name) for f in fields(training) if f.name != "batch"},
        **{name: getattr(experiment, name) for name in rest},
    }
    facts |= {key: _plain_words(key, value) for key, value in sorted(plain.items())}
    facts["spread"] = f"±{number(experiment.spread, 6)}"
    facts["links"] = "other connections" if experiment.links else ""
    return facts


_WORDS = {
    "rate": "ε {}", "momentum": "α {}", "reduction": "gradient {}", "decay_l1": "L1 {}",
    "decay_l2": "L2 {}", "decay_share": "decay share {}", "optimizer": "{}",
    "initializer": "{} weights", "seed": "seed {}",
    "order": "{} order", "schedule": "schedule {}", "tolerance": "right within {}",
}  # fmt: skip


def _plain_words(key: str, value: Any) -> str:
    text = number(value, 6) if isinstance(value, float) else str(value)
    name = key.removeprefix("option ").replace("_", " ")
    return _WORDS.get(key, f"{name} {{}}").format(text)


def _dropout(hidden: Sequence[Hidden]) -> str:
    shares = [group.dropout for group in hidden]
    return f"dropout {', '.join(number(p) for p in shares)}" if any(shares) else "no dropout"


def _activation(name: str) -> str:
    return ACTIVATIONS[name].label.split(" (")[0]


def _units(hidden: tuple[Hidden, ...]) -> str:
    if not hidden:
        return "no hidden units"
    sizes = "-".join(str(group.size) for group in hidden)
    return f"{sizes} hidden unit" + ("" if sizes == "1" else "s")


def batch_words(experiment: Experiment) -> str:
    """'batch all', 'incremental' or 'mini-batch 10'."""
    batch = experiment.training.batch
    return {"all": "batch all", 1: "incremental"}.get(batch, f"mini-batch {batch}")


def hidden_units(experiment: Experiment) -> int:
    """The hidden units of all groups together."""
    return sum(group.size for group in experiment.hidden)


# -- what to compare -------------------------------------------------------------------------

Variants = Callable[[Experiment, PatternSet], Iterator[Experiment]]


@dataclass(frozen=True, slots=True)
class Preset:
    """A comparison of the menu: its variants are made from the present experiment."""

    key: str
    label: str
    tip: str
    variants: Variants


def _batches(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    n = len(patterns.train)
    own = experiment.training.batch
    some = own if isinstance(own, int) and 1 < own < n else max(2, min(10, n // 2))
    for batch in ("all", 1, some) if n > 2 else ("all", 1):
        yield replace(experiment, training=replace(experiment.training, batch=batch))


def _outputs(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    for output in ("linear", "logistic"):  # with the squared error both are comparable
        yield replace(experiment, output=output, error="squared")


def _activations(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    groups = experiment.hidden or (Hidden(3),)
    for name in ("logistic", "tanh", "linear", "relu"):
        yield replace(experiment, hidden=tuple(replace(g, activation=name) for g in groups))


def _pairs(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    groups = experiment.hidden or (Hidden(3),)
    for hidden, output in (("logistic", "logistic"), ("tanh", "linear")):
        changed = tuple(replace(g, activation=hidden) for g in groups)
        yield replace(experiment, hidden=changed, output=output, error="squared")


def _sizes(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    activation = experiment.hidden[0].activation if experiment.hidden else "tanh"
    for size in UNIT_COUNTS:
        yield replace(experiment, hidden=(Hidden(size, activation),), links=())


def _rates(experiment: Experiment, patterns: PatternSet) -> Iterator[Experiment]:
    own = experiment.training.rate
    for factor in RATE_FACTORS:
        rate = float(f"{factor * own:.2g}") if factor != 1.0 else own
        yield replace(experiment, training=replace(experiment.training, rate=rate))


PRESETS: tuple[Preset, ...] = (
    Preset("batch", "Batch: all, incremental, mini-batch",
           "The same network with other numbers of patterns per update", _batches),
    Preset("output", "Output: linear, logistic",
           "Regression against classification, both with squared error", _outputs),
    Preset("hidden", "Hidden units: logistic, tanh, linear, ReLU",
           "The same network with other activations of its hidden units", _activations),
    Preset("tanh_linear", "logistic / logistic, tanh / linear",
           "Both activations changed together, with squared error", _pairs),
    Preset("rates", "Learning rate: a tenth, a third, the present one, three times, ten times",
           "The same network with smaller and larger learning rates", _rates),
    Preset("sizes", "Number of hidden units: 1, 2, 3, 5, 10, 50",
           "One hidden layer of each size: error against units, and the fits side by side", _sizes),
)  # fmt: skip
"""The comparisons of the menu; a new one is one row, and the tests walk the rows."""


def variants(preset: Preset, experiment: Experiment, patterns: PatternSet) -> list[Experiment]:
    """The experiments of a comparison, each once."""
    found: list[Experiment] = []
    for variant in preset.variants(experiment, patterns):
        if variant not in found:
            found.append(variant)
    return found
