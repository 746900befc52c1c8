"""A script that builds the network of a run in Keras 3: same weights, optimizer and error.

Conventions that differ from Keras's are written out: gradients are summed over patterns and
outputs, and the squared error's constant 2 is absorbed in the learning rate, so the script's
loss is half the error.
"""

import base64
import zlib
from collections.abc import Iterator
from itertools import accumulate
from textwrap import dedent

import numpy as np

from bpviz import __version__
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.learning.settings import Training, read_schedule
from bpviz.core.learning.trainable import obstacle
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.network import Connection, Network
from bpviz.core.values import BadValue, Matrix, Unquoted, Vector
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.prepare import PreparedExperiment

READABLE = 1000
"""Largest size of an array whose numbers are written out; larger ones are packed."""

MAX_NUMBERS = 500_000


def keras_script(setup: PreparedExperiment, parameters: Vector, epoch: int = 0) -> str:
    """The text of the script. Raises BadValue for a network that Keras cannot express."""
    _check(setup, parameters)
    experiment, network = setup.experiment, setup.network
    parts = [
        _head(setup, epoch),
        _helpers(setup, parameters),
        "# The network. Weights are (from, to), as in w_ij.",
        *_layers(network, experiment.training, parameters, of_nets=_of_nets(setup)),
        _training(experiment.training.at(epoch), _trained(setup)),
        _data(setup),
        _foot(experiment, len(setup.patterns.train), epoch, _trained(setup)),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _check(setup: PreparedExperiment, parameters: Vector) -> None:
    network, experiment = setup.network, setup.experiment
    if experiment.rule != "backpropagation":
        label = RULES[experiment.rule].label
        raise BadValue("rule", experiment.rule, "backpropagation", f"Keras has no {label}")
    if (reason := obstacle(network, RULES[experiment.rule])) is not None:
        raise reason
    for group in network.groups:
        if group.role != "input" and not ACTIVATIONS[group.activation].keras:
            raise BadValue(f"activation of {group.name}", group.activation, "one that Keras has")
    if network.is_tied:
        raise BadValue(
            "connections", Unquoted("shared"), "made of weights of their own for every unit",
            "Keras has no shared weights between the units of a dense layer",
        )  # fmt: skip
    if len(parameters) > MAX_NUMBERS:
        found = Unquoted(f"of {len(parameters):,}")
        raise BadValue("network", found, f"of at most {MAX_NUMBERS:,} weights and biases")


def _of_nets(setup: PreparedExperiment) -> bool:
    """Whether the error is computed from the net inputs of the output's units.

    Outputs that round to 0 or 1 would be too coarse for it.
    """
    return LOSSES[setup.experiment.error].basis is not None


def _trained(setup: PreparedExperiment) -> str:
    """The model that is trained: ``nets`` shares all of the layers of ``model`` but the last."""
    return "nets" if _of_nets(setup) else "model"


# -- the parts of the script ---------------------------------------------------------------


def _head(setup: PreparedExperiment, epoch: int) -> str:
    shape = "-".join(str(group.size) for group in setup.network.groups)
    name, seed = _in_string(setup.patterns.name), setup.experiment.seed
    return dedent(
        f'''\
        """{name}, {shape}, seed {seed}, after epoch {epoch:,}.

        Written by bpviz {__version__} for Keras 3 (any backend; KERAS_BACKEND chooses one).
        """

        import keras
        import numpy as np
        from keras import layers, ops

        # All numbers have 64 bits; but with other backends than TensorFlow, Keras multiplies
        # matrices in 32, so results agree to about seven digits.
        keras.config.set_floatx("float64")
        keras.config.set_dtype_policy("float64")
        '''
    )


def _helpers(setup: PreparedExperiment, parameters: Vector) -> str:
    reduction = "sum" if setup.experiment.training.reduction == "sum" else "sum_over_batch_size"
    word = "summed" if reduction == "sum" else "averaged"
    lines = []
    if _is_packed(setup, parameters):
        lines += [
            "def unpack(text, *shape):",
            "    import base64, zlib",
            "    raw = zlib.decompress(base64.b64decode(text))",
            '    return np.frombuffer(raw, dtype="<f8").reshape(shape)',
            "", "",
        ]  # fmt: skip
    lines += [
        "class Error(keras.losses.Loss):",
        f'    """The error of each pattern; gradients are {word} over those of an update."""',
        "",
        "    def __init__(self):",
        f'        super().__init__(reduction="{reduction}", dtype="float64")',
        "",
        f"    def call(self, target, {'net' if _of_nets(setup) else 'output'}):",
        f"        return {LOSSES[setup.experiment.error].keras}",
        "", "",
    ]  # fmt: skip
    if any(link.mask is not None for link in setup.network.connections):
        lines += [
            "class Absent(keras.constraints.Constraint):",
            '    """Keeps weights that do not exist at 0."""',
            "",
            "    def __init__(self, mask):",
            "        self.mask = np.array(mask, dtype=float)",
            "",
            "    def __call__(self, weights):",
            "        return weights * ops.convert_to_tensor(self.mask, dtype=weights.dtype)",
            "", "",
        ]  # fmt: skip
    if any(_needs_bias_layer(setup.network, g) for g in range(len(setup.network.groups))):
        lines += [
            "class Bias(layers.Layer):",
            "    def build(self, shape):",
            '        self.bias = self.add_weight(shape=(shape[-1],), initializer="zeros")',
            "",
            "    def call(self, net):",
            "        return net + self.bias",
            "", "",
        ]  # fmt: skip
    return "\n".join(lines)


def _layers(
    network: Network, training: Training, parameters: Vector, *, of_nets: bool
) -> Iterator[str]:
    names = [f"g{g}" for g in range(len(network.groups))]
    columns = list(accumulate(group.size for group in network.groups if group.role == "input"))
    several = len(columns) > 1
    name = "g" if several else "g0"
    yield f'{name} = keras.Input(shape=({network.n_inputs},), name="input")'
    for g, group in enumerate(network.groups):
        if group.role == "input":
            if several:
                yield f"g{g} = g[:, {columns[g] - group.size}:{columns[g]}]"
            continue
        bias = _array(network.biases(parameters, g))
        activation = _activation(ACTIVATIONS[group.activation].keras)
        last = activation
        if of_nets and g == network.output:
            activation = _activation(ACTIVATIONS["linear"].keras)
        incoming = list(network.incoming(g))
        if not _needs_bias_layer(network, g):
            (c,) = incoming
            link = network.connections[c]
            options = _options(link, training)
            weights = _array(network.weights(parameters, c))
            yield (
                f"d{g} = layers.Dense({group.size}, activation={activation}{options})\n"
                f"g{g} = d{g}({names[link.source]})\n"
                f"d{g}.set_weights([{weights}, {bias}])"
            )
            if group.dropout:
                yield f"g{g} = layers.Dropout({group.dropout!r})(g{g})"
            continue
        sums = []
        for c in incoming:
            link = network.connections[c]
            options = _options(link, training)
            weights = _array(network.weights(parameters, c))
            sums.append(f"n{g}_{link.source}")
            yield (
                f"d{g}_{link.source} = layers.Dense({group.size}, use_bias=False{options})\n"
                f"n{g}_{link.source} = d{g}_{link.source}({names[link.source]})\n"
                f"d{g}_{link.source}.set_weights([{weights}])"
            )
        total = sums[0] if len(sums) == 1 else f"layers.add([{', '.join(sums)}])"
        yield (
            f"b{g} = Bias()\n"
            f"g{g} = layers.Activation({activation})(b{g}({total}))\n"
            f"b{g}.set_weights([{bias}])"
        )
        if group.dropout:
            yield f"g{g} = layers.Dropout({group.dropout!r})(g{g})"
    if of_nets:
        yield (
            f"nets = keras.Model({name}, {names[-1]})  # the error is computed from net inputs\n"
            f"model = keras.Model({name}, layers.Activation({last})({names[-1]}))\n"
        )
    else:
        yield f"model = keras.Model({name}, {names[-1]})\n"


def _activation(keras: str) -> str:
    """A name of Keras's in quotes, or an expression as it is."""
    return f'"{keras}"' if keras.isidentifier() else keras


def _needs_bias_layer(network: Network, g: int) -> bool:
    """Whether a group's bias cannot belong to the one Dense layer that leads to it."""
    links = [network.connections[c] for c in network.incoming(g)]
    return bool(links) and (len(links) > 1 or links[0].fixed)


def _options(link: Connection, training: Training) -> str:
    words = ""
    if link.mask is not None:
        words += f", kernel_constraint=Absent({_array(link.mask.astype(float))})"
    if link.fixed:
        words += ", trainable=False"
    elif training.decay_l1 or training.decay_l2:
        # The penalty l1 |w| + l2 w^2 / 2 has the slope l1 sign(w) + l2 w.
        words += (
            f", kernel_regularizer=keras.regularizers.L1L2({training.decay_l1!r}, "
            f"{training.decay_l2 / 2!r})"
        )
    return words


def _training(training: Training, model: str) -> str:
    optimizer = OPTIMIZERS[training.optimizer].keras.format(training)
    begun = "# The optimizer begins anew: what it remembered of earlier updates is not in here.\n"
    if not training.decay_share:
        return f"{begun}{model}.compile(optimizer={optimizer}, loss=Error())\n"
    return (
        f"{begun}optimizer = {optimizer}\n"
        f"# Weights, not biases, lose a share of {training.decay_share!r} at each update; Keras\n"
        "# multiplies its weight decay by the learning rate.\n"
        f"optimizer.weight_decay = {_weight_decay(training.decay_share, training.rate)!r}\n"
        "optimizer.exclude_from_weight_decay(\n"
        f"    var_list=[v for v in {model}.trainable_variables if len(v.shape) == 1]\n"
        ")\n"
        f"{model}.compile(optimizer=optimizer, loss=Error())\n"
    )


def _weight_decay(share: float, rate: float) -> float:
    """Keras's weight decay for a share; at a learning rate of 0 Keras has none."""
    return share / rate if rate else 0.0


def _data(setup: PreparedExperiment) -> str:
    train = setup.patterns.train
    if train.inputs.size + train.targets.size > MAX_NUMBERS:
        return "# Too many patterns to be written here: put yours.\ninputs = targets = None\n"
    return f"inputs = {_array(train.inputs)}\ntargets = {_array(train.targets)}\n"


def _schedule(training: Training, epoch: int) -> str:
    """The callback that changes rate and momentum as the schedule says; '' if nothing does."""
    later = [change for change in read_schedule(training.schedule) if change.epoch > epoch]
    if not later:
        return ""
    changes = [(c.epoch - epoch, c.rate, c.momentum) for c in later]
    script = dedent(
        f"""\
        class Schedule(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                for first, rate, momentum in {changes!r}:
                    if epoch == first:
                        self.model.optimizer.learning_rate = rate
                        if momentum is not None:
                            self.model.optimizer.momentum = momentum
        """
    )
    if training.decay_share:
        script += (
            f"                self.model.optimizer.weight_decay = {training.decay_share!r} / rate\n"
        )
    return script


def _foot(experiment: Experiment, n_patterns: int, epoch: int, model: str) -> str:
    training = experiment.training
    schedule = _schedule(training, epoch)
    callbacks = ", callbacks=[Schedule()]" if schedule else ""
    epochs = experiment.stop.epochs or 1000
    shuffle = training.order == "permuted"
    scale = LOSSES[experiment.error].scale
    return schedule + dedent(
        f"""\
        if __name__ == "__main__":
            model.summary()
            {model}.fit(
                inputs, targets, epochs={epochs}, batch_size={training.batch_size(n_patterns)},
                shuffle={shuffle}, verbose=0{callbacks},
            )
            found = ops.convert_to_tensor({model}.predict(inputs, verbose=0))
            errors = {scale:g} * Error().call(ops.convert_to_tensor(targets), found)
            print("error E:", float(ops.sum(errors)), "per pattern:", float(ops.mean(errors)))
            print(model.predict(inputs[:10], verbose=0))
        """
    )


# -- numbers -------------------------------------------------------------------------------


def _in_string(text: str) -> str:
    """A text of others, such as a file's name, as it must stand in a string of Python."""
    return repr(text)[1:-1].replace('"', '\\"')


def _is_packed(setup: PreparedExperiment, parameters: Vector) -> bool:
    train, network = setup.patterns.train, setup.network
    sizes = [network.weights(parameters, c).size for c in range(len(network.connections))]
    return max(*sizes, train.inputs.size, train.targets.size, 0) > READABLE


def _array(numbers: Matrix | Vector) -> str:
    """An expression for these numbers, exact to the bit."""
    if numbers.size <= READABLE:
        return f"np.array({np.asarray(numbers).tolist()!r}, dtype=float)"
    raw = zlib.compress(np.ascontiguousarray(numbers, dtype="<f8").tobytes(), 9)
    shape = ", ".join(str(side) for side in numbers.shape)
    return f'unpack("{base64.b64encode(raw).decode()}", {shape})'
