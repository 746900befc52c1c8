"""The Keras script: it says what it should, and Keras computes the same outputs and gradients."""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.core.learning.backprop import backpropagate, outputs
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Hidden, Link, Stop, experiment_for
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare
from bpviz.sharing.keras_script import keras_script
from tests.sharing import keras_stand_in
from tests.waiting import DEADLINE

DIRECT = Link("input", "output")
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("xor", {}),
    "two groups, binary": ("circle", {"options": {"size": 60}}),
    "softmax": ("iris", {}),
    "linear with a shortcut": (
        "plane", {"options": {"size": 40}, "links": (DIRECT,), "hidden": (Hidden(3, "relu"),)},
    ),
    "absent and fixed weights, decay": (
        "iris",
        {
            "hidden": (Hidden(6, "tanh"), Hidden(4)),
            "links": (
                Link("input", "hidden 1", density=0.5, fixed=True),
                Link("hidden 1", "hidden 2", density=0.6),
            ),
            "training": {"decay_l1": 0.01, "decay_l2": 0.03, "reduction": "sum"},
        },
    ),
    "square layers, momentum": (
        "iris",
        {
            "hidden": (Hidden(4, "tanh"), Hidden(4)),
            "training": {"optimizer": "momentum", "rate": 0.03, "momentum": 0.6},
        },
    ),
    "packed numbers": ("digits", {"hidden": (Hidden(20),)}),
    "input groups": ("iris", {"inputs": (1, 3), "links": (
        Link("input 1", "hidden 1", present=False), Link("input 1", "output"))}),
    "schedule": ("xor", {"training": {"rate": 0.5, "momentum": 0.3, "schedule": "2: 0.1/0.8"}}),
    "answers within a margin": ("xor", {"error": "squared-beyond"}),
    "decay share": ("xor", {"links": (DIRECT,), "training": {
        "rate": 0.5, "momentum": 0.3, "decay_share": 0.05, "schedule": "2: 0.1/0.8"}}),
    "no hidden units": ("or", {"hidden": (), "output": "tanh", "training": {"optimizer": "adam"}}),
}  # fmt: skip
UPDATES = 3


def case(name: str) -> tuple[PreparedExperiment, np.ndarray]:
    problem, changes = CASES[name]
    training = {**changes.get("training", {}), "batch": "all"}
    setup = prepare(experiment_for(problem, **{**changes, "training": training}))
    return setup, new_run(setup).parameters


@pytest.mark.parametrize("name", CASES)
def test_a_script_is_python_and_holds_the_weights_to_the_bit(name: str) -> None:
    setup, parameters = case(name)
    script = keras_script(setup, parameters, 12)
    compile(script, name, "exec")
    assert "after epoch 12" in script
    bias = setup.network.biases(parameters, setup.network.output)
    assert repr(bias.tolist()) in script


@pytest.mark.parametrize(
    ("problem", "changes", "words"),
    [
        (
            "or",
            {"rule": "perceptron", "output": "step", "hidden": ()},
            "rule must be backpropagation, not 'perceptron'",
        ),
        ("or", {"output": "step", "hidden": ()}, "a slope"),
        (
            "digits",
            {"hidden": (Hidden(36),),
             "links": (Link("input", "hidden 1", field=(3, 3), shared=True),)},
            "weights of their own",
        ),
        ("digits", {"hidden": (Hidden(1024), Hidden(1024))}, "at most 500,000"),
    ],
)  # fmt: skip
def test_what_keras_cannot_express_is_refused(
    problem: str, changes: dict[str, Any], words: str
) -> None:
    setup = prepare(experiment_for(problem, **changes))
    with pytest.raises(BadValue, match=words):
        keras_script(setup, np.zeros(setup.network.n_parameters))


def test_dropout_is_a_layer_after_its_group() -> None:
    hidden = (Hidden(5, "tanh", 0.5), Hidden(4), Hidden(3, "tanh", 0.2))
    links = (Link("hidden 1", "hidden 3"),)
    setup = prepare(experiment_for("iris", hidden=hidden, links=links))
    script = keras_script(setup, new_run(setup).parameters)
    found = [line for line in script.splitlines() if "Dropout" in line]
    assert found == ["g1 = layers.Dropout(0.5)(g1)", "g3 = layers.Dropout(0.2)(g3)"]


DRIVER = """
import json, runpy, sys
import numpy as np
results = {}
for path in sys.argv[1:]:
    space = runpy.run_path(path)
    model, inputs, targets = (space[name] for name in ("model", "inputs", "targets"))
    trained = space.get("nets", model)
    from keras import ops
    before = [w.tolist() for w in map(np.array, model.get_weights())]
    output = model(inputs)
    pred = trained(inputs)
    loss = trained.compute_loss(x=inputs, y=ops.convert_to_tensor(targets), y_pred=pred)
    variables = trained.trainable_variables
    import torch
    slopes = torch.autograd.grad(loss, [v.value for v in variables])
    output = output.detach().numpy().tolist()
    fit = dict(batch_size=len(inputs), shuffle=False, verbose=0, epochs=UPDATES)
    fit["callbacks"] = [space["Schedule"]()] if "Schedule" in space else []
    trained.fit(inputs, targets, **fit)
    results[path] = {
        "output": output,
        "gradient": {v.path: s.numpy().tolist() for v, s in zip(variables, slopes)},
        "trained": model(inputs).detach().numpy().tolist(),
    }
json.dump(results, sys.stdout)
"""


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Keras computes with each script, in a process of its own."""
    if not all(importlib.util.find_spec(name) for name in ("keras", "torch")):
        pytest.skip("Keras with PyTorch is not installed: pip install '.[keras]'")
    folder = tmp_path_factory.mktemp("keras")
    paths = {name: folder / f"case{i}.py" for i, name in enumerate(CASES)}
    for name, path in paths.items():
        path.write_text(keras_script(*case(name)), encoding="utf-8")
    driver = folder / "driver.py"
    driver.write_text(DRIVER.replace("UPDATES", str(UPDATES)), encoding="utf-8")
    found = subprocess.run(
        [sys.executable, str(driver), *map(str, paths.values())],
        env={**os.environ, "KERAS_BACKEND": "torch", "KERAS_HOME": str(folder)},
        capture_output=True, text=True, timeout=2 * DEADLINE, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
    results = json.loads(found.stdout[found.stdout.index("{") :])
    return {name: results[str(Path(path))] for name, path in paths.items()}


@pytest.mark.parametrize("name", CASES)
def test_keras_computes_the_same(computed: dict[str, Any], name: str) -> None:
    """Outputs, gradients (with decay) and, after three updates, outputs again."""
    setup, parameters = case(name)
    found = computed[name]
    assert_near(found["output"], outputs(setup.network, parameters, setup.patterns.train.inputs))
    compare_gradients(setup.network, found["gradient"], gradient(setup, parameters))
    # Adam makes much of the rounding errors of slopes that are almost 0.
    np.testing.assert_allclose(found["trained"], trained(setup), rtol=0, atol=1e-4)


def gradient(setup: PreparedExperiment, parameters: np.ndarray) -> np.ndarray:
    """(N,) the slopes of the error with its decay, summed or averaged as the training does."""
    experiment, network, train = setup.experiment, setup.network, setup.patterns.train
    training = experiment.training
    loss = LOSSES[experiment.error]
    neg_gradient = backpropagate(
        network, loss, parameters, train.inputs, train.targets
    ).neg_gradient
    if training.reduction == "mean":
        neg_gradient = neg_gradient / len(train)
    decays = network.decays & network.trainable
    pull = training.decay_l1 * np.sign(parameters) + training.decay_l2 * parameters
    return -(neg_gradient - np.where(decays, pull, 0.0))


def trained(setup: PreparedExperiment) -> np.ndarray:
    """The outputs after some updates."""
    run = new_run(setup)
    run.advance(UPDATES)
    return outputs(setup.network, run.parameters, setup.patterns.train.inputs)


def assert_near(found: Any, expected: np.ndarray) -> None:
    """To 1e-6 of the largest number: Keras multiplies matrices with 32 bits."""
    size = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * size)


def compare_gradients(network: Any, found: dict[str, Any], expected: np.ndarray) -> None:
    """Keras lists layer by layer what is trained: weights, then biases, as the script does."""
    slopes = [np.array(slope) for slope in found.values()]
    for g, group in enumerate(network.groups):
        if group.role == "input":
            continue
        for c in network.incoming(g):
            link = network.connections[c]
            if not link.fixed:
                mine = network.weights(expected, c)
                its = take(slopes, mine.shape)
                if link.mask is not None:
                    its = its * link.mask
                assert_near(its, mine)
        mine = network.biases(expected, g)
        assert_near(take(slopes, mine.shape), mine)
    assert not slopes


def take(slopes: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    place = next(i for i, slope in enumerate(slopes) if slope.shape == shape)
    return slopes.pop(place)


# -- in every run: the script's text, executed with a stand-in for Keras -------------------

SMALL = [name for name in CASES if name not in ("packed numbers", "schedule", "decay share")]
"""Without 1,500 slopes, which take their time, and without callbacks."""


@pytest.mark.parametrize("name", CASES)
def test_a_script_that_runs_has_the_same_outputs(name: str) -> None:
    setup, parameters = case(name)
    names = keras_stand_in.run(keras_script(setup, parameters))
    train = setup.patterns.train
    assert np.array_equal(names["inputs"], train.inputs)
    assert np.array_equal(names["targets"], train.targets)
    answers = outputs(setup.network, parameters, train.inputs)
    np.testing.assert_allclose(names["model"](train.inputs), answers, rtol=1e-12)


@pytest.mark.parametrize("name", SMALL)
def test_a_script_that_runs_has_the_same_gradient_and_learns_the_same(name: str) -> None:
    setup, parameters = case(name)
    names = keras_stand_in.run(keras_script(setup, parameters))
    model, train = names.get("nets", names["model"]), setup.patterns.train
    slopes = model.gradient(train.inputs, train.targets)
    compare_gradients(setup.network, slopes, gradient(setup, parameters))
    model.train(train.inputs, train.targets, UPDATES)
    np.testing.assert_allclose(names["model"](train.inputs), trained(setup), rtol=0, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_written_with_its_settings(optimizer: str) -> None:
    """Settings that are no defaults, so that a wrong one, or one left out, leads elsewhere."""
    settings = {"rate": 0.07, "momentum": 0.6, "rho": 0.8, "beta1": 0.7, "beta2": 0.95}
    used = {name: settings[name] for name in OPTIMIZERS[optimizer].uses}
    training = {"optimizer": optimizer, "batch": "all", **used}
    setup = prepare(experiment_for("xor", hidden=(Hidden(3),), training=training))
    script = keras_script(setup, new_run(setup).parameters)
    model = keras_stand_in.run(script)["model"]
    train = setup.patterns.train
    model.train(train.inputs, train.targets, UPDATES)
    np.testing.assert_allclose(model(train.inputs), trained(setup), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        ({"batch": "all", "order": "fixed"}, {"batch_size": 4, "shuffle": False}),
        ({"batch": 3, "order": "permuted"}, {"batch_size": 3, "shuffle": True}),
    ],
)
def test_a_script_trains_in_the_same_batches_for_as_long(
    training: dict[str, Any], expected: dict[str, Any]
) -> None:
    setup = prepare(experiment_for("xor", training=training, stop=Stop(epochs=70)))
    script = keras_script(setup, new_run(setup).parameters)
    fitted = keras_stand_in.run(script)["model"].fitted
    assert fitted == {"epochs": 70, "verbose": 0, **expected}


@pytest.mark.parametrize(
    "name",
    [
        'x"""+str(__import__("os").system("echo run"))+""".csv',
        "x\\", 'x"', "x'", "'\"", "x\\\"\"\"", "two\nlines", "\x00", "\udcff",
        "{0} %s", "ß😀", "\u202e",
        "\\N{BULLET} \\u0041 \\x41",
    ],
)  # fmt: skip
def test_a_name_of_any_characters_stays_a_text(name: str) -> None:
    setup, parameters = case("plain")
    setup = replace(setup, patterns=replace(setup.patterns, name=name))
    plain = ast.parse(keras_script(*case("plain")))
    tree = ast.parse(keras_script(setup, parameters).encode("utf-8"))
    text = ast.get_docstring(tree, clean=False)
    assert text is not None
    assert text.startswith(f"{name}, 2-")
    assert ast.dump(tree.body[1]) == ast.dump(plain.body[1])
    assert [type(node) for node in tree.body] == [type(node) for node in plain.body]


@pytest.mark.parametrize("name", ["plain", "two groups, binary", "softmax"])
def test_it_prints_the_error_that_the_window_shows(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stand-in's fit trains nothing, so that is the error of the weights in the script."""
    setup, parameters = case(name)
    keras_stand_in.run(keras_script(setup, parameters))
    said = capsys.readouterr().out.splitlines()[0]
    error = new_run(setup).record.train_error
    words = re.fullmatch(r"error E: (\S+) per pattern: (\S+)", said)
    assert words is not None
    assert float(words[1]) == pytest.approx(error, rel=1e-12)
    assert float(words[2]) == pytest.approx(error / len(setup.patterns.train), rel=1e-12)


def test_a_schedule_goes_on_from_the_epoch_of_the_script() -> None:
    setup, parameters = case("schedule")
    assert "SGD(0.5, momentum=0.3)" in keras_script(setup, parameters)
    assert "in [(2, 0.1, 0.8)]" in keras_script(setup, parameters)
    assert "in [(1, 0.1, 0.8)]" in keras_script(setup, parameters, 1)
    later = keras_script(setup, parameters, 2)
    assert "SGD(0.1, momentum=0.8)" in later
    assert "Schedule" not in later
