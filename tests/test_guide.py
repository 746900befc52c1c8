"""The README and the guide say what is true: links, commands, tables, paths and examples."""

import argparse
import json
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from bpviz.cli import command
from bpviz.cli.command import DONE, main
from bpviz.core.run.cursor import GRAINS
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Experiment
from bpviz.lessons import loader
from bpviz.lessons.claims import CLAIMS, check
from bpviz.lessons.loader import load_lesson
from bpviz.problems.table import PROBLEMS, find_problem
from bpviz.problems.tables import formats
from bpviz.problems.tables.problem import OPTIONS as CSV_OPTIONS
from bpviz.resources import resource
from bpviz.sharing.shown import EVERYTHING
from bpviz.ui.export.tables import TABLES
from bpviz.ui.panels.experiment.parts import PARTS, SECTIONS
from bpviz.ui.panels.guide.pages import anchor_of, links_of, read_page, read_pages
from bpviz.ui.panels.table import PANELS
from bpviz.ui.views.table import VIEWS
from bpviz.ui.window.actions import ACTIONS
from bpviz.ui.window.guide import ALLOWED

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDE = sorted(resource("guide").glob("*.md"))
TEXTS = [README, *GUIDE, *sorted((ROOT / ".github").glob("*.md"))]
BY_NAME = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code(path: Path, language: str) -> list[str]:
    """The pieces of code in this language."""
    pieces = FENCE.findall(path.read_text(encoding="utf-8"))
    return [text for name, text in pieces if name == language]


# -- pages and links -----------------------------------------------------------------------


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= 900


def test_the_readme_shows_a_picture_and_both_commands() -> None:
    assert "resources/screenshots/window.png" in links_of(README.read_text(encoding="utf-8"))
    shell = code(README, "sh")
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/bpviz\n" in shell
    install = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]'"
    tests = f"{install} && .venv/bin/pytest -n auto\n"
    assert tests in shell


def test_every_page_is_in_the_contents_and_in_the_readme() -> None:
    names = {path.name for path in GUIDE}
    assert set(read_pages()) == names
    linked = links_of(README.read_text(encoding="utf-8"))
    assert names <= {Path(link).name for link in linked}


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.name)
def test_a_page_is_plain(path: Path) -> None:
    """Headings without marks and each once, no HTML: the window shows it as the web does."""
    text = path.read_text(encoding="utf-8")
    page = read_page(path)
    anchors = [heading.anchor for heading in page.headings]
    assert [heading.level for heading in page.headings].count(1) == 1
    assert page.headings[0].level == 1
    assert len(set(anchors)) == len(anchors)
    assert not any(set("`*[]_") & set(heading.text) for heading in page.headings)
    assert max(map(ord, text)) < 0x10000  # places in Qt's text are counted in 16 bits
    without_code = re.sub(r"`[^`\n]*`|<!--.*?-->", "", FENCE.sub("", text))
    assert re.search(r"<[a-zA-Z/]", without_code) is None


@BY_NAME
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links_of(path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        if link.startswith("bpviz:"):
            kind, _, name = link.removeprefix("bpviz:").partition("/")
            assert path in GUIDE, f"{link} would do nothing"
            assert name in ALLOWED[kind](), link
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not (path in GUIDE and ROOT / "resources" not in target.parents), (
            f"{link} is not in the wheel"
        )
        if anchor:
            assert anchor in [h.anchor for h in read_page(target).headings], link


def test_anchors_are_those_of_github() -> None:
    assert anchor_of("What's new") == "whats-new"
    assert anchor_of("Run, step, go back") == "run-step-go-back"
    assert anchor_of("0.1.0 and later") == "010-and-later"


PATH = re.compile(r"`((?:bpviz|tests|resources|\.github|\.ci)(?:/[\w.\-]+)*/?)`")


@BY_NAME
def test_every_path_exists(path: Path) -> None:
    for name in PATH.findall(path.read_text(encoding="utf-8")):
        assert name == "bpviz" or (ROOT / name).exists(), name


# -- commands ------------------------------------------------------------------------------


def commands(path: Path) -> Iterator[tuple[str, ...]]:
    """Every line that calls bpviz, as its arguments."""
    for text in code(path, "sh"):
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "bpviz":
                yield tuple(words[1:])


COMMANDS = list(dict.fromkeys(words for path in (README, *GUIDE) for words in commands(path)))
LONG = ("--seeds", "1000")
"""What races so many is parsed only."""


def table_file(folder: Path) -> None:
    rows = [f"{n},{n % 7},{n % 5 + 0.5},{n % 3},{(n % 7) * 0.1}" for n in range(60)]
    text = "\n".join(["id,width,height,depth,price", *rows])
    (folder / "measurements.csv").write_text(text + "\n")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_works(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qapp: object,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    table_file(tmp_path)
    monkeypatch.setattr(command, "_open_window", lambda *args: DONE)
    if set(LONG) <= set(words):
        assert command._parse(list(words)).run
    else:
        assert main(words) == DONE, capsys.readouterr().err


def test_there_are_commands_of_every_kind() -> None:
    kinds = {words[0] if words else "" for words in COMMANDS}
    assert kinds >= {"", "list", "train", "race", "--problem", "--lesson", "--state"}


# -- tables --------------------------------------------------------------------------------

Table = tuple[list[str], list[list[str]]]


def tables(path: Path) -> Iterator[Table]:
    """(headings, rows) of every table."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        head, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()
        ]
        yield head, rows


def table(page: str, heading: str, number: int = 0) -> list[list[str]]:
    """The rows of a page's table whose first column has this heading."""
    found = [rows for head, rows in tables(resource("guide") / page) if head[0] == heading]
    return found[number]


def words_of(cell: str) -> str:
    """A cell without the marks of links and code."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", cell).replace("`", "")


def names(rows: list[list[str]]) -> list[str]:
    return [words_of(row[0]) for row in rows]


def code_names(rows: list[list[str]]) -> list[str]:
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]


def links_with_names(rows: list[list[str]]) -> list[tuple[str, str]]:
    found = [re.fullmatch(r"\[(.+)\]\(bpviz:\w+/(.+)\)", row[0]) for row in rows]
    return [(match[2], match[1]) for match in found if match]


KNOWN = {
    "View", "Panel", "Problem", "Option", "Option of a race", "Key", "Claim", "Entry", "Table",
    "Grain", "Field", "Kind", "Room", "Row", "Code", "Word", "Part", "Script",
    "The sentence speaks of",
}  # fmt: skip


def test_the_readme_has_a_line_for_every_view() -> None:
    head, rows = next(tables(README))
    assert head[0] == "View"
    assert names(rows) == [row.title for row in VIEWS.values()]
    assert all(words for _, words in rows)


def test_the_guide_has_a_line_for_every_view_and_panel() -> None:
    views = links_with_names(table("users-guide.md", "View"))
    assert views == [(row.key, row.title) for row in VIEWS.values()]
    panels = links_with_names(table("users-guide.md", "Panel"))
    assert set(panels) == {("experiment", "Experiment"), *((row.key, row.title) for row in PANELS)}


def test_problems_are_called_what_they_are_called() -> None:
    for key, label in links_with_names(table("users-guide.md", "Problem")):
        assert PROBLEMS[key].label == label


def test_keys_are_those_of_the_actions() -> None:
    keys = names(table("users-guide.md", "Key"))
    assert sorted(keys) == sorted(row.key for row in ACTIONS if row.key)


def test_tables_for_spreadsheets_are_called_what_they_are_called() -> None:
    assert set(names(table("users-guide.md", "Table"))) <= {row.title for row in TABLES}


def test_grains_are_listed() -> None:
    assert names(table("users-guide.md", "Grain")) == list(GRAINS)


def flags(*words: str) -> set[str]:
    """Every option of a command of the real parser."""
    parser: argparse.ArgumentParser = command._parser()
    for word in words:
        parser = next(
            action.choices[word]
            for action in parser._actions
            if isinstance(action, argparse._SubParsersAction)
        )
    every = {flag for action in parser._actions for flag in action.option_strings}
    return {flag for flag in every if flag.startswith("--")} - {"--help"}


def test_every_option_of_the_command_line_is_listed() -> None:
    listed = code_names(table("command-line.md", "Option"))
    assert len(set(listed)) == len(listed)
    assert set(listed) == flags() | flags("train")
    race = code_names(table("command-line.md", "Option of a race"))
    assert set(race) == flags("race") - flags()


def test_the_options_of_a_table_are_listed_with_their_defaults() -> None:
    rows = table("own-data.md", "Option")
    assert code_names(rows) == [option.name for option in CSV_OPTIONS]
    for option, (_, default, _) in zip(CSV_OPTIONS, rows, strict=True):
        shown = {False: "no", True: "yes"}.get(option.default, option.default)
        assert default == f"`{shown}`" or not option.default


def test_the_formats_of_tables_are_listed_with_their_endings() -> None:
    listed = {e for _, endings, _ in table("own-data.md", "Kind") for e in endings.split()}
    assert {ending.strip(",") for ending in listed} <= set(formats.endings())


REFUSED = {
    "must be a value, not empty": "a,b\n1,2\n,3\n4,5\n",
    "a number, as in most rows of the column": "a,b\n1,2\n2,3\nx,4\n5,5\n",
    "only texts that repeat": "a,b\nu,x\nv,y\nw,x\n",
    "either decimal commas or decimal points": "a;b\n1,5;1\n12.5;2\n9;3\n",
    "the same number of cells in every row": "a,b\n1,2\n2,2,3\n",
    "a table in a file": "%PDF-1.7",
    "a target that is not the same in every row": "a,b\n1,2\n2,2\n",
}
"""What the guide says that a refusal speaks of -> a file that is refused so."""


def test_the_refusals_of_a_table_are_explained(tmp_path: Path) -> None:
    assert names(table("own-data.md", "The sentence speaks of")) == list(REFUSED)
    path = tmp_path / "table.csv"
    for words, content in REFUSED.items():
        path.write_bytes(content.encode("latin-1"))
        with pytest.raises(BadValue, match=re.escape(words)):
            find_problem(str(path)).load()


def test_the_fields_of_json_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "xor", "--epochs", "5", "--json"]) == DONE
    printed = json.loads(capsys.readouterr().out)
    assert set(code_names(table("command-line.md", "Field"))) == set(printed)


def test_the_kinds_of_claims_are_listed_with_their_entries() -> None:
    rows = table("lessons.md", "Claim")
    assert sorted(code_names(rows)) == sorted(CLAIMS)
    for name, _, entries in rows:
        known = set(CLAIMS[name.strip("`")].fields)
        figures = {"error", "test error", "right", "test right"}
        assert set(re.findall(r"`([^`]+)`", entries)) - figures == known


def test_the_entries_of_a_lesson_are_listed() -> None:
    def listed(number: int) -> set[str]:
        return {name.strip("[]").split(".")[-1] for name in
                code_names(table("lessons.md", "Entry", number))}  # fmt: skip

    assert listed(0) == set(loader._LESSON_FIELDS)
    assert listed(1) == set(loader._STEP_FIELDS)
    assert listed(2) == {field.name for field in fields(Experiment)}
    assert listed(3) == set(loader._STATE_FIELDS)
    assert listed(4) == set(loader._WINDOW_FIELDS)


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.name)
def test_no_table_is_of_a_kind_that_is_not_checked(path: Path) -> None:
    if path.name != "speed.md":
        assert {head[0] for head, _ in tables(path)} <= KNOWN


# -- lessons -------------------------------------------------------------------------------


def test_the_lesson_in_the_guide_is_right(tmp_path: Path) -> None:
    whole, race = code(resource("guide") / "lessons.md", "toml")
    path = tmp_path / "and.toml"
    path.write_text(whole, encoding="utf-8")
    lesson = load_lesson(path)
    claims = [claim for step in lesson.steps for claim in step.claims]
    assert claims
    for claim in claims:
        assert check(claim).holds, check(claim).found
    path.write_text(f"{whole}\n{race}", encoding="utf-8")
    assert load_lesson(path).steps[0].race is not None


def test_the_examples_of_entries_are_right(tmp_path: Path) -> None:
    """Each example stands for the entry in a step of XOR with two hidden units."""
    base = 'title = "a"\nsummary = "b"\n[[step]]\ntitle = "c"\ntext = "d"\n'
    experiment, state = (table("lessons.md", "Entry", number) for number in (2, 3))
    make: Callable[[str, str], str] = lambda name, value: f"{name} = {value}\n"  # noqa: E731
    path = tmp_path / "one.toml"
    for name, example, _ in experiment:
        line = make(name.strip("`"), example.strip("`"))
        problem = {"`problem`": "", "`options`": 'problem = "circle"\n'}.get(
            name, 'problem = "xor"\n'
        )
        path.write_text(f"{base}[step.experiment]\n{problem}{line}", encoding="utf-8")
        load_lesson(path)
    for name, example, _ in state:
        line = make(name.strip("`"), example.strip("`"))
        xor = '[step.experiment]\nproblem = "xor"\nhidden = [{ size = 2 }]\n'
        path.write_text(f"{base}{xor}[step.state]\n{line}", encoding="utf-8")
        load_lesson(path)
    for name, example, _ in table("lessons.md", "Entry", 4):
        line = make(name.strip("`"), example.strip("`"))
        path.write_text(f"{base}[step.window]\n{line}", encoding="utf-8")
        assert load_lesson(path).steps[0].shown not in (None, EVERYTHING)


def test_the_names_of_show_are_those_of_the_docks() -> None:
    text = (resource("guide") / "lessons.md").read_text(encoding="utf-8")
    sentence = re.search(r"Names for `show`: (.*?)\.\n", text, re.DOTALL)
    assert sentence is not None
    listed = re.findall(r"[a-z_]+", re.sub(r"\(.*?\)", "", sentence[1].replace("\n", " ")))
    assert set(listed) == set(ALLOWED["view"]())


def test_the_names_of_hide_are_those_of_the_experiment_panel() -> None:
    text = (resource("guide") / "lessons.md").read_text(encoding="utf-8")
    sentence = re.search(r"Names for `hide`: sections (.*?); fields (.*?)\.\n", text, re.DOTALL)
    assert sentence is not None
    sections, fields = (re.findall(r"\w+", names) for names in sentence.groups())
    assert sections == list(SECTIONS)
    assert fields == [name for name, part in PARTS.items() if part.section]


# -- the project's files -------------------------------------------------------------------


def test_the_guide_and_its_pictures_are_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"resources": "bpviz/resources"}
