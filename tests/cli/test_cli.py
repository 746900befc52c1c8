"""The command line: every refusal is a sentence, every ending has its exit code."""

import csv
import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from select import select
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from bpviz import __version__
from bpviz.cli import main
from bpviz.core.learning.optimizers import OPTIMIZERS
from bpviz.core.learning.rules import RULES
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.initializers import INITIALIZERS
from bpviz.core.model.losses import LOSSES
from bpviz.core.run.edits import SetParameters
from bpviz.experiment.experiment import Experiment, Hidden, Stop, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.problems.table import PROBLEMS
from bpviz.session.recording.run_history import RunHistory
from bpviz.session.recording.share_instant import instant_text
from bpviz.sharing.keras_script import keras_script
from bpviz.sharing.link_text import link_text
from bpviz.sharing.shown import EVERYTHING, Shown
from bpviz.ui.views.table import VIEWS
from tests.waiting import DEADLINE, wait_until

EMPTY = ("trajectory", "compare", "draw")  # nothing was chosen for them, or drawn
PICTURES = tuple(f"{key}.png" for key in VIEWS if key not in EMPTY)
OF_XOR = (*PICTURES, "patterns.png", "parameters.png")
"""Its tables are short enough for a picture."""

Said = tuple[int, str, str]
Call = Callable[..., Said]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """call("train", "xor", ...) -> (exit code, stdout, stderr), in this process."""

    def run(*argv: str) -> Said:
        code = main(argv)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def train(call: Call) -> Callable[..., dict[str, Any]]:
    """train("xor", ...) -> what --json prints; the training must succeed."""

    def run(*argv: str) -> dict[str, Any]:
        code, out, err = call("train", *argv, "--json")
        assert code == 0, err
        assert out.count("\n") == 1
        return parsed(out)

    return run


def parsed(line: str) -> dict[str, Any]:
    """Strict JSON: NaN and Infinity are no numbers in it."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return dict(json.loads(line, parse_constant=refuse))


def command(*argv: str, code: str = "") -> list[str]:
    """A command line for another process; ``code`` runs before bpviz."""
    program = f"import sys\n{code}\nfrom bpviz.cli import main\nsys.exit(main())"
    return [sys.executable, "-c", program, *argv]


def run_apart(*argv: str, code: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
    """bpviz in another process."""
    env = {k: v for k, v in os.environ.items() if k not in DISPLAYS} | environ
    return subprocess.run(
        command(*argv, code=code),
        capture_output=True,
        text=True,
        env=env,
        timeout=DEADLINE,
        check=False,
    )


DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

BLOCK = """
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ImportError({message!r}, name=name)
sys.meta_path.insert(0, Block())
"""
NO_QT = BLOCK.format(names=("PySide6", "pyqtgraph"), message="blocked")
NO_EGL = BLOCK.format(
    names=("PySide6",),
    message="libEGL.so.1: cannot open shared object file: No such file or directory",
)


# -- training ------------------------------------------------------------------------------


def test_one_line_of_json_says_how_it_went(train: Callable[..., dict[str, Any]]) -> None:
    said = train("xor", "--epochs", "1500", "--seed", "3")
    assert said["problem"] == "xor"
    assert said["epochs"] == 1500
    assert said["seed"] == 3
    assert said["error_per_pattern"] == pytest.approx(said["error"] / 4)
    assert (said["accuracy"], said["solved"]) == (1.0, True)
    assert (said["test_error"], said["test_accuracy"]) == (None, None)
    assert said["engine"] == "numpy"
    assert said["epochs_per_second"] > 10
    assert said["stopped"] == "1,500 epochs done"
    assert said["version"] == __version__


def test_xor_is_solved_by_nine_of_ten_seeds(train: Callable[..., dict[str, Any]]) -> None:
    assert sum(train("xor", "--seed", str(seed))["solved"] for seed in range(10)) >= 9


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_can_be_trained(train: Callable[..., dict[str, Any]], problem: str) -> None:
    said = train(problem, "--epochs", "2")
    assert said["epochs"] == 2
    assert np.isfinite(said["error"])


def test_test_patterns_are_told_where_there_are_some(
    train: Callable[..., dict[str, Any]],
) -> None:
    said = train("iris", "--epochs", "5")
    assert said["test_error"] > 0.0
    assert 0.0 < said["test_accuracy"] <= 1.0


def test_the_same_seed_gives_the_same_run(train: Callable[..., dict[str, Any]]) -> None:
    runs = [train("moons", "--epochs", "5", "--seed", seed)["error"] for seed in ("7", "7", "8")]
    assert runs[0] == runs[1] != runs[2]


def test_training_stops_when_all_is_right(train: Callable[..., dict[str, Any]]) -> None:
    said = train("xor", "--until-solved")
    assert said["stopped"] == "all patterns solved"
    assert said["solved"]
    assert said["epochs"] < 5000


def test_training_stops_at_an_error(train: Callable[..., dict[str, Any]]) -> None:
    said = train("xor", "--until-error", "0.01")
    assert said["error_per_pattern"] <= 0.01
    assert said["stopped"] == "error per pattern at most 0.01"


def test_no_epochs_show_the_untrained_network(train: Callable[..., dict[str, Any]]) -> None:
    said = train("xor", "--epochs", "0")
    assert (said["epochs"], said["epochs_per_second"]) == (0, None)
    assert said["error"] == pytest.approx(1.0, abs=0.5)


def test_a_summary_for_people(call: Call) -> None:
    code, out, err = call("train", "iris", "--epochs", "5")
    assert code == 0
    assert out.startswith("iris\n")
    assert "4-4-3, seed 0" in out
    assert "after epoch 5: 5 epochs done" in out
    assert "of 120 patterns right" in out
    assert "of 30 patterns right" in out
    assert "standardised" in err


def test_training_that_diverges_fails_with_the_last_finite_numbers(call: Call) -> None:
    code, out, err = call(
        "train", "xor", "--json", "--rate", "1e5", "--activation", "relu", "--output", "linear"
    )
    assert code == 1
    said = parsed(out)
    assert said["stopped"] == "diverged"
    assert said["error"] is not None
    assert "Training diverged" in err
    assert "Lower the learning rate" in err


HOUSES = "size,rooms,price\n" + "".join(f"{50 + i},{1 + i % 4},{100 + 3 * i}\n" for i in range(40))
FLOWERS = "a,b,kind\n" + "".join(
    f"{7 * i % 60},{-i},{('red', 'blue', 'green')[i % 3]}\n" for i in range(60)
)


def test_a_csv_of_classes_gets_fitting_outputs(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    code, out, _ = call("train", str(path), "--epochs", "3")
    assert code == 0
    assert "2-8-3" in out


def test_a_csv_of_numbers_is_learned(train: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    path.write_text(HOUSES)
    options = ("targets=price", "standardise=yes", "standardise_targets=yes")
    said = train(str(path), *(a for o in options for a in ("--option", o)), "--epochs", "300")
    assert said["problem"] == str(path)
    assert said["test_accuracy"] > 0.8


# -- what the options mean -----------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Experiment | None]:
    """The experiments that windows were opened with; no real window opens."""
    seen: list[Experiment | None] = []

    def open_window(experiment: Experiment | None, *others: object) -> int:
        seen.append(experiment)
        return 0

    monkeypatch.setitem(sys.modules, "bpviz.app", types.SimpleNamespace(open_window=open_window))
    return seen


def test_a_table_is_read_in_the_window(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Any] = []
    app = types.SimpleNamespace(open_window=lambda *args: seen.append((args[0], args[-1])) or 0)
    monkeypatch.setitem(sys.modules, "bpviz.app", app)
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3\n")  # refused, with a remedy that the window offers
    flags = ("--option", "missing=mean", "--hidden", "7", "--epochs", "9")
    assert call("--problem", str(path), *flags)[0] == 0
    ((experiment, table),) = seen
    assert experiment is None
    assert (table.problem, table.options) == (str(path), {"missing": "mean"})
    changed = table.change(experiment_for(str(path)))
    assert (changed.hidden[0].size, changed.stop.epochs) == (7, 9)
    for more, word in (
        (("--hidden", "x"), "--hidden"),
        (("--option", "missing=all"), "skip rows"),
        (("--rate", "-1"), "--rate"),
    ):
        code, _, err = call("--problem", str(path), *more)
        assert code == 2
        assert word in err
    path.write_bytes(b"%PDF-1.4 " + bytes(50))
    code, _, err = call("--problem", str(path))
    assert code == 2
    assert "PDF" in err
    assert len(seen) == 1


def test_dropout_is_one_share_or_one_for_each_group(
    call: Call, train: Callable[..., dict[str, Any]]
) -> None:
    plain = train("xor", "--epochs", "30")
    dropped = train("xor", "--epochs", "30", "--dropout", "0.5")
    assert dropped["error"] != plain["error"]
    assert dropped["error"] == train("xor", "--epochs", "30", "--dropout", "0.5")["error"]
    assert train("xor", "--epochs", "30", "--dropout", "0")["error"] == plain["error"]
    two = ("train", "xor", "--hidden", "3,2", "--epochs", "1", "--dropout")
    assert call(*two, "0.1,0.2")[0] == 0
    for wrong, word in (("0.1,0.2,0.3", "one number, or 2"), ("1", "0.95"), ("x", "'x'")):
        code, _, err = call(*two, wrong)
        assert code == 2
        assert "--dropout" in err
        assert word in err


def test_a_lesson_is_opened_by_name_or_file(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Any] = []
    app = types.SimpleNamespace(open_window=lambda *args: seen.append(args[2]) or 0)
    monkeypatch.setitem(sys.modules, "bpviz.app", app)
    mine = tmp_path / "mine.toml"
    mine.write_text('title = "Mine"\nsummary = "s"\n[[step]]\ntitle = "t"\ntext = "t"\n')
    assert call("--lesson", "xor-by-hand")[0] == 0
    assert call("--lesson", str(mine))[0] == 0
    assert [lesson.key for lesson in seen] == ["xor-by-hand", "mine"]
    mine.write_text("title = 1\n")
    code, _, err = call("--lesson", str(mine))
    assert code == 2
    assert "line 1: title must be a text, not 1" in err
    code, _, err = call("--lesson", "nothing")
    assert code == 2
    assert "xor-by-hand" in err


def test_a_link_text_says_what_the_window_shows(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    app = types.SimpleNamespace(open_window=lambda *args: seen.append(args[4]) or 0)
    monkeypatch.setitem(sys.modules, "bpviz.app", app)
    shown = Shown(("loss",), ("seed",))
    for each in (shown, EVERYTHING):
        assert call("--state", link_text(experiment_for("xor"), each))[0] == 0
    assert seen == [shown, None]
    assert (
        call("train", "--state", link_text(experiment_for("xor"), shown), "--epochs", "3")[0] == 0
    )


def test_without_arguments_a_window_opens(call: Call, opened: list[Experiment | None]) -> None:
    assert call()[0] == 0
    assert opened == [None]


@pytest.mark.parametrize(
    ("argv", "hidden"),
    [
        (("--hidden", "3"), (Hidden(3, "logistic"),)),
        (("--hidden", "4,2"), (Hidden(4, "logistic"), Hidden(2, "logistic"))),
        (("--hidden", "4:tanh,2:relu"), (Hidden(4, "tanh"), Hidden(2, "relu"))),
        (("--hidden", "4:tanh,2", "--activation", "relu"), (Hidden(4, "tanh"), Hidden(2, "relu"))),
        (("--activation", "tanh"), (Hidden(3, "tanh"),)),
        (("--hidden", "0"), ()),
        (("--hidden", ""), ()),
    ],
)
def test_hidden_groups(
    call: Call, opened: list[Experiment], argv: tuple[str, ...], hidden: tuple[Hidden, ...]
) -> None:
    assert call("--problem", "xor", *argv)[0] == 0
    assert opened[0].hidden == hidden


@pytest.mark.parametrize(
    ("flag", "value", "field", "meant"),
    [
        ("--output", "tanh", "output", "tanh"),
        ("--init", "normal", "initializer", "normal"),
        ("--spread", "1.5", "spread", 1.5),
        ("--seed", "12", "seed", 12),
        ("--tolerance", ".1", "tolerance", 0.1),
        ("--optimizer", "adam", "training.optimizer", "adam"),
        ("--rate", "1e-2", "training.rate", 0.01),
        ("--batch", "all", "training.batch", "all"),
        ("--batch", "1", "training.batch", 1),
        ("--order", "fixed", "training.order", "fixed"),
        ("--gradient", "mean", "training.reduction", "mean"),
        ("--momentum", "0.5", "training.momentum", 0.5),
        ("--beta1", "0.8", "training.beta1", 0.8),
        ("--beta2", "0.99", "training.beta2", 0.99),
        ("--rho", "0.8", "training.rho", 0.8),
        ("--decay-l1", "0.1", "training.decay_l1", 0.1),
        ("--decay-l2", "0.2", "training.decay_l2", 0.2),
        ("--decay-share", "0.002", "training.decay_share", 0.002),
        ("--epochs", "12", "stop.epochs", 12),
        ("--until-error", "0.5", "stop.error", 0.5),
        ("--until-solved", None, "stop.solved", True),
    ],
)
def test_every_option_sets_its_field_and_no_other(
    call: Call, opened: list[Experiment], flag: str, value: str | None, field: str, meant: object
) -> None:
    assert call("--problem", "xor", flag, *([] if value is None else [value]))[0] == 0
    before, now = fields_of(experiment_for("xor")), fields_of(opened[0])
    assert now.pop(field) == meant
    before.pop(field)
    assert now == before


def fields_of(experiment: Experiment) -> dict[str, object]:
    """Every field by name; those of training and stop as training.rate and so on."""
    flat: dict[str, object] = {}
    for name in Experiment.__dataclass_fields__:
        value = getattr(experiment, name)
        if name in ("training", "stop"):
            flat |= {f"{name}.{n}": getattr(value, n) for n in value.__dataclass_fields__}
        else:
            flat[name] = value
    return flat


def test_a_rule_brings_a_network_that_it_can_train(
    train: Callable[..., dict[str, Any]], opened: list[Experiment]
) -> None:
    figures = train("or", "--rule", "perceptron", "--until-solved")
    assert figures["solved"]
    assert not train("xor", "--rule", "perceptron", "--epochs", "300", "--until-solved")["solved"]
    main(["--problem", "or", "--rule", "delta", "--rate", "0.05"])
    assert (opened[0].hidden, opened[0].output, opened[0].training.rate) == ((), "linear", 0.05)


def test_a_link_text_opens_exactly_its_experiment(
    call: Call, opened: list[Experiment], train: Callable[..., dict[str, Any]]
) -> None:
    given = experiment_for("moons", options={"size": 60}, seed=5, hidden=(Hidden(2, "relu"),))
    text = link_text(given)
    assert call("--state", text)[0] == 0
    assert opened == [given]
    assert call("--state", text, "--rate", "0.125", "--option", "noise=0.2")[0] == 0
    assert opened[1].training.rate == 0.125
    assert opened[1].options == {"size": 60, "noise": 0.2}
    code, out, _ = call("train", "--state", text, "--epochs", "1", "--json")
    assert (code, json.loads(out)["seed"]) == (0, 5)
    for argv in (("--state", text[:-4]), ("--state", text, "--problem", "xor")):
        code, out, err = call(*argv)
        assert (code, out) == (2, "")
        assert " must be " in err


def test_a_link_text_of_an_instant_is_gone_on_from(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    xor = replace(experiment_for("xor"), stop=Stop())
    setup = prepare(xor)
    history = RunHistory(new_run(setup))
    history.edit(SetParameters(np.array([0]), np.array([0.5])))
    history.advance(10)
    text = instant_text(history, setup)
    code, out, _ = call("train", "--state", text, "--epochs", "25", "--json")
    history.advance(15)
    assert (code, json.loads(out)["error"]) == (0, history.run.record.train_error)
    seen: list[Any] = []
    app = types.SimpleNamespace(open_window=lambda *args: seen.append(args[3]) or 0)
    monkeypatch.setitem(sys.modules, "bpviz.app", app)
    assert call("--state", text)[0] == call("--state", text, "--rate", "0.3")[0] == 0
    assert seen[0].until == (10, 0)
    assert seen[1] is None  # another experiment: from its own beginning


def test_a_keras_script_of_the_trained_network_is_written(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "xor.py"
    argv = ("train", "xor", "--epochs", "30", "--export-keras", str(path))
    code, _, err = call(*argv)
    assert code == 0
    assert "builds this network in Keras" in err
    setup = prepare(experiment_for("xor", stop=Stop(epochs=30)))
    run = new_run(setup)
    run.advance(30)
    assert path.read_text("utf-8") == keras_script(setup, run.parameters, 30)
    code, _, err = call(*argv)
    assert code == 1
    assert "exists already" in err
    assert call(*argv, "--force")[0] == 0
    code, _, err = call("train", "or", "--rule", "perceptron", "--export-keras", str(path))
    assert code == 2
    assert "Keras has no perceptron" in err


def test_the_error_is_set(call: Call, opened: list[Experiment]) -> None:
    assert call("--problem", "xor", "--error", "binary")[0] == 0
    assert opened[0].error == "binary"


def test_options_of_problems_are_of_their_kind(call: Call, opened: list[Experiment]) -> None:
    options = ("size=100", "noise=0.2", "data_seed=4")
    assert call("--problem", "moons", *(a for o in options for a in ("--option", o)))[0] == 0
    assert opened[0].options == {"size": 100, "noise": 0.2, "data_seed": 4}
    assert call("--problem", "iris", "--option", "standardise=no")[0] == 0
    assert opened[1].options == {"standardise": False}


def test_without_a_problem_the_options_are_those_of_xor(
    call: Call, opened: list[Experiment]
) -> None:
    assert call("--hidden", "2")[0] == 0
    assert (opened[0].problem, opened[0].hidden) == ("xor", (Hidden(2, "logistic"),))


def test_options_may_stand_before_the_command(train: Callable[..., dict[str, Any]]) -> None:
    code = main(["--seed", "5", "train", "xor", "--epochs", "1", "--json"])
    assert code == 0


# -- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("train", "nonsense"), ("problem", "'nonsense'", "xor", "CSV")),
        (("train",), ("PROBLEM_OR_CSV",)),
        (("train", "xor", "--hidden", "3;2"), ("--hidden", "'3;2'", "4,2")),
        (("train", "xor", "--hidden", "0,3"), ("hidden 1", "0", "from 1 to 1,024")),
        (("train", "xor", "--hidden", "2000"), ("2000", "from 1 to 1,024")),
        (("train", "xor", "--hidden", ",".join("2" * 9)), ("9", "from 0 to 8")),
        (("train", "xor", "--hidden", "3:sine"), ("'sine'", "logistic", "tanh")),
        (("train", "xor", "--activation", "sine"), ("--activation", "'sine'", "tanh")),
        (("train", "xor", "--activation", "step"), ("step", "slope")),
        (("train", "xor", "--output", "softmax"), ("softmax", "two or more")),
        (("train", "xor", "--seed", "x"), ("--seed", "'x'", "a whole number")),
        (("train", "xor", "--seed", "-1"), ("seed", "-1", "from 0 to 4,294,967,295")),
        (("train", "xor", "--rate", "-1"), ("--rate", "'-1'", "from 0")),
        (("train", "xor", "--rate", "nan"), ("--rate", "'nan'")),
        (("train", "xor", "--rate", "fast"), ("--rate", "'fast'", "a number")),
        (("train", "xor", "--batch", "0"), ("batch", "0", "from 1")),
        (("train", "xor", "--batch", "some"), ("--batch", "'some'", "all")),
        (("train", "xor", "--order", "odd"), ("order", "'odd'", "fixed, permuted")),
        (("train", "xor", "--optimizer", "magic"), ("optimizer", "'magic'", "adam")),
        (("train", "xor", "--error", "rude"), ("error", "'rude'", "squared")),
        (("train", "xor", "--error", "categorical"), ("categorical", "softmax")),
        (("train", "xor", "--epochs", "-5"), ("epoch", "-5", "from 0")),
        (("train", "xor", "--epochs", "1.5"), ("--epochs", "'1.5'", "a whole number")),
        (("train", "not", "--option", "size=3"), ("not", "size", "none")),
        (("train", "xor", "--option", "features=x1,x3"), ("--option features", "x1,x3", "x1*x2")),
        (("train", "moons", "--option", "size"), ("--option", "'size'", "NAME=VALUE")),
        (("train", "moons", "--option", "size=few"), ("--option size", "'few'")),
        (("train", "moons", "--option", "size=3"), ("--option size", "not 3", "from 10")),
        (("train", "iris", "--option", "standardise=perhaps"), ("'perhaps'", "yes or no")),
        (("train", "xor", "--colour", "red"), ("--colour", "bpviz")),
        (("train", "xor", "--seed"), ("--seed", "expected one argument")),
        (("train", "missing.csv"), ("missing.csv",)),
        (("list", "colours"), ("'colours'", "problems, activations")),
        (("xor",), ("'xor' is no command", "bpviz --problem xor")),
        (("--problem", "nonsense"), ("problem", "'nonsense'")),
        (("--problem", "xor", "--seed", "x"), ("--seed", "'x'")),
    ],
)
def test_bad_arguments_are_refused_in_a_sentence(
    call: Call, argv: tuple[str, ...], words: tuple[str, ...]
) -> None:
    code, out, err = call(*argv)
    assert code == 2
    assert out == ""
    assert err.startswith("bpviz: ")
    assert err.rstrip().endswith(".")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b,c\n1,2,3\n4,5\n", ("row", "3")),
        (b"", ("empty",)),
        (b"a,b,c\n1,2,3\n1,,3\n", ("line 3", "column 2")),
    ],
)
def test_bad_csv_files_are_refused_in_a_sentence(
    call: Call, tmp_path: Path, content: bytes, words: tuple[str, ...]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    code, out, err = call("train", str(path))
    assert (code, out) == (2, "")
    for word in words:
        assert word in err


# -- lists ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("problems", PROBLEMS),
        ("activations", ACTIVATIONS),
        ("rules", RULES),
        ("optimizers", OPTIMIZERS),
        ("errors", LOSSES),
        ("initializers", INITIALIZERS),
    ],
)
def test_every_row_is_listed(call: Call, kind: str, rows: dict[str, Any]) -> None:
    code, out, _ = call("list", kind)
    assert code == 0
    for name, row in rows.items():
        assert any(line.split()[:1] == [name] and row.label in line for line in out.split("\n"))
    assert out in call("list")[1] + "\n"


def test_options_of_problems_are_listed_in_columns(call: Call) -> None:
    out = call("list", "problems")[1]
    assert "Options: size=500 noise=0.1 test_share=0.5 data_seed=0" in out
    first, second = out.split("\n\n")
    for section in (first, second):
        names = [line for line in section.split("\n")[1:] if line[:3].strip()]
        column = max(len(line.split()[0]) for line in names) + 4
        assert all(line[column - 2 : column].isspace() for line in names)
        assert all(not line[column].isspace() for line in names)


# -- without Qt, without a display ---------------------------------------------------------


@pytest.mark.parametrize(
    "argv", [("train", "iris", "--epochs", "3", "--json"), ("list",), ("--version",)]
)
def test_no_qt_is_needed_without_a_window_or_pictures(argv: tuple[str, ...]) -> None:
    done = run_apart(*argv, code=NO_QT)
    assert (done.returncode, done.stdout != "") == (0, True), done.stderr
    assert "blocked" not in done.stderr


def test_help_and_version_wait_for_nothing_heavy() -> None:
    loaded = "print(sorted({'numpy', 'rich', 'PySide6'} & set(sys.modules)))"
    code = f"import atexit\natexit.register(lambda: {loaded})"
    for argv in (("--version",), ("--help",), ("train", "--help")):
        done = run_apart(*argv, code=code)
        assert done.returncode == 0
        assert done.stdout.endswith("[]\n")


def test_the_module_is_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bpviz", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"bpviz {__version__}\n")


linux = pytest.mark.skipif(sys.platform != "linux", reason="only there can a display be missing")


@linux
@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY"),
        ({"DISPLAY": ":77"}, "DISPLAY is :77"),
        ({"DISPLAY": "not a display"}, "DISPLAY is not a display"),
        ({"WAYLAND_DISPLAY": "nowhere", "XDG_RUNTIME_DIR": "/nowhere"}, "DISPLAY"),
        ({"QT_QPA_PLATFORM": "xcb"}, "DISPLAY"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM is nonsense"),
    ],
)
def test_without_a_display_no_window_opens(environ: dict[str, str], word: str) -> None:
    done = run_apart(**environ)
    assert done.returncode == 2
    assert "There is no display" in done.stderr
    assert word in done.stderr
    assert "`bpviz train PROBLEM`" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("argv", [("train", "xor", "--export", "DIR"), ()])
def test_a_missing_library_names_its_package(argv: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    given = [str(folder) if word == "DIR" else word for word in argv]
    done = run_apart(*given, code=NO_EGL, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 1
    assert "libEGL.so.1 is missing" in done.stderr
    assert "`sudo apt install libegl1" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""  # told before training, not after
    assert not folder.exists()


# -- pictures ------------------------------------------------------------------------------


def test_pictures_and_the_curve_are_written(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    code, out, err = call("train", "iris", "--epochs", "7", "--export", str(folder))
    written = sorted((*PICTURES, "loss.csv", "quality.csv"))
    assert (code, sorted(os.listdir(folder))) == (0, written), err
    for name in PICTURES:
        assert name in out
        image = QImage(str(folder / name))
        assert (image.width(), image.height()) == (1920, 1320)
        assert pixels_of(image).std() > 5.0
        assert image.text("Problem") == "iris"
        assert (image.text("Seed"), image.text("Epoch")) == ("0", "7")


def pixels_of(image: QImage) -> "np.ndarray[Any, Any]":
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def test_the_curve_has_a_row_for_every_epoch_and_epoch_0(
    train: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    said = train("iris", "--epochs", "7", "--export", str(tmp_path))
    rows = list(csv.DictReader((tmp_path / "loss.csv").read_text("utf-8-sig").splitlines()))
    assert [int(row["epoch"]) for row in rows] == list(range(8))
    last = {name: float(value) for name, value in rows[-1].items()}
    for name in ("error", "error_per_pattern", "accuracy", "test_error", "test_accuracy"):
        assert last[name] == said[name]
    assert last["test_error_per_pattern"] == pytest.approx(last["test_error"] / 30)


def test_without_test_patterns_their_columns_are_empty(
    train: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    train("xor", "--epochs", "3", "--export", str(tmp_path))
    rows = list(csv.DictReader((tmp_path / "loss.csv").read_text("utf-8-sig").splitlines()))
    assert {row["test_error"] + row["test_accuracy"] for row in rows} == {""}


def test_pictures_need_no_display(tmp_path: Path) -> None:
    done = run_apart("train", "xor", "--epochs", "5", "--export", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path)) == sorted((*OF_XOR, "loss.csv"))


@linux
def test_pictures_without_fonts_are_remarked_upon(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    argv = ("train", "xor", "--epochs", "5", "--export", str(tmp_path / "out"))
    done = run_apart(*argv, FONTCONFIG_FILE=str(config))
    assert done.returncode == 0
    assert "`sudo apt install fonts-dejavu-core`" in done.stderr


def test_existing_pictures_are_replaced_only_by_force(call: Call, tmp_path: Path) -> None:
    (tmp_path / "loss.png").write_text("precious")
    argv = ("train", "xor", "--epochs", "3", "--export", str(tmp_path))
    code, out, err = call(*argv)
    assert (code, out) == (1, "")
    assert f"{tmp_path / 'loss.png'} could not be written" in err
    assert "--force" in err
    assert os.listdir(tmp_path) == ["loss.png"]
    assert (tmp_path / "loss.png").read_text() == "precious"
    assert call(*argv, "--force")[0] == 0
    assert QImage(str(tmp_path / "loss.png")).width() == 1920


def test_a_folder_that_cannot_be_is_told_before_training(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = call("train", "xor", "--export", str(tmp_path / "file"))
    assert (code, out) == (1, "")
    assert f"{tmp_path / 'file'} could not be written: a file has the folder's name." in err


def test_a_full_disk_is_told_and_leaves_no_part_of_a_file(call: Call, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        code, out, err = call("train", "xor", "--epochs", "2000", "--export", str(tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 1
    assert "after epoch 2,000" in out  # training itself is not lost
    assert f"{tmp_path / 'loss.csv'} could not be written: file too large." in err
    for name in os.listdir(tmp_path):
        assert not QImage(str(tmp_path / name)).isNull()


def test_a_diverged_run_still_gets_its_pictures(call: Call, tmp_path: Path) -> None:
    code, _, err = call(
        "train", "xor", "--rate", "1e5", "--activation", "relu", "--output", "linear",
        "--export", str(tmp_path),
    )  # fmt: skip
    assert (code, err.count("\n")) == (1, 1)
    assert sorted(os.listdir(tmp_path)) == sorted((*OF_XOR, "loss.csv"))


# -- interruptions and terminals -----------------------------------------------------------


@contextmanager
def long_training(folder: Path, **options: Any) -> "Iterator[subprocess.Popen[bytes]]":
    """Training that would take days, under way in another process; with NumPy, as it begins at
    once and does not write millions of rows meanwhile."""
    argv = ("train", "xor", "--epochs", "1000000000", "--engine", "numpy", "--json")
    argv = (*argv, "--export", str(folder))
    # Popen's own context closes the pipes, however the test ends.
    with subprocess.Popen(command(*argv), stdout=subprocess.PIPE, **options) as process:
        try:
            wait_until(lambda: any(f.stat().st_size > 9000 for f in folder.glob(".bpviz-*.part")))
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_ctrl_c_reports_what_was_reached_and_writes_it(tmp_path: Path) -> None:
    with long_training(tmp_path, stderr=subprocess.PIPE) as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    said = parsed(out.decode())
    assert said["stopped"] == "interrupted"
    assert said["epochs"] > 0
    assert f"interrupted after epoch {said['epochs']:,}." in err.decode()
    assert b"Traceback" not in err
    assert sorted(os.listdir(tmp_path)) == sorted((*OF_XOR, "loss.csv"))
    rows = (tmp_path / "loss.csv").read_text("utf-8-sig").splitlines()
    assert rows[-1].startswith(f"{said['epochs']},")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_a_terminal_sees_a_progress_bar(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    shown = bytearray()

    def read() -> bytearray:
        """Take what has come: a terminal that is not read is full at some time."""
        while select([ours], [], [], 0.0)[0]:
            shown.extend(os.read(ours, 1000))
        return shown

    try:
        with long_training(tmp_path, stderr=theirs, env=env) as process:
            wait_until(lambda: b"epochs/s" in read())
            process.send_signal(signal.SIGINT)
            wait_until(lambda: bool(read()) and process.poll() is not None)
            assert process.returncode == 1
    finally:
        os.close(ours)
        os.close(theirs)
    assert b"of 1,000,000,000" in shown
    assert b"right" in shown


def test_output_that_cannot_be_written_is_reported() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("list"), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "bpviz: The output could not be written: no space left on device.\n"


# -- engines -------------------------------------------------------------------------------


def test_the_engine_can_be_chosen(train: Callable[..., dict[str, Any]]) -> None:
    pytest.importorskip("numba")
    one = train("xor", "--epochs", "300", "--engine", "numpy")
    other = train("xor", "--epochs", "300", "--engine", "numba")
    assert (one["engine"], other["engine"]) == ("numpy", "numba")
    assert other["error"] == pytest.approx(one["error"], rel=1e-10)


def test_an_unknown_engine_is_refused(call: Call) -> None:
    code, _, err = call("train", "xor", "--engine", "abacus")
    assert code == 2
    assert "--engine" in err
    assert "auto, numpy, numba" in err


def test_without_numba_a_long_training_says_so_in_a_line_and_goes_on(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "bpviz.core.kernels.numba_kernel", raising=False)
    monkeypatch.delitem(sys.modules, "bpviz.core.kernels.compiled", raising=False)
    monkeypatch.setattr("bpviz.cli.train.WORTH_COMPILING", 0.0)
    monkeypatch.setattr("bpviz.cli.train.is_installed", lambda: False)
    code, out, err = call("train", "xor", "--epochs", "20", "--json")
    assert code == 0
    assert json.loads(out)["engine"] == "numpy"
    assert err.count("\n") == 1
    assert "pip install numba" in err
    code, _, err = call("train", "xor", "--epochs", "20", "--engine", "numba")
    assert code == 2
    assert "numba" in err
