"""Whatever the standard streams are, results arrive, or a sentence and an exit code say so."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bpviz.cli import command, main
from tests.waiting import DEADLINE, wait_until

PROGRAM = (sys.executable, "-m", "bpviz")
COMMANDS = [
    ("list",),
    ("--help",),
    ("--version",),
    ("train", "xor", "--epochs", "2"),
    ("race", "xor", "--seeds", "2", "--epochs", "2"),
]
posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell and its signals")


def run(*argv: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run([*PROGRAM, *argv], text=True, check=False, timeout=DEADLINE, **given)


@posix
@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_a_full_disk_behind_standard_output_is_a_sentence(argv: tuple[str, ...]) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = run(*argv, stdout=full)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "bpviz: The output could not be written: no space left on device.\n"
    )
    assert "Traceback" not in done.stderr


@posix
@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_closed_standard_output_is_a_sentence(argv: tuple[str, ...]) -> None:
    words = " ".join([*PROGRAM, *argv, ">&-"])
    done = subprocess.run(
        ["sh", "-c", words], stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False
    )
    assert done.returncode == 1
    assert done.stderr.endswith("standard output is closed.\n")
    assert "Traceback" not in done.stderr


@posix
@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_a_reader_that_has_gone_ends_the_command_without_a_word(argv: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*argv, stdout=writing)
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""


@posix
def test_closed_standard_error_costs_the_sentence_only() -> None:
    words = " ".join([*PROGRAM, "train", "xor", "--rate", "none", "2>&-"])
    done = subprocess.run(["sh", "-c", words], capture_output=True, timeout=DEADLINE, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize("argv", COMMANDS, ids=lambda argv: argv[0])
def test_an_ascii_terminal_shows_what_it_can(argv: tuple[str, ...]) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run(*argv, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def raising(error: BaseException) -> Callable[..., int]:
    def fail(*_: object) -> int:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError("Unable to allocate 3 TiB"), "not enough memory: Unable to allocate 3 TiB."),
        (MemoryError(), "not enough memory: none is left."),
        (PermissionError(13, "Permission denied", "my.csv"), "my.csv: permission denied."),
        (OSError(24, "Too many open files"), "bpviz: too many open files."),
    ],
)
def test_what_the_system_refuses_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    words: str,
) -> None:
    monkeypatch.setattr(command, "_list", raising(error))
    assert main(["list"]) == 1
    assert words in capsys.readouterr().err


def test_an_unforeseen_error_is_a_sentence_that_names_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state_folder: Path
) -> None:
    monkeypatch.setattr(command, "_list", raising(ZeroDivisionError("division by zero")))
    assert main(["list"]) == 1
    log = state_folder / "bpviz.log"
    assert capsys.readouterr().err == (
        "bpviz: Something went wrong in bpviz (ZeroDivisionError: division by zero). "
        f"Details are in {log}.\n"
    )
    text = log.read_text()
    assert "Traceback" in text
    assert "numpy" in text.splitlines()[0]


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_ended_leaves_no_part_of_a_file(tmp_path: Path, name: str) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "train", "xor", "--epochs", "1000000000", "--export", str(tmp_path),
         "--engine", "numpy"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Under nohup, SIGHUP would be ignored from the start.
        preexec_fn=lambda: signal.signal(getattr(signal, name), signal.SIG_DFL),
    )  # fmt: skip
    with process:
        try:
            wait_until(lambda: any(file.stat().st_size for file in tmp_path.iterdir()))
            process.send_signal(getattr(signal, name))
            out, err = process.communicate(timeout=DEADLINE)
        finally:
            process.kill()
    assert process.returncode == 128 + getattr(signal, name)
    assert (out, err) == (b"", b"")
    assert list(tmp_path.iterdir()) == []
