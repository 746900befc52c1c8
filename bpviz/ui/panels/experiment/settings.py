"""The single-valued settings of an experiment, one row each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import ALL_PATTERNS
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.patterns import PatternSet
from bpviz.core.number_grammar import read_wholes, write_wholes
from bpviz.core.text.number_words import number_text
from bpviz.experiment.experiment import LIVE_FIELDS, Experiment
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry, ChoiceEntry, Item
from bpviz.ui.toolkit.widgets.form_rows import FieldEntry
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry

MINI = "mini-batch"
"""The entry of the field "batch" for all numbers of patterns above 1."""

DEFAULT_MINI_BATCH = 10
SettingKind = Literal["number", "whole", "choice", "check", "text"]


def _always(experiment: Experiment) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One row of the panel.

    path        the field: "seed", or "training.rate" for a field of a field.
    title       the full name, for a screen reader and for the list of changes.
    refusal     the field name in a BadValue about it.
    optional    whether an empty field is valid; it means None.
    applies     whether it has an effect in an experiment; otherwise the row is hidden.
    shows       maps the value to what the field shows.
    read, write for a text: its value, and the text of a value.
    """

    section: str
    name: str
    path: str
    label: str
    title: str
    refusal: str
    kind: SettingKind
    help: str
    items: tuple[Item, ...] = ()
    optional: bool = False
    applies: Callable[[Experiment], bool] = _always
    shows: Callable[[Any], Any] = lambda value: value
    read: Callable[[str], Any] = str.strip
    write: Callable[[Any], str] = str

    @property
    def field(self) -> str:
        """The field of Experiment that holds it."""
        return self.path.partition(".")[0]

    @property
    def new_run(self) -> bool:
        """Whether a change needs a new run."""
        return self.field not in LIVE_FIELDS

    def get(self, experiment: Experiment) -> Any:
        """Its value in an experiment."""
        value: Any = experiment
        for name in self.path.split("."):
            value = getattr(value, name)
        return value

    def put(self, experiment: Experiment, value: Any) -> Experiment:
        """The experiment with another value. Raises BadValue."""
        outer, _, inner = self.path.partition(".")
        if inner:
            value = replace(getattr(experiment, outer), **{inner: value})
        return replace(experiment, **{outer: value})

    def check(self, value: Any) -> None:
        """Raise BadValue unless the value is allowed."""
        self.put(Experiment(), value)


def make_entry(setting: SettingRow) -> FieldEntry:
    """The field of a setting."""
    entry: FieldEntry
    if setting.kind == "choice":
        entry = ChoiceEntry(setting.items)
    elif setting.kind == "check":
        entry = CheckEntry()
    elif setting.kind == "text":
        entry = LineEntry(_text_reader(setting), setting.write)
    else:
        entry = NumberEntry(setting.kind, setting.check, optional=setting.optional)
    describe(entry, f"field_{setting.name}", setting.title, setting.help)
    return entry


def _text_reader(setting: SettingRow) -> Callable[[str], Any]:
    """Reads the text of a setting. Raises BadValue unless its value is allowed."""

    def read(text: str) -> Any:
        value = setting.read(text)
        setting.check(value)
        return value

    return read


def describe(entry: FieldEntry, name: str, title: str, tip: str) -> None:
    """Set a field's object name, accessible name and tool tip."""
    entry.setObjectName(name)
    entry.setAccessibleName(title)
    entry.setToolTip(tip)


ACTIVATION_ITEMS = tuple(Item(row.name, row.label, row.short) for row in ACTIVATIONS.values())


SHORT = {
    "categorical cross-entropy": "categ. cross-entropy",
    "perceptron learning rule": "perceptron rule",
    "Nesterov momentum": "Nesterov",
    "squared error beyond 0.2": "squared beyond 0.2",
}
"""What closed fields show of labels that are too wide for them."""


def _item(name: str, label: str) -> Item:
    return Item(name, label, SHORT.get(label, ""))


def _uses_spread(experiment: Experiment) -> bool:
    return INITIALIZERS[experiment.initializer].uses_spread


def _used(name: str) -> Callable[[Experiment], bool]:
    """Whether the optimizer reads this field of Training."""
    return lambda experiment: name in OPTIMIZERS[experiment.training.optimizer].uses


def _is_mini(experiment: Experiment) -> bool:
    return experiment.training.batch not in (ALL_PATTERNS, 1)


def _shown_batch(batch: Any) -> Any:
    return batch if batch in (ALL_PATTERNS, 1) else MINI


def _training(name: str, label: str, title: str, help_text: str, refusal: str = "") -> SettingRow:
    """A number of Training that only some optimizers use."""
    return SettingRow(
        "training", name, f"training.{name}", label, title, refusal or name, "number", help_text,
        applies=_used(name),
    )  # fmt: skip


SETTINGS: tuple[SettingRow, ...] = (
    SettingRow(
        "network", "output", "output", "Output", "Output activation", "output activation",
        "choice", "Activation of the output units: linear for numbers (regression), logistic or "
        "softmax for classes.", ACTIVATION_ITEMS,
    ),
    SettingRow(
        "network", "error", "error", "Error", "Error", "error", "choice",
        "What training makes small. Cross-entropies need their own output activation: binary "
        "goes with logistic, categorical with softmax.",
        tuple(_item(row.name, row.label) for row in LOSSES.values()),
    ),
    SettingRow(
        "network", "rule", "rule", "Rule", "Learning rule", "rule", "choice",
        "How errors change weights: backpropagation through all layers, or a rule for a single "
        "trained layer: perceptron (step outputs) or delta rule (linear outputs).",
        tuple(_item(row.name, row.label) for row in RULES.values()),
    ),
    SettingRow(
        "links", "inputs", "inputs", "Input groups", "Sizes of the input groups", "input groups",
        "text", "The inputs in groups that are connected on their own: how many columns each has, "
        "such as 24, 12. Empty: one group.", read=partial(read_wholes, "input groups"),
        write=write_wholes,
    ),
    SettingRow(
        "weights", "initializer", "initializer", "Drawn from", "Initial weights",
        "initial weights", "choice", "How the initial weights are drawn.",
        tuple(Item(row.name, row.label, row.label.partition(" (")[0])
              for row in INITIALIZERS.values()),
    ),
    SettingRow(
        "weights", "spread", "spread", "Spread r", "Spread of initial weights",
        "spread of initial weights", "number",
        "How far initial weights lie from 0: the r of uniform ±r, or the standard deviation.",
        applies=_uses_spread,
    ),
    SettingRow(
        "weights", "seed", "seed", "Seed", "Seed", "seed", "whole",
        "The same seed gives the same initial weights and order of patterns, so the same run.",
    ),
    SettingRow(
        "training", "optimizer", "training.optimizer", "Optimizer", "Optimizer", "optimizer",
        "choice", "How the gradient becomes a change of the weights.",
        tuple(_item(row.name, row.label) for row in OPTIMIZERS.values()),
    ),
    _training("rate", "Rate ε", "Learning rate", "The learning rate ε: the size of each step.",
              "learning rate"),
    _training("momentum", "Momentum α", "Momentum",
              "The share of the last change that is added to the next one."),
    _training("beta1", "β₁", "Beta 1",
              "Adam's decay of the mean gradient: nearer 1 is over more updates."),
    _training("beta2", "β₂", "Beta 2",
              "Adam's decay of the mean squared gradient: nearer 1 is over more updates."),
    _training("rho", "Decay ρ", "Rho",
              "RMSProp's decay of the mean squared gradient: nearer 1 is over more updates."),
    SettingRow(
        "training", "batch", "training.batch", "Batch", "Batch", "batch", "choice",
        "How many patterns are seen before the weights change.",
        (Item(ALL_PATTERNS, "all patterns"), Item(1, "incremental (1 pattern)", "incremental"),
         Item(MINI, "mini-batches of n patterns", MINI)),
        shows=_shown_batch,
    ),
    SettingRow(
        "training", "batch_size", "training.batch", "Patterns n", "Patterns of a mini-batch",
        "batch", "whole", "Patterns of a mini-batch; the last one of an epoch may be smaller.",
        applies=_is_mini,
    ),
    SettingRow(
        "training", "order", "training.order", "Order", "Order of patterns", "order", "choice",
        "The order in which an epoch goes through the patterns.",
        (Item("permuted", "permuted anew in every epoch", "permuted"),
         Item("fixed", "fixed, as in the table", "fixed")),
    ),
    SettingRow(
        "training", "reduction", "training.reduction", "Gradient", "Gradient", "gradient",
        "choice", "Whether the gradients of the patterns of an update are summed or averaged. "
        "Summed, as the lecture writes it, a larger batch makes larger steps.",
        (Item("sum", "summed over the patterns of an update", "summed"),
         Item("mean", "averaged over the patterns of an update", "averaged")),
    ),
    SettingRow(
        "training", "decay_l1", "training.decay_l1", "L1 decay", "L1 weight decay", "L1 decay",
        "number", "Pulls every weight towards 0 by this much, whatever its size. Not biases.",
    ),
    SettingRow(
        "training", "decay_l2", "training.decay_l2", "L2 decay", "L2 weight decay", "L2 decay",
        "number", "Pulls every weight towards 0 in proportion to its size. Not biases.",
    ),
    SettingRow(
        "training", "decay_share", "training.decay_share", "Decay share",
        "Share of weights lost per update", "decay share", "number",
        "Takes this share off every weight at each update, whatever the learning rate: 0.002 "
        "is 0.2 %. L1 and L2 decay are part of the gradient instead. Not biases.",
    ),
    SettingRow(
        "training", "schedule", "training.schedule", "Schedule", "Schedule of the rate", "schedule",
        "text", "Other rates from some epochs on, with a momentum if it changes too, such as "
        "20: 0.01/0.9; 500: 0.001. Empty: the same rate throughout.",
    ),
    SettingRow(
        "stop", "stop_epochs", "stop.epochs", "At epoch", "Stop at epoch", "stop at epoch",
        "whole", "Training stops after this epoch; with Run again, after twice as many, and so on. "
        "Empty: never.", optional=True,
    ),
    SettingRow(
        "stop", "stop_error", "stop.error", "At error / pattern", "Stop at error per pattern",
        "stop at error", "number",
        "Training stops when the error E, divided by the number of patterns, is not above this. "
        "Empty: never.", optional=True,
    ),
    SettingRow(
        "stop", "stop_solved", "stop.solved", "When all patterns are solved",
        "Stop when all patterns are solved", "stop when solved", "check",
        "Training stops when every training pattern is answered right.",
    ),
    SettingRow(
        "stop", "stop_patience", "stop.patience", "Epochs without better", "Patience", "patience",
        "whole", "Training stops when the test error has not fallen for so many epochs, and the "
        "run goes back to the best weights. Empty: never.", optional=True,
    ),
    SettingRow(
        "stop", "tolerance", "tolerance", "Right within ±", "Tolerance", "tolerance", "number",
        "A pattern is answered right if every output lies closer than this to its target.",
    ),
)  # fmt: skip
"""Every single-valued setting, from top to bottom; a new one is one row."""


UNITS_NAMED = 3
"""The number of outputs whose tolerance is said in the units of the file."""


def tolerance_in_units(patterns: PatternSet | None, tolerance: float) -> str:
    """What a tolerance means where targets are standardised: '± 2.5 price in the file.'"""
    if patterns is None or patterns.target_scale is None:
        return ""
    units = (tolerance * patterns.target_scale[1]).tolist()
    names = patterns.output_names[:UNITS_NAMED]
    said = [f"± {number_text(u)} {n}" for u, n in zip(units, names, strict=False)]
    more = ", …" if len(units) > UNITS_NAMED else ""
    return f"In the units of the file: {', '.join(said)}{more}"
