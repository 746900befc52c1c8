"""The compiled engine, made ready once for the whole process while everything else goes on."""

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from bpviz.core.kernels.choice import AUTO, faster, is_installed
from bpviz.core.kernels.engines import ENGINES, NUMBA, NUMPY
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue, check_choice
from bpviz.session.scheduling.turn_taking import TurnTaking

SHARE, LONGEST_TURN = 0.8, 0.015
"""The part of the time until the next frame that training leaves to loading, and at most s."""


class NumbaLoader:
    """Loads the machine code that lies on disk; if it does not, has another process compile it.

    ``ready`` becomes true when the engine can be used without a wait, and ``trouble`` a
    sentence if that will never be.
    """

    def __init__(self) -> None:
        self.ready = False
        self._turns = TurnTaking()
        self.trouble = "" if is_installed() else "Numba is not installed"
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._given_up = False

    def begin(self) -> None:
        """Begin, unless that was done; returns at once."""
        if self._thread is None and not self.trouble:
            self._given_up = False
            self._thread = threading.Thread(target=self._work, name="compiler", daemon=True)
            self._thread.start()

    @property
    def loading(self) -> bool:
        """Whether a thread does the half second of work in Python that loading takes."""
        return self._turns.wanted

    def give_turn(self, seconds: float) -> None:
        """Stand back for a part of these seconds if something is loaded."""
        self._turns.give(min(SHARE * seconds, LONGEST_TURN))

    def wait(self) -> None:
        """Wait for what was begun."""
        if self._thread is not None:
            self._thread.join()

    def give_up(self) -> None:
        """End what is under way; it can be begun again."""
        self._given_up = True
        self._turns.free()
        if self._process is not None:
            self._process.kill()
        self.wait()
        if not self.ready:
            self._thread = None

    def _work(self) -> None:
        try:
            load_llvm()
            with self._turns.taken():
                from bpviz.core.kernels.warm import is_cached, warm

                kept = is_cached()
            code = 0 if kept else self._compile()
            if self._given_up:
                return
            if code != 0:
                self.trouble = "Numba does not work here"
                return
            with self._turns.taken():
                warm()
            self.ready = True
        except Exception as error:  # of a library: whatever it is, NumPy goes on
            self.trouble = f"Numba does not work here ({type(error).__name__})"

    def _compile(self) -> int:
        if self._given_up:
            return 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bpviz.core.kernels.warm"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if self._given_up:  # while it was started
            self._process.kill()
        with contextlib.suppress(OSError, AttributeError):  # let the window go first
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 5)
        return self._process.wait()


def load_llvm() -> None:
    """Have the system load LLVM's library, some 170 MB, if that can be done in passing.

    llvmlite's own loading of it keeps Python's interpreter from everybody for as long as the
    disk takes; a call of the system's function does not. Where this fails, llvmlite tells why.
    """
    found = find_spec("llvmlite")
    if found is None or found.origin is None:
        return
    with contextlib.suppress(OSError, AttributeError):
        for path in Path(found.origin).with_name("binding").glob("*llvmlite.*"):
            if sys.platform == "win32":
                ctypes.WinDLL("kernel32").LoadLibraryW(str(path))
            elif path.suffix != ".py":
                load = ctypes.CDLL(None).dlopen
                load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
                load(os.fsencode(path), os.RTLD_NOW)


NUMBA_LOADER = NumbaLoader()
"""The one of this process."""


PATIENCE = 0.25
"""Seconds of training before anything is compiled or loaded: most steps are done by then."""


class EngineChoice:
    """Moves a run to the engine that was asked for ("auto": the faster one), once it is ready."""

    def __init__(self, asked: str = NUMPY) -> None:
        check_choice("engine", asked, (AUTO, *ENGINES))
        self._asked = asked
        self._since: float | None = None

    def settle(self, run: Run) -> None:
        """To be called now and then while the run is trained."""
        if run.next_engine == NUMPY and self._suits(run):
            now = perf_counter()
            self._since = now if self._since is None else self._since
            if NUMBA_LOADER.ready:
                self._use(run, NUMBA)
            elif now > self._since + PATIENCE:
                NUMBA_LOADER.begin()
        elif run.next_engine == NUMBA and not self._suits(run):
            self._use(run, NUMPY)

    def yield_to_loader(self, seconds: float) -> None:
        """To be called before training for so long: an engine that is loaded may need a part."""
        NUMBA_LOADER.give_turn(seconds)

    def words(self, run: Run) -> str:
        """The engine at work, and in a word why it is not another one."""
        if run.engine == NUMBA:
            return "Numba"
        if run.next_engine == NUMPY and self._suits(run):
            if NUMBA_LOADER.trouble:
                return f"NumPy ({NUMBA_LOADER.trouble})"
            if self._since is not None:
                return "NumPy, compiling…"
        return "NumPy"

    def _suits(self, run: Run) -> bool:
        if self._asked == AUTO:
            batch = run.training.batch_size(len(run.start.train))
            return faster(run.start.network, batch) == NUMBA
        return self._asked == NUMBA

    def _use(self, run: Run, engine: str) -> None:
        try:
            run.use(engine)
        except BadValue:  # a network that only NumPy knows
            self._asked = NUMPY
