"""Reads lessons from TOML files; errors are sentences that name the file and the line."""

import re
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from bpviz.core.run.cursor import GRAINS
from bpviz.core.values import (
    BadValue,
    Unquoted,
    check_choice,
    check_number,
    check_whole,
    meant,
    one_of,
    quoted,
)
from bpviz.experiment.comparison import PRESETS
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.mapping import Table, experiment_from
from bpviz.experiment.prepare import build_network
from bpviz.lessons.claims import CLAIMS
from bpviz.lessons.claims_of_seeds import VARIANTS
from bpviz.lessons.model import BadLesson, Claim, Lesson, LessonStep, StepRace, StepSettings
from bpviz.lessons.races import RACE_FIELDS, race_of
from bpviz.lessons.toml_lines import TomlPath, line_of
from bpviz.lessons.weights_by_hand import ByHand
from bpviz.problems.table import PROBLEMS, find_problem
from bpviz.resources import resource
from bpviz.sharing.shown import ALWAYS, Shown, shown_from

MAX_BYTES, MAX_STEPS, MAX_EPOCHS = 1_000_000, 200, 1_000_000
MAX_TEXT, MAX_FORMULAS, MAX_CELLS = 20_000, 50, 1_000
"""Characters, formulas and cells of tables (their bars) of one text: what the lesson panel lays
out without a wait."""

MAX_FORMULA, MAX_NESTED = 300, 5
"""Characters of a formula, and braces or brackets inside one another: the time that a formula takes
grows exponentially with their depth."""

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_BRACE = re.compile(r"\\left|\\right|\\.|[{}]", re.DOTALL)

_LONG_KEY = re.compile(
    r"""(?:^|[{,])[ \t]*+\[*+[ \t]*+(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""",
    re.MULTILINE,
)
"""A key of more than 100 parts: tomllib's time grows with the square of their number."""

T = TypeVar("T")
Fields = Mapping[str, type | tuple[type, ...]]


def shipped_lessons() -> dict[str, Path]:
    """The files of the lessons that come with bpviz, by key."""
    return {path.stem: path for path in sorted(resource("lessons").glob("*.toml"))}


def all_lessons() -> tuple[Lesson, ...]:
    """Every lesson that comes with bpviz, in the order in which they are taught."""
    lessons = [load_lesson(path) for path in shipped_lessons().values()]
    return tuple(sorted(lessons, key=lambda lesson: lesson.order))


def find_lesson(name_or_path: str) -> Lesson:
    """The lesson of this key, or in this file. Raises BadLesson, or BadValue for no such one."""
    shipped = shipped_lessons()
    if name_or_path in shipped:
        return load_lesson(shipped[name_or_path])
    if name_or_path.lower().endswith(".toml"):
        return load_lesson(Path(name_or_path))
    allowed = f"the path of a .toml file, or {one_of(shipped)}"
    raise BadValue("lesson", name_or_path, allowed, meant(name_or_path, shipped))


def load_lesson(path: Path) -> Lesson:
    """The lesson in a file. Raises BadLesson."""
    return _LessonReader(path, _read(path)).lesson()


def _read(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # reading a pipe or a device may never end
            raise BadLesson(f"Lesson {path.name}: it must be a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BadLesson(f"Lesson {path.name}: a lesson has at most {MAX_BYTES:,} bytes.")
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadLesson(f"Lesson {path.name}: it must be UTF-8 text ({error.reason}).") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadLesson(f"Lesson {path.name}: it cannot be read: {reason}.") from None


def _parsed(name: str, text: str) -> Table:
    """The tables of a lesson's text. Raises BadLesson."""
    if (found := _LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise BadLesson(f"Lesson {name}, line {line}: a key must have at most 100 parts.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadLesson(f"Lesson {name}: lists or tables are nested too deeply.") from None
    except ValueError as error:  # of TOML's grammar, or an integer of thousands of digits
        raise BadLesson(f"Lesson {name}: {str(error).rstrip('.')}.") from None


class _LessonReader:
    """Builds the records of one file; every error names its line."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text
        self._root = _parsed(path.name, text)

    def lesson(self) -> Lesson:
        """The whole file."""
        root = self._root
        self._known(root, (), _LESSON_FIELDS)
        steps = self._tables(root, "step", ())
        shown = self._window(root, (), None)
        if not steps:
            raise self._bad((), "step", "a lesson has at least one [[step]]")
        if len(steps) > MAX_STEPS:
            raise self._bad((), "step", f"a lesson has at most {MAX_STEPS} steps")
        return Lesson(
            key=self._path.stem,
            title=self._text_of(root, (), "title"),
            summary=self._text_of(root, (), "summary"),
            row=root.get("row", ""),
            order=root.get("order", 1000.0),
            minutes=root.get("minutes", 10),
            sources=tuple(root.get("sources", ())),
            steps=tuple(self._step(t, (("step", s),), shown) for s, t in enumerate(steps)),
            path=self._path,
        )

    def _step(self, table: Table, at: TomlPath, shown: Shown | None) -> LessonStep:
        self._known(table, at, _STEP_FIELDS)
        experiment = None
        if "experiment" in table:
            experiment = self._experiment(table["experiment"], (*at, ("experiment", 0)), None)
        state = self._state(table.get("state", {}), (*at, ("state", 0)), experiment)
        race = (
            self._race(table["race"], (*at, ("race", 0)), experiment) if "race" in table else None
        )
        shown = self._window(table, at, shown)
        for key in state.show:
            if shown is not None and not shown.has(key):
                allowed = f"{one_of((ALWAYS, *(shown.panels or ())))}, the panels of [window]"
                raise self._refusal((*at, ("state", 0)), "show", BadValue("show", key, allowed))
        claims = tuple(
            self._claim(claim, (*at, ("claim", c)), experiment, state, race)
            for c, claim in enumerate(self._tables(table, "claim", at))
        )
        return LessonStep(
            title=self._text_of(table, at, "title"),
            text=self._text_of(table, at, "text"),
            try_it=self._optional_text(table, at, "try"),
            question=self._optional_text(table, at, "question"),
            answer=self._optional_text(table, at, "answer"),
            experiment=experiment,
            state=state,
            claims=claims,
            race=race,
            shown=shown,
        )

    def _window(self, table: Table, at: TomlPath, usual: Shown | None) -> Shown | None:
        """What [window] in this table reduces the window to, with the lesson's own panel."""
        if "window" not in table:
            return usual
        at = (*at, ("window", 0))
        self._known(table["window"], at, _WINDOW_FIELDS)
        return self._guard(at, lambda: shown_from(table["window"]).with_panel("lesson"))

    def _experiment(self, table: Table, at: TomlPath, base: Experiment | None) -> Experiment:
        return self._guard(at, lambda: experiment_from(table, base))

    def _state(self, table: Table, at: TomlPath, experiment: Experiment | None) -> StepSettings:
        self._known(table, at, _STATE_FIELDS)
        return self._guard(at, lambda: _state(table, experiment))

    def _race(self, table: Table, at: TomlPath, experiment: Experiment | None) -> StepRace:
        self._known(table, at, RACE_FIELDS)
        if experiment is None:
            raise self._bad(at, "", "a race needs an experiment beside it")
        for key in table:  # one by one, so that the error names the line
            self._guard(at, partial(race_of, {key: table[key]}, experiment), key)
        return self._guard(at, lambda: race_of(table, experiment))

    def _claim(
        self,
        table: Table,
        at: TomlPath,
        base: Experiment | None,
        state: StepSettings,
        race: StepRace | None,
    ) -> Claim:
        says, kind = self._text_of(table, at, "says"), self._text_of(table, at, "kind")
        self._guard(at, lambda: check_choice("kind", kind, CLAIMS), "kind")
        experiment = base
        if "experiment" in table:
            experiment = self._experiment(table["experiment"], (*at, ("experiment", 0)), base)
        if experiment is None:
            raise self._bad(at, "experiment", "the step or the claim needs an experiment")
        holds = table.get("holds", True)
        if not isinstance(holds, bool):
            raise self._refusal(at, "holds", BadValue("holds", holds, "true or false"))
        given = {name: value for name, value in table.items() if name not in _CLAIM_FIELDS}
        for key, value in given.items():
            if key in VARIANTS and isinstance(value, dict):
                given[key] = self._experiment(value, (*at, (key, 0)), experiment)
        values = self._guard(at, lambda: CLAIMS[kind].complete(given))
        claim = Claim(says, kind, holds, experiment, state, values, race)
        self._guard(at, lambda: CLAIMS[kind].check_fit(claim))
        return claim

    # -- errors ------------------------------------------------------------------------

    def _bad(self, at: TomlPath, key: str, reason: str) -> BadLesson:
        line = line_of(self._text, at, key)
        end = "" if reason.endswith("?") else "."
        return BadLesson(f"Lesson {self._path.name}, line {line}: {reason}{end}")

    def _refusal(self, at: TomlPath, key: str, error: BadValue) -> BadLesson:
        return self._bad(at, key, str(error).removesuffix("."))

    def _guard(self, at: TomlPath, make: Callable[[], T], key: str = "") -> T:
        try:
            return make()
        except BadValue as error:
            raise self._refusal(at, key or error.field, error) from None
        except (TypeError, ValueError, AttributeError) as error:
            raise self._bad(at, key, str(error).rstrip(".")) from None

    def _known(
        self, table: Table, at: TomlPath, fields: Mapping[str, type | tuple[type, ...]]
    ) -> None:
        for key, value in table.items():
            if key not in fields:
                error = BadValue("name", key, one_of(fields), meant(key, fields))
                raise self._refusal(at, key, error)
            wrong = isinstance(value, bool) and fields[key] is not bool
            if wrong or not isinstance(value, fields[key]):
                raise self._refusal(at, key, BadValue(key, value, _kind(fields[key])))

    def _text_of(self, table: Table, at: TomlPath, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            found = Unquoted("missing") if value is None else value
            raise self._refusal(at, key, BadValue(key, found, "a text that is not empty"))
        return self._optional_text(table, at, key)

    def _optional_text(self, table: Table, at: TomlPath, key: str) -> str:
        text = str(table.get(key, "")).strip()
        if len(text) > MAX_TEXT:
            raise self._bad(at, key, f"{key} must have at most {MAX_TEXT:,} characters")
        if text.count("$") > 2 * MAX_FORMULAS:
            raise self._bad(at, key, f"{key} must have at most {MAX_FORMULAS} formulas")
        if text.count("|") > MAX_CELLS:
            raise self._bad(at, key, f"{key} must have at most {MAX_CELLS:,} cells in tables")
        for match in _FORMULA.finditer(text):
            self._check_formula(at, key, match[1] or match[2])
        return text

    def _check_formula(self, at: TomlPath, key: str, tex: str) -> None:
        if len(tex) > MAX_FORMULA:
            size = f"at most {MAX_FORMULA} characters in a formula"
        elif _depth(tex) > MAX_NESTED:
            size = f"formulas with at most {MAX_NESTED} braces or brackets inside one another"
        else:
            return
        raise self._bad(at, key, f"{key} must have {size}, not {quoted(tex)}")

    def _tables(self, table: Table, key: str, at: TomlPath) -> list[Table]:
        tables = table.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            raise self._refusal(at, key, BadValue(key, tables, f"written as tables [[{key}]]"))
        return tables


def _depth(tex: str) -> int:
    """How many braces and \\left are open at once, at most."""
    steps = {"{": 1, "\\left": 1, "}": -1, "\\right": -1}
    return max(accumulate(steps.get(brace, 0) for brace in _BRACE.findall(tex)), default=0)


_LESSON_FIELDS: Fields = {
    "title": str, "summary": str, "row": str, "order": (int, float), "minutes": int,
    "sources": list, "window": dict, "step": list,
}  # fmt: skip
_STEP_FIELDS: Fields = {
    "title": str, "text": str, "try": str, "question": str, "answer": str, "experiment": dict,
    "state": dict, "race": dict, "window": dict, "claim": list,
}  # fmt: skip
_STATE_FIELDS: Fields = {
    "weights": dict, "biases": dict, "epochs": int, "speed": (int, float), "pattern": int,
    "show": list, "choices": dict, "grain": str, "look": dict, "compare": dict, "solve": bool,
}  # fmt: skip
_WINDOW_FIELDS: Fields = {"panels": list, "hide": list}
_CLAIM_FIELDS = ("says", "kind", "holds", "experiment")
_KINDS: dict[type, str] = {
    str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "a table",
    bool: "true or false",
}  # fmt: skip


def _kind(types: type | tuple[type, ...]) -> str:
    return _KINDS[types if isinstance(types, type) else types[-1]]


def _list(names: Any) -> str:
    return ", ".join(names)


def _state(table: Table, experiment: Experiment | None) -> StepSettings:
    epochs, speed, grain = table.get("epochs", 0), table.get("speed"), table.get("grain", "epoch")
    check_whole("epochs", epochs, 0, MAX_EPOCHS)
    check_choice("grain", grain, GRAINS)
    if speed is not None:
        check_number("speed", speed, 0.1, 1e6)
    compare = _comparison(table["compare"]) if "compare" in table else None
    _check_show(table.get("show", ()))
    _check_choices(table.get("choices", {}))
    plain = StepSettings(
        epochs=epochs,
        speed=speed,
        show=tuple(table.get("show", ())),
        choices=table.get("choices", {}),
        grain=grain,
        compare=compare,
        solve=table.get("solve", False),
    )
    if experiment is None:
        if {*table} & {"weights", "biases", "epochs", "pattern", "look", "compare", "solve"}:
            raise BadValue("state", Unquoted("alone"), "beside an experiment")
        return plain
    return _with_network(plain, table, experiment)


def _check_show(keys: Sequence[object]) -> None:
    for key in keys:
        if not isinstance(key, str):
            raise BadValue("show", key, "the key of a view or panel")


def _check_choices(choices: Table) -> None:
    """Check the types: a table of plain values for each view. The views check the keys."""
    for view, values in choices.items():
        if not isinstance(values, dict):
            raise BadValue(f"choices.{view}", values, "a table of what to choose")
        for name, value in values.items():
            if not isinstance(value, str | int | float | bool):
                raise BadValue(f"choices.{view}.{name}", value, "a text, a number, true or false")


def _with_network(plain: StepSettings, table: Table, experiment: Experiment) -> StepSettings:
    """The settings with those that depend on the network or on the patterns."""
    weights, biases = table.get("weights", {}), table.get("biases", {})
    given = ByHand(weights, biases, table.get("look"), table.get("pattern"))
    if not given:
        return plain  # no need to load the patterns
    if experiment.problem not in PROBLEMS:  # reading a table may take long
        return replace(plain, unchecked=given)
    patterns = find_problem(experiment.problem).load(experiment.options)
    network = build_network(experiment, patterns)
    return replace(
        plain, pattern=given.row(len(patterns.train)), edits=given.edits(network),
        look=given.reference(network),
    )  # fmt: skip


def _comparison(table: Table) -> tuple[str, int]:
    for key in table:
        check_choice("compare", key, ("preset", "epochs"))
    preset, epochs = table.get("preset", ""), table.get("epochs", 500)
    check_choice("compare", preset, [row.key for row in PRESETS])
    check_whole("compare", epochs, 1, MAX_EPOCHS)
    return preset, epochs
