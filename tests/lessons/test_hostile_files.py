"""Files that are made to harm, or by mistake: a sentence, at once."""

import os
import sys
from pathlib import Path
from time import process_time

import pytest

from bpviz.lessons.loader import MAX_FORMULAS, MAX_STEPS, MAX_TEXT, load_lesson
from bpviz.lessons.model import BadLesson

SECONDS = 3.0
"""Of the processor: what grows with the square of a length takes more."""

HEAD = 'title = "One"\nsummary = "About one thing."\n'
STEP = '[[step]]\ntitle = "First"\ntext = "Text"\n'
STATE = STEP + "[step.state]\n"

HOSTILE = {
    "nested lists": ("a = " + "[" * 100_000, "nested too deeply"),
    "nested tables": ("a = " + "{a = " * 50_000, "nested too deeply"),
    "a long integer": ("a = " + "9" * 5_000, "digits"),
    "a long key": (HEAD + ".".join(["a"] * 100_000) + " = 1\n", "line 3: a key must have at most"),
    "a long header": (HEAD + "[" + ".".join(["a"] * 100_000) + "]\n", "line 3: a key must have"),
    "a long quoted key": (".".join(['"a b"'] * 200) + " = 1\n", "at most 100 parts"),
    "a long key in a table": (
        "a = {b = 1, " + ".".join(["a"] * 100_000) + " = 1}\n", "at most 100 parts",
    ),
    "many empty lines": (HEAD + "\n" * 50_000, "at least one [[step]]"),
    "a line of blanks": (
        HEAD + STEP + " " * 20_000 + "\nwrong = 1\n", "line 7: name must be one of",
    ),
    "a line of tabs": (
        HEAD + STEP + "\t" * 20_000 + "wrong = 1\n", "line 6: name must be one of",
    ),
    "blanks in a header": (
        HEAD + STEP + "[" + " " * 20_000 + "step.nothing]\n", "name must be one of",
    ),
    "many tables": (
        HEAD + "\n".join(f"[[a{n}]]" for n in range(9_000)), "name must be one of title",
    ),
    "many steps": (HEAD + STEP * (MAX_STEPS + 1), "at most 200 steps"),
    "a long text": (
        HEAD + STEP.replace("Text", "x" * (MAX_TEXT + 1)), "line 5: text must have at most 20,000",
    ),
    "a long hint": (HEAD + STEP + f'try = "{"x" * (MAX_TEXT + 1)}"\n', "line 6: try must have"),
    "many formulas": (
        HEAD + STEP.replace("Text", "$x$ " * (MAX_FORMULAS + 1)), "line 5: text must have at most",
    ),
    "a long formula": (HEAD + STEP.replace("Text", f"${'x+' * 200}x$"), "at most 300 characters"),
    "nested subscripts": (
        HEAD + STEP.replace("Text", f"${'x_{' * 12}1{'}' * 12}$"),
        "line 5: text must have formulas with at most 5 braces",
    ),
    "nested brackets": (
        HEAD + STEP.replace('"Text"', "'$" + r"\left(" * 9 + "x" + r"\right)" * 9 + "$'"),
        "line 5: text must have formulas with at most 5 braces",
    ),
    "a large table": (
        HEAD + STEP.replace('"Text"', "'''\n" + ("|a" * 20 + "\n") * 60 + "'''"),
        "must have at most 1,000 cells",
    ),
    "docks in lists": (HEAD + STATE + 'show = [["loss"]]\n', "line 7"),
    "choices of no table": (HEAD + STATE + "choices = { loss = 1 }\n", "choices.loss"),
    "a choice of a list": (
        HEAD + STATE + "choices = { output = { mode = [1] } }\n", "choices.output.mode",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_lesson_is_a_sentence(tmp_path: Path, name: str) -> None:
    text, words = HOSTILE[name]
    (tmp_path / "one.toml").write_text(text)
    before = process_time()
    with pytest.raises(BadLesson) as refusal:
        load_lesson(tmp_path / "one.toml")
    assert process_time() - before < SECONDS
    sentence = str(refusal.value)
    assert sentence.startswith("Lesson one.toml")
    assert words in sentence
    assert len(sentence) < 500


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_a_pipe_or_a_device_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "one.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    (tmp_path / "folder.toml").mkdir()
    for name in ("one", "zero", "folder"):
        with pytest.raises(BadLesson, match=f"{name}.toml: it must be a file"):
            load_lesson(tmp_path / f"{name}.toml")
