"""As much of Keras 3 as an exported script uses, in plain NumPy: it runs where Keras is missing.

What it does follows Keras's documentation (keras.io/api): layers are built when they are called,
``set_weights`` refuses arrays of another shape, kernels are (from, to), a penalty is part of the
loss, a constraint holds after every update. The gradient is taken by complex steps (Squire &
Trapp 1998, "Using complex variables to estimate derivatives of real functions"), which is exact
to rounding: f'(w) = Im f(w + ih) / h.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

STEP = 1e-100


def _softmax(net: np.ndarray) -> np.ndarray:
    powers = np.exp(net - net.real.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _size(x: np.ndarray) -> np.ndarray:
    return np.where(x.real < 0.0, -x, x)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda net: net,
    "sigmoid": lambda net: 1.0 / (1.0 + np.exp(-net)),
    "tanh": np.tanh,
    "relu": lambda net: np.where(net.real > 0.0, net, 0.0),
    "softmax": _softmax,
}


class Node:
    """What a layer was called with or gives: its width, and how it follows from the inputs."""

    def __init__(self, width: int, compute: Callable[[np.ndarray], np.ndarray]) -> None:
        self.shape = (None, width)
        self.compute = compute

    def __getitem__(self, part: tuple[slice, slice]) -> "Node":
        rows, columns = part
        assert rows == slice(None)
        width = len(range(*columns.indices(self.shape[1])))
        return Node(width, lambda inputs: self.compute(inputs)[:, columns])


class Layer:
    """The base of all layers."""

    def __init__(self, trainable: bool = True) -> None:
        self.trainable = trainable
        self.weights: list[np.ndarray] = []
        self.constraints: list[Callable[[Any], Any] | None] = []
        self.regularizer: Callable[[np.ndarray], Any] | None = None
        self.made.append(self)

    made: list["Layer"]

    def build(self, shape: tuple[int | None, ...]) -> None: ...

    def call(self, net: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def width(self, given: int) -> int:
        return given

    def add_weight(self, shape: tuple[int, ...], initializer: str = "zeros") -> "Variable":
        self.weights.append(np.zeros(shape, dtype=complex))
        self.constraints.append(None)
        return Variable(self, len(self.weights) - 1)

    def set_weights(self, weights: list[np.ndarray]) -> None:
        shapes = [w.shape for w in weights], [w.shape for w in self.weights]
        assert shapes[0] == shapes[1], "set_weights: shapes {} for weights of {}".format(*shapes)
        self.weights = [np.array(w, dtype=complex) for w in weights]

    def __call__(self, node: Node) -> Node:
        assert isinstance(node, Node)
        if not self.weights:
            self.build(node.shape)
        return Node(self.width(node.shape[1]), lambda inputs: self.call(node.compute(inputs)))


class Variable:
    """A weight by its place, so that arithmetic takes what it is at the time."""

    def __init__(self, layer: Layer, place: int) -> None:
        self.layer, self.place = layer, place

    def __radd__(self, net: np.ndarray) -> np.ndarray:
        return net + self.layer.weights[self.place]

    __array_ufunc__ = None  # an array + this calls __radd__


class Dense(Layer):
    def __init__(
        self,
        units: int,
        activation: str = "linear",
        use_bias: bool = True,
        kernel_constraint: Callable[[Any], Any] | None = None,
        kernel_regularizer: Callable[[np.ndarray], Any] | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(trainable)
        self.units, self.use_bias = units, use_bias
        self.activation = ACTIVATIONS[activation]
        self.kernel_constraint, self.regularizer = kernel_constraint, kernel_regularizer

    def build(self, shape: tuple[int | None, ...]) -> None:
        self.add_weight((shape[-1], self.units))
        self.constraints[0] = self.kernel_constraint
        if self.use_bias:
            self.add_weight((self.units,))

    def width(self, given: int) -> int:
        return self.units

    def call(self, net: np.ndarray) -> np.ndarray:
        net = net @ self.weights[0]
        return self.activation(net + self.weights[1] if self.use_bias else net)


class Activation(Layer):
    def __init__(self, activation: str) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]

    def call(self, net: np.ndarray) -> np.ndarray:
        return self.activation(net)


def add(nodes: list[Node]) -> Node:
    (width,) = {node.shape[1] for node in nodes}
    return Node(width, lambda inputs: sum(node.compute(inputs) for node in nodes))


class Dropout(Layer):
    """What it does outside of training: nothing."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def call(self, net: np.ndarray) -> np.ndarray:
        return net


class Loss:
    def __init__(self, reduction: str, dtype: str) -> None:
        self.reduce = {"sum": np.sum, "sum_over_batch_size": np.mean}[reduction]


class L1L2:
    """l1 |w| + l2 w^2, summed."""

    def __init__(self, l1: float, l2: float) -> None:
        self.l1, self.l2 = l1, l2

    def __call__(self, weights: np.ndarray) -> Any:
        return np.sum(self.l1 * _size(weights) + self.l2 * np.square(weights))


class Optimizer:
    """One step of a variable after the other; ``memory`` is what it remembers of each."""

    def __init__(self, learning_rate: float) -> None:
        self.rate = learning_rate
        self.count = 0
        self.memory: dict[tuple[int, int], list[np.ndarray]] = {}
        self.weight_decay: float | None = None
        self.kept: list[tuple[int, int]] = []

    def exclude_from_weight_decay(self, var_list: list[Any]) -> None:
        self.kept = [variable.key for variable in var_list]

    def change(self, slope: np.ndarray, memory: list[np.ndarray]) -> np.ndarray:
        raise NotImplementedError

    def slots(self, place: tuple[int, int], slope: np.ndarray) -> list[np.ndarray]:
        return self.memory.setdefault(place, [np.zeros_like(slope), np.zeros_like(slope)])


class SGD(Optimizer):
    def __init__(self, learning_rate: float, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(learning_rate)
        self.momentum, self.nesterov = momentum, nesterov

    def change(self, slope: np.ndarray, memory: list[np.ndarray]) -> np.ndarray:
        memory[0] = self.momentum * memory[0] - self.rate * slope
        return self.momentum * memory[0] - self.rate * slope if self.nesterov else memory[0]


class RMSprop(Optimizer):
    def __init__(self, learning_rate: float, rho: float, epsilon: float) -> None:
        super().__init__(learning_rate)
        self.rho, self.epsilon = rho, epsilon

    def change(self, slope: np.ndarray, memory: list[np.ndarray]) -> np.ndarray:
        memory[0] = self.rho * memory[0] + (1.0 - self.rho) * slope**2
        return -self.rate * slope / np.sqrt(memory[0] + self.epsilon)


class Adam(Optimizer):
    def __init__(self, learning_rate: float, beta_1: float, beta_2: float, epsilon: float) -> None:
        super().__init__(learning_rate)
        self.betas, self.epsilon = (beta_1, beta_2), epsilon

    def change(self, slope: np.ndarray, memory: list[np.ndarray]) -> np.ndarray:
        one, two = self.betas
        memory[0] = one * memory[0] + (1.0 - one) * slope
        memory[1] = two * memory[1] + (1.0 - two) * slope**2
        rate = self.rate * np.sqrt(1.0 - two**self.count) / (1.0 - one**self.count)
        return -rate * memory[0] / (np.sqrt(memory[1]) + self.epsilon)


class Model:
    """Computes, and learns from all patterns at once."""

    def __init__(self, inputs: Node, outputs: Node) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.layers = list(Layer.made)

    def compile(self, optimizer: Optimizer, loss: Any) -> None:
        self.optimizer, self.loss = optimizer, loss

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        return self._answer(inputs).real

    def summary(self) -> None: ...

    def fit(self, inputs: np.ndarray, targets: np.ndarray, **options: Any) -> None:
        """Only notes how it was to be trained."""
        self.fitted = options

    def predict(self, inputs: np.ndarray, verbose: int) -> np.ndarray:
        return self(inputs)

    def _answer(self, inputs: np.ndarray) -> np.ndarray:
        assert inputs.shape[1] == self.inputs.shape[1]
        return self.outputs.compute(inputs.astype(complex))

    def _loss(self, inputs: np.ndarray, targets: np.ndarray) -> Any:
        loss = self.loss.reduce(self.loss.call(targets, self._answer(inputs)))
        for layer in self.layers:
            if layer.regularizer is not None:
                loss += layer.regularizer(layer.weights[0])
        return loss

    def gradient(self, inputs: np.ndarray, targets: np.ndarray) -> dict[str, np.ndarray]:
        """The slopes of all that is trained, layer by layer."""
        return {
            f"{n}/{place}": self._slope(layer.weights[place], inputs, targets)
            for n, layer in enumerate(self.layers)
            for place in range(len(layer.weights))
            if layer.trainable
        }

    @property
    def trainable_variables(self) -> list[Any]:
        return [
            SimpleNamespace(shape=weights.shape, key=(n, place))
            for n, layer in enumerate(self.layers)
            if layer.trainable
            for place, weights in enumerate(layer.weights)
        ]

    def _slope(self, weights: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        slopes = np.empty(weights.shape)
        for at in np.ndindex(weights.shape):
            held = weights[at]
            weights[at] = held + STEP * 1j
            slopes[at] = self._loss(inputs, targets).imag / STEP
            weights[at] = held
        return slopes

    def train(self, inputs: np.ndarray, targets: np.ndarray, updates: int) -> None:
        for _ in range(updates):
            self.optimizer.count += 1
            for key, slope in self.gradient(inputs, targets).items():
                n, place = map(int, key.split("/"))
                layer = self.layers[n]
                memory = self.optimizer.slots((n, place), slope)
                if self.optimizer.weight_decay and (n, place) not in self.optimizer.kept:
                    lost = self.optimizer.weight_decay * self.optimizer.rate
                    layer.weights[place] = layer.weights[place] * (1.0 - lost)
                weights = layer.weights[place] + self.optimizer.change(slope, memory)
                constrain = layer.constraints[place]
                layer.weights[place] = weights if constrain is None else constrain(weights)


def _module(name: str, **contents: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(contents)
    return module


@contextmanager
def stand_in() -> Iterator[None]:
    """While this lasts, ``import keras`` is this; no layer has been made yet."""
    Layer.made = []
    ops = _module(
        "keras.ops", sum=np.sum, mean=np.mean, square=np.square, relu=ACTIVATIONS["relu"],
        softplus=lambda x: np.where(x.real > 0.0, x, 0.0) + np.log1p(np.exp(-_size(x))),
        log_softmax=lambda x: x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)),
        convert_to_tensor=lambda x, dtype=float: np.asarray(x, dtype=dtype),
    )  # fmt: skip
    layers = _module(
        "keras.layers", Layer=Layer, Dense=Dense, Activation=Activation, Dropout=Dropout, add=add
    )
    keras = _module(
        "keras", ops=ops, layers=layers, Model=Model,
        Input=lambda shape, name: Node(shape[0], lambda inputs: inputs),
        losses=_module("keras.losses", Loss=Loss),
        callbacks=_module("keras.callbacks", Callback=object),
        constraints=_module("keras.constraints", Constraint=object),
        regularizers=_module("keras.regularizers", L1L2=L1L2),
        optimizers=_module("keras.optimizers", SGD=SGD, RMSprop=RMSprop, Adam=Adam),
        config=_module(
            "keras.config", set_floatx=lambda name: None, set_dtype_policy=lambda name: None
        ),
    )  # fmt: skip
    names = {"keras": keras, "keras.ops": ops, "keras.layers": layers}
    held = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    try:
        yield
    finally:
        for name, module in held.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


def run(script: str) -> dict[str, Any]:
    """What a script defines when it is started with this in Keras's place."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with stand_in():
        exec(compile(script, "script", "exec"), names)
    return names
