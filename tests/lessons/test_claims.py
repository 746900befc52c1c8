"""Each kind of claim can fail: what is not so is found not to be so."""

from pathlib import Path

import pytest

from bpviz.lessons.claims import CLAIMS, check
from bpviz.lessons.loader import load_lesson
from bpviz.lessons.model import BadLesson

XOR = 'problem = "xor"'
STEP = f'{XOR}\nhidden = []\noutput = "step"'

FALSE = {
    "solved": (XOR, "seeds = 2\nepochs = 3\nat_least = 0.5"),
    "solved-gap": (XOR, "seeds = 3\nepochs = 400\npoints = 50\na = { seed = 1 }\nb = { seed = 1 }"),
    "faster": (XOR, "seeds = 3\nepochs = 400\ntimes = 2\na = { seed = 0 }\nb = { seed = 0 }"),
    "race": (f"{XOR}\n[step.race]\nhidden = [2]\nseeds = 3\nepochs = 3",
             'shares = { "2 hidden" = [0.5, 1] }'),
    "reaches": (XOR, "seeds = 2\nepochs = 10\nat_most = 0.01"),
    "answers": (STEP, ""),
    "solvable": (STEP, 'weights = { "input > output" = [[1], [1]] }\nbiases = { output = [-0.5] }'),
    "activations": (XOR, 'group = "hidden 1"\ntable = [[0, 0], [1, 1]]'),
    "terms": (f"{XOR}\ntraining = {{ decay_l2 = 0.1 }}", ""),
    "published": ('problem = "worked-example"', "summed_error = 0.5967\nwithin = 1e-8"),
    "stops-best": ('problem = "noisy-sine"\nstop = { patience = 5 }', "epochs = 200\nat_most = 0"),
    "parting": ('problem = "plane"\nhidden = []', "epochs = 20"),
    "outside": ('problem = "abs"\nhidden = [{ size = 4, activation = "relu" }]',
                "epochs = 300\ntimes = 1000"),
    "dead-units": (XOR, "epochs = 10"),
    "plateau": (XOR, "epochs = 60\nat_least = 30\nsolved = true"),
    "collapses": (XOR, ""),
    "separable": (STEP, ""),
    "codes": ('problem = "encoder"', 'group = "hidden 1"\nepochs = 3\nsolved = false'),
    "mirrored": ('problem = "symmetry"',
                 'weights = "input > hidden 1"\nepochs = 3\nsolved = false'),
    "signs": (XOR, 'weights = "hidden 1 > output"\nsigns = ["+", "+"]\nepochs = 3'),
    # More numbers than are written out: they are packed, and this claim wants to read them.
    "keras": ('problem = "digits"\nhidden = [{ size = 32 }]', ""),
}  # fmt: skip


def test_every_kind_is_tried() -> None:
    assert set(FALSE) == set(CLAIMS)


def test_a_claim_about_a_race_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "raceless.toml"
    path.write_text(
        'title = "t"\nsummary = "s"\n[[step]]\ntitle = "t"\ntext = "t"\n[step.experiment]\n'
        f'{XOR}\n[[step.claim]]\nsays = "s"\nkind = "race"\nshares = {{}}\n'
    )
    with pytest.raises(BadLesson, match=r"line 10: kind must be .*, not 'race': .*\[step.race\]"):
        load_lesson(path)


@pytest.mark.parametrize("kind", CLAIMS)
def test_a_false_claim_is_found_out(kind: str, tmp_path: Path) -> None:
    experiment, fields = FALSE[kind]
    path = tmp_path / "false.toml"
    for holds in ("true", "false"):
        path.write_text(
            'title = "t"\nsummary = "s"\n[[step]]\ntitle = "t"\ntext = "t"\n'
            f"[step.experiment]\n{experiment}\n"
            f'[[step.claim]]\nsays = "s"\nkind = "{kind}"\nholds = {holds}\n{fields}\n'
        )
        verdict = check(load_lesson(path).steps[0].claims[0])
        assert verdict.holds == (holds == "false"), verdict.found
        assert verdict.found
