"""Loads the compiled engine in the background, once per process."""

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from bpviz.core import kernels
from bpviz.core.kernels.choice import AUTO, faster, is_installed
from bpviz.core.kernels.engines import ENGINES, NUMBA, NUMPY
from bpviz.core.kernels.warm import DROPOUT
from bpviz.core.learning.dropout import dropped_groups
from bpviz.core.run.run import Run
from bpviz.core.values import BadValue, check_choice
from bpviz.resources import command_of, environment_of

SHARE, LONGEST_WAIT = 0.8, 0.015
"""The share of the time until the next frame for which training waits while Numba is loaded, and
its limit (s): with three threads that need the interpreter, frames would be late."""


class NumbaLoader:
    """Loads the machine code from the disk cache; if there is none, another process compiles it.

    ``ready`` becomes True when the engine can be used without waiting; ``trouble`` becomes a
    sentence if it cannot be used.
    """

    def __init__(self, dropout: bool = False) -> None:
        """``dropout``: whether it is the kernel of networks with dropout, which is another one."""
        self._dropout = dropout
        self.ready = False
        self.loading = False
        """Whether the work of loading (about 0.5 s in Python) is under way."""
        self._loaded = threading.Event()
        self.trouble = "" if is_installed() else "Numba is not installed"
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def begin(self) -> None:
        """Begin in a thread, unless it has begun; returns at once."""
        if self._thread is None and not self.trouble:
            self._cancelled = False
            self._thread = threading.Thread(target=self._work, name="compiler", daemon=True)
            self._thread.start()

    def begin_compiling(self) -> None:
        """Start the other process now if no machine code is on disk; imports nothing large.

        For the start of the program, long before ``begin``. If machine code is where only Numba
        knows, the process loads it and ends.
        """
        if not self.trouble and not is_probably_cached():
            self._start_process()

    @property
    def is_under_way(self) -> bool:
        """Whether it has begun and its result is not known yet."""
        return self._thread is not None and not self.ready and not self.trouble

    def yield_to_loading(self, seconds: float) -> None:
        """Wait for a share of these seconds while something is loaded."""
        if self.loading:
            self._loaded.wait(timeout=min(SHARE * seconds, LONGEST_WAIT))

    def wait(self) -> None:
        """Wait for the end of loading."""
        if self._thread is not None:
            self._thread.join()

    def cancel(self) -> None:
        """End loading; it can begin again."""
        self._cancelled = True
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.wait()
        if not self.ready:
            self._thread = self._process = None

    def _work(self) -> None:
        try:
            load_llvm()
            with self._as_loading():
                from bpviz.core.kernels.warm import is_cached, warm

                cached = is_cached(self._dropout)
            code = 0 if cached else self._compile()
            if self._cancelled:
                return
            if code != 0:
                self.trouble = "Numba does not work here"
                return
            with self._as_loading():
                warm(self._dropout)
            self.ready = True
        except Exception as error:  # a broken library: NumPy is used instead
            self.trouble = f"Numba does not work here ({type(error).__name__})"

    @contextlib.contextmanager
    def _as_loading(self) -> Iterator[None]:
        self._loaded.clear()
        self.loading = True
        try:
            yield
        finally:
            self.loading = False
            self._loaded.set()

    def _compile(self) -> int:
        if self._cancelled:
            return 0
        process = self._process or self._start_process()
        if self._cancelled:  # meanwhile
            process.kill()
        return process.wait()

    def _start_process(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(
            command_of("bpviz.core.kernels.warm", *[DROPOUT] * self._dropout),
            env=environment_of(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(OSError, AttributeError):  # lower priority than the window
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 5)
        return self._process


def is_probably_cached() -> bool:
    """Whether there is machine code where Numba usually puts it, of whatever source."""
    if folder := os.environ.get("NUMBA_CACHE_DIR"):
        return any(Path(folder).glob("*/compiled.epochs_*.nbi"))
    return any(Path(kernels.__path__[0], "__pycache__").glob("compiled.epochs_*.nbi"))


def load_llvm() -> None:
    """Load LLVM's library (about 170 MB) through the system's loader, which releases the GIL.

    llvmlite itself holds the GIL while it loads the library from disk. If this call fails,
    llvmlite reports the reason later.
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


NUMBA_LOADER, DROPOUT_LOADER = NumbaLoader(), NumbaLoader(dropout=True)
"""The loaders of this process: of the kernel, and of that of networks with dropout."""


def loaders() -> tuple[NumbaLoader, NumbaLoader]:
    """Both loaders of this process."""
    return NUMBA_LOADER, DROPOUT_LOADER


def loader_of(run: Run) -> NumbaLoader:
    """The loader of the kernel that a run needs."""
    return DROPOUT_LOADER if dropped_groups(run.start.network) else NUMBA_LOADER


COMPILE_AFTER = 0.25
"""Seconds of training before anything is compiled or loaded, so that short steps need nothing."""


class EngineChoice:
    """Switches a run to the engine that is asked for ("auto": the faster one), once it is ready."""

    def __init__(self, asked: str = NUMPY) -> None:
        check_choice("engine", asked, (AUTO, *ENGINES))
        self._asked = asked
        self._since: float | None = None

    def choose(self, run: Run) -> None:
        """Called repeatedly while the run is trained: switch the engine if another one is due."""
        if run.next_engine == NUMPY and self._suits(run):
            now = perf_counter()
            self._since = now if self._since is None else self._since
            loader = loader_of(run)
            if loader.ready:
                self._use(run, NUMBA)
            elif now > self._since + COMPILE_AFTER:
                loader.begin()
        elif run.next_engine == NUMBA and not self._suits(run):
            self._use(run, NUMPY)

    def yield_to_loader(self, seconds: float) -> None:
        """Called before training for so long: wait if the engine is being loaded."""
        for loader in loaders():
            loader.yield_to_loading(seconds)

    @property
    def is_compiling(self) -> bool:
        """Whether a trained run waits for the engine."""
        return self._since is not None and any(loader.is_under_way for loader in loaders())

    def words(self, run: Run) -> str:
        """The engine at work, with the reason if it is not the one that suits."""
        if run.engine == NUMBA:
            return "Numba"
        if run.next_engine == NUMPY and self._suits(run):
            loader = loader_of(run)
            if loader.trouble:
                return f"NumPy ({loader.trouble})"
            if self._since is not None and loader.is_under_way:
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
        except BadValue:  # the network needs NumPy
            self._asked = NUMPY
