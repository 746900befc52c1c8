"""Every activation, optimizer and error works wherever rows are read, and so does a new one.

Two rows are added here for the length of a test. All others are compiled already; of these two the
compiled functions are held to NumPy's.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from bpviz.cli import main
from bpviz.core.learning.optimizers import OPTIMIZERS, Optimizer, StepTerm
from bpviz.core.learning.rules import RULES
from bpviz.core.microscope.formulas import change_tex
from bpviz.core.microscope.microscope import parameter_change
from bpviz.core.microscope.terms import unmarked
from bpviz.core.model.activations import ACTIVATIONS, Activation, ByUnit
from bpviz.core.model.losses import LOSSES
from bpviz.core.model.references import parameter_at
from bpviz.core.race.plan import RacePlan
from bpviz.core.race.race import run_starts
from bpviz.core.run.observe import next_update
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for, with_rule
from bpviz.experiment.prepare import PreparedExperiment, new_run, prepare, start_of
from bpviz.sharing.keras_script import keras_script
from bpviz.sharing.link_text import experiment_of, link_text
from bpviz.ui.toolkit.drawing.formula import typeset

EPOCHS = 25

# -- two rows that the program does not have -----------------------------------------------


def _arctan(net: Any, act: Any) -> None:
    np.arctan(net, act)


def _arctan_derivative(act: Any, out: Any) -> None:
    np.cos(act, out)
    np.multiply(out, out, out)


ARCTAN = Activation(
    "test-arctan", "arc tangent", r"\arctan(net)", r"\cos(o)\cos(o)",
    _arctan, _arctan_derivative, -math.pi / 2, math.pi / 2,
    ByUnit(math.atan, lambda act: math.cos(act) * math.cos(act)),
    keras="lambda net: ops.arctan(net)",
)  # fmt: skip


def _sign(t: Any, parameters: Any, neg_gradient: Any, memory: Any, change: Any, n: int) -> None:
    np.sign(neg_gradient, out=change)
    np.multiply(change, t.rate, out=change)
    np.add(parameters, change, out=parameters)


def _sign_compiled(t: Any, neg_gradient: Any, state: Any, count: int) -> None:
    for k in range(len(neg_gradient)):
        state[1, k] = np.sign(neg_gradient[k]) * t.rate


SIGN = Optimizer(
    "test-sign", "sign descent", r"\Delta w=\epsilon\,\mathrm{sgn}\,g", 0, ("rate",),
    _sign, _sign_compiled,
    lambda t, g, memory, count: (
        StepTerm("sign of the direction", r"\mathrm{sgn}\,g", float(np.sign(g)), False),
    ),
    lambda s: rf"{s.change} = {s.rate}\,\mathrm{{sgn}}({s.direction})",
    keras="keras.optimizers.Lion({0.rate!r}, beta_1=0.0, beta_2=0.0)",
)  # fmt: skip

NEW = {"activations": ARCTAN, "optimizers": SIGN}
TABLES: dict[str, dict[str, Any]] = {
    "activations": ACTIVATIONS, "optimizers": OPTIMIZERS, "errors": LOSSES,
}  # fmt: skip

# -- an experiment for each row ------------------------------------------------------------


def of_activation(name: str) -> Experiment:
    """In a hidden group; where it has no slope, as the output of a rule for it."""
    if ACTIVATIONS[name].differentiable:
        return experiment_for("xor", hidden=(Hidden(3, name),))
    rule = next(row.name for row in RULES.values() if name in row.outputs)
    return with_rule(experiment_for("or"), rule)


def of_optimizer(name: str) -> Experiment:
    experiment = experiment_for("xor", hidden=(Hidden(3),))
    training = replace(experiment.training, optimizer=name, rate=0.01, decay_l2=1e-3)
    return replace(experiment, training=training)


def of_error(name: str) -> Experiment:
    """With the only output it allows, or with logistic ones."""
    row = LOSSES[name]
    output = row.canonical if row.only_canonical else "logistic"
    experiment = experiment_for("iris", hidden=(Hidden(3),), output=output, error=name)
    return replace(experiment, training=replace(experiment.training, rate=1e-3))


MAKE = {"activations": of_activation, "optimizers": of_optimizer, "errors": of_error}


@dataclass(frozen=True)
class Case:
    """A row of a table; ``is_new``: one that is added for the test."""

    table: str
    row: Any
    is_new: bool = False

    def setup(self, seed: int = 0) -> PreparedExperiment:
        experiment = MAKE[self.table](self.row.name)
        return prepare(replace(experiment, stop=Stop(), seed=seed))


CASES = [
    *(Case(table, row) for table, rows in TABLES.items() for row in rows.values()),
    *(Case(table, row, True) for table, row in NEW.items()),
]


@pytest.fixture(params=CASES, ids=lambda case: case.row.name)
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Case:
    found: Case = request.param
    monkeypatch.setitem(TABLES[found.table], found.row.name, found.row)
    return found


# -- where rows are read -------------------------------------------------------------------


def test_both_engines(case: Case) -> None:
    pytest.importorskip("numba")
    one, other = new_run(case.setup()), new_run(case.setup())
    if case.is_new:  # never other numbers without a word
        with pytest.raises(BadValue, match="rows were added"):
            other.use("numba")
        return
    other.use("numba")
    assert other.engine == "numba"
    for run in (one, other):
        run.advance(EPOCHS)
    np.testing.assert_allclose(other.parameters, one.parameters, rtol=1e-9, atol=1e-11)
    assert other.record.train_error == pytest.approx(one.record.train_error, rel=1e-9)


def from_python(part: Any) -> Any:
    """A function that calls a compiled part, which only compiled code can call."""
    import numba

    return numba.njit(lambda *arguments: part(*arguments))


def test_compiled_functions_of_a_new_activation() -> None:
    pytest.importorskip("numba")
    from bpviz.core.kernels.row_code import KernelRows, activation_code, deltas_code

    rows = KernelRows((ARCTAN,), (), ())
    net, err = np.random.default_rng(0).normal(size=(2, 3, 16))
    act, delta = net.copy(), err.copy()
    from_python(activation_code(rows))(0, act, 0, 2, 16)
    from_python(deltas_code(rows))(0, act, delta, 0, 2, 16)
    expected, slopes = np.empty_like(net), np.empty_like(net)
    ARCTAN.function(net, expected)
    ARCTAN.derivative(expected, slopes)
    np.testing.assert_allclose(act[:2], expected[:2], rtol=1e-14)
    np.testing.assert_allclose(delta[:2], (err * slopes)[:2], rtol=1e-13)
    assert (act[2] == net[2]).all()
    assert (delta[2] == err[2]).all()


def test_compiled_step_of_a_new_optimizer() -> None:
    numba = pytest.importorskip("numba")
    from bpviz.core.kernels.plan import settings_of
    from bpviz.core.kernels.row_code import KernelRows, numbers_code, step_code

    training = replace(of_optimizer("descent").training, rate=0.25)
    neg_gradient, state = np.array([1.5, -0.5, 0.0]), np.zeros((4, 3))
    numbers, step = numbers_code(), step_code(KernelRows((), (), (SIGN,)))
    update = numba.njit(lambda settings, g, s: step(0, numbers(settings), g, s, 1))
    update(settings_of(training), neg_gradient, state)
    np.testing.assert_array_equal(state[1], [0.25, -0.25, 0.0])


def test_race(case: Case) -> None:
    """Networks in lockstep are solved in the epochs in which they are solved alone."""
    setups = [case.setup(seed) for seed in range(3)]
    outcomes = run_starts([start_of(setup) for setup in setups], RacePlan(EPOCHS))
    for setup, error in zip(setups, outcomes.error, strict=True):
        run = new_run(setup)
        run.advance(EPOCHS)
        assert error == pytest.approx(run.record.train_error, rel=1e-9)


def test_microscope(case: Case) -> None:
    """Every term adds up to what the update then does; formulas are ones that can be typeset."""
    run = new_run(case.setup())
    run.advance(2)
    update = next_update(run)
    trace = update.trace()
    looked = [
        parameter_change(update, trace, parameter_at(update.network, index))
        for index in range(len(run.change))
    ]
    run.advance(1, until=run.update + 1)
    assert [c.change for c in looked] == pytest.approx(run.change.tolist(), rel=1e-9, abs=1e-12)
    assert run.change.any()
    for change in looked:
        if all(term.adds for term in change.steps) and change.steps:
            assert sum(term.value for term in change.steps) == pytest.approx(change.change)
    tex = change_tex(update, looked[0])
    for symbols in (case.row.tex, getattr(case.row, "derivative_tex", "1"), tex):
        formula = typeset(unmarked(symbols), 12.0, "#000000")
        assert formula is not None


def test_keras_script(case: Case) -> None:
    setup = case.setup()
    parameters = new_run(setup).parameters
    if case.table == "activations" and not case.row.keras:
        with pytest.raises(BadValue):
            keras_script(setup, parameters)
        return
    script = keras_script(setup, parameters)
    compile(script, "script", "exec")
    training = setup.experiment.training
    written = case.row.keras.format(training) if case.table == "optimizers" else case.row.keras
    assert written in script


def test_link_text(case: Case) -> None:
    experiment = case.setup().experiment
    assert experiment_of(link_text(experiment)) == experiment


def test_command_line(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", case.table]) == 0
    listed = capsys.readouterr().out
    assert any(line.split()[:1] == [case.row.name] for line in listed.splitlines())
    assert case.row.label in listed
    experiment = case.setup().experiment
    argv = ["train", "--state", link_text(experiment), "--epochs", "3", "--engine", "numpy"]
    assert main(argv) == 0
