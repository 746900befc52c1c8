"""The application as a process of its own, on a real X server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bpviz.app import DISPLAY_GONE, mutes
from tests.waiting import DEADLINE

TRAINING = """
import sys
from PySide6.QtCore import QTimer
from bpviz.app import make_application, open_window
from bpviz.session.commands import Play
from bpviz.ui.window.main_window import MainWindow

app = make_application([])
timer = QTimer(interval=10)

@timer.timeout.connect
def look():
    for window in app.topLevelWidgets():
        if isinstance(window, MainWindow) and window.current_frame is not None:
            window.session.send(Play())
            if window.current_frame.snapshot.epoch > 0:
                print("training", flush=True)
                timer.stop()

timer.start()
sys.exit(open_window(None, []))
"""


@pytest.fixture
def x_server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own, and its DISPLAY."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("no Xvfb")
    command = [xvfb, "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server, f":{server.stdout.readline().strip()}"
        server.kill()


@pytest.mark.parametrize("rules", ["", "*=false", "qt.qpa.xcb.warning=false;*.warning=false"])
def test_when_the_display_is_gone_it_ends_with_a_sentence(
    x_server: tuple[subprocess.Popen[str], str], tmp_path: Path, rules: str
) -> None:
    server, display = x_server
    env = {
        **os.environ,
        "QT_LOGGING_RULES": rules,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-c", TRAINING],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as window:
        assert window.stdout is not None
        started = window.stdout.readline()
        server.kill()
        _, said = window.communicate(timeout=DEADLINE)
    assert started == "training\n", said
    assert (window.returncode, said) == (1, f"{DISPLAY_GONE}\n")


@pytest.mark.parametrize(
    ("rules", "muted"),
    [
        ("", ()),
        ("*=false", ("default", "qt.qpa.xcb")),
        ("qt.qpa.*.warning=false", ("qt.qpa.xcb",)),
        ("*.warning=false;default=true", ("qt.qpa.xcb",)),
        ("*.debug=false\ndefault.warning=false", ("default",)),
    ],
)
def test_rules_of_messages_are_read_as_qt_does(rules: str, muted: tuple[str, ...]) -> None:
    assert tuple(name for name in ("default", "qt.qpa.xcb") if mutes(rules, name)) == muted


# A program in which the window fails while it is made; when it has begun; when it is shown.
FAILING = """
import sys
from bpviz.cli import main
from bpviz.ui.window import main_window, run_window

def fail(*args, **options):
    raise RuntimeError("as a test")

where = sys.argv.pop()
if where == "made":
    main_window.Toolbar = fail
elif where == "begun":
    main_window.MainWindow.load = fail
else:
    run_window.report_errors = fail
sys.exit(main([]))
"""


@pytest.mark.parametrize("where", ["made", "begun", "shown"])
def test_a_window_that_cannot_be_made_is_an_error_with_a_sentence(
    tmp_path: Path, where: str
) -> None:
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", FAILING, where],
        env=env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    log = tmp_path / "bpviz" / "bpviz.log"
    sentence = f"Something went wrong in bpviz (RuntimeError: as a test). Details are in {log}."
    said = [line for line in done.stderr.splitlines() if not line.startswith("This plugin")]
    assert (done.returncode, said) == (1, [f"bpviz: {sentence}"])
    assert "RuntimeError: as a test" in log.read_text()
