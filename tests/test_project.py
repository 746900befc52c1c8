"""What the project says of itself in several files is the same in all of them."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.campaigns.run import NAMES

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
SCRIPT = ROOT / ".ci" / "run"


def test_python_versions_are_the_same_everywhere() -> None:
    classifiers = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    matrix = re.search(r"python: \[(.*)\]", WORKFLOW)
    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == classifiers
    low, high = (int(version.split(".")[1]) for version in (classifiers[0], classifiers[-1]))
    assert PROJECT["requires-python"] == f">=3.{low},<3.{high + 1}"


def test_the_readme_and_the_workflow_install_the_same_libraries() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    needed = set(
        re.findall(r"\blib[\w.\-]+", readme[readme.index("apt-get install") :].split("&&")[0])
    )
    assert len(needed) > 10
    assert set(re.findall(r"\blib[a-z][\w.\-]*\d\b", WORKFLOW)) == needed


def test_the_workflow_runs_the_parts_of_the_script_and_nothing_else() -> None:
    parts = set(re.findall(r"^(\w+)\(\) \{", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))
    parts -= {"programs"}
    run = set(re.findall(r"parts: \[?(\w+)", WORKFLOW))
    assert run == parts
    assert WORKFLOW.count("run: bash .ci/run\n") == 1
    page = (ROOT / "resources" / "guide" / "how-it-is-built.md").read_text(encoding="utf-8")
    section = page[page.index("\n## Tests and checks") : page.index("\n## Packages and builds")]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == parts


def test_the_guide_lists_the_scripts_that_prove_the_installation() -> None:
    page = (ROOT / "resources" / "guide" / "how-it-is-built.md").read_text(encoding="utf-8")
    section = page[page.index("\n## Packages and builds") : page.index("\n## Where it has run")]
    listed = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert listed == {path.name for path in (ROOT / "tests" / "install").iterdir()}


def test_the_guide_names_every_campaign() -> None:
    page = (ROOT / "resources" / "guide" / "how-it-is-built.md").read_text(encoding="utf-8")
    named = page[page.index("**Campaigns**") : page.index("A seed repeats")]
    lists = [line for line in named.splitlines() if line.startswith("- ")]
    assert set(re.findall(r"`(\w+)`", "\n".join(lists))) == set(NAMES)


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
def test_the_script_refuses_a_part_that_it_does_not_have() -> None:
    done = subprocess.run(
        ["bash", str(SCRIPT)], env={"BPVIZ_PARTS": "docs", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "BPVIZ_PARTS must be some of tests, checks, campaigns, keras and lowest, not 'docs'.\n"
    )


def test_without_the_libraries_of_the_system_the_tests_name_the_packages() -> None:
    """The import of Qt fails as it does on a machine without libEGL."""
    fails = "raise ImportError('libEGL.so.1: cannot open shared object file: No such file')"
    code = f"""
import sys
class Block:
    def find_spec(self, name, *_):
        if name.startswith("PySide6.Qt"):
            {fails}
sys.meta_path.insert(0, Block())
import pytest
sys.exit(pytest.main(["--collect-only", "tests/test_names.py"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.startswith("ERROR: Qt could not be loaded: the shared library libEGL.so.1")
    assert "`sudo apt install libegl1" in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert done.stdout == ""


def test_every_system_with_wheels_of_numba_gets_it() -> None:
    wanted = [Requirement(line) for line in PROJECT["dependencies"] if line.startswith("numba")]
    for platform, machine, expected in (
        ("linux", "x86_64", "0.68"), ("linux", "aarch64", "0.68"), ("linux", "riscv64", ""),
        ("darwin", "arm64", "0.68"), ("darwin", "x86_64", "0.62"), ("win32", "AMD64", "0.68"),
        ("win32", "x86", ""),
    ):  # fmt: skip
        here = {"sys_platform": platform, "platform_machine": machine}
        fits = [one for one in wanted if one.marker is None or one.marker.evaluate(here)]
        assert len(fits) == bool(expected), (platform, machine)
        assert all(one.specifier.contains(expected) for one in fits)


def test_the_package_is_typed_and_names_no_invented_address() -> None:
    assert (ROOT / "bpviz" / "py.typed").is_file()
    assert "urls" not in PROJECT
