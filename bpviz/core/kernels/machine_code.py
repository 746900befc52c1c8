"""Compiling Python with Numba: the options, and the cache of machine code on disk."""

import atexit
import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from glob import escape, glob
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar, cast

import numba
import numpy as np

from bpviz.core.kernels.part_compiler import PartCompiler

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit

# Eight sums side by side become one vector only with this, and Numba leaves it out by default.
_config: Any = numba.config
_config.SLP_VECTORIZE = 1

# Numba's run time (nrt) counts the references of every array that is passed, in atomic operations;
# in an epoch of a small network that took longer than the arithmetic. The functions compiled here
# create no arrays, so they need no run time.
OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False}

# Only compiled code calls a part: without entries for Python and for C it is compiled sooner.
PART_OPTIONS = {
    **OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler
}  # fmt: skip


def part(function: F) -> F:
    """Compile a part of a larger function, which compiled code only can call."""
    return cast(F, _without_entry(_njit(**PART_OPTIONS)(function)))


def pasted(function: F) -> F:
    """Compile an expression wherever it is used: only then a loop over it becomes vectors."""
    return cast(F, _without_entry(_njit(**PART_OPTIONS, inline="always")(function)))


def _without_entry(compiled: Any) -> Any:
    """Have a call from Python raise TypeError: it would jump to an entry that there is not."""

    def refuse(*_: object, **__: object) -> None:
        raise TypeError(f"{compiled.__name__} is a part of compiled code, which only can call it")

    compiled._insert = lambda *_: None  # for Python no compiled version is there ...
    compiled._compile_for_args = refuse  # ... and none can be made
    return compiled


def kept(function: F) -> F:
    """Compile a function and keep it on disk, if need be only as long as this process lives.

    Numba keeps a function under its name, and notices a change only in the file of the function
    itself. So the name gets a stamp of all code that the function reaches in other files.
    """
    function.__qualname__ += f"_{stamp(function)}"
    compiled: Any = _njit(**OPTIONS)(function)
    for folder in (None, tempfile.gettempdir()):
        try:
            _keep_on_disk(compiled, folder)
            break
        except (RuntimeError, OSError):  # Numba found no folder that can be written to
            continue
    return cast(F, compiled)


def _keep_on_disk(compiled: Any, folder: str | None) -> None:
    """Give a compiled function a cache, in a new folder in ``folder`` or where Numba puts it."""
    if folder is not None and "NUMBA_CACHE_DIR" not in os.environ:
        mine = tempfile.mkdtemp(prefix="bpviz-compiled-", dir=folder)
        os.environ["NUMBA_CACHE_DIR"] = _config.CACHE_DIR = mine
        atexit.register(shutil.rmtree, mine, ignore_errors=True)
    compiled.enable_caching()
    _heal(compiled._cache)


def _heal(cache: Any) -> None:
    """Have a cache drop its files where they cannot be read or written.

    Files may be cut off or hold anything, and a disk may be full: Numba would raise what reading
    or writing them raises. Then the function is compiled again, in memory if need be.
    """

    def healed(work: Callable[..., Any]) -> Callable[..., Any]:
        def attempt(*args: Any) -> Any:
            try:
                return work(*args)
            except Exception:  # reading garbage may raise anything
                for path in _files(cache):
                    with contextlib.suppress(OSError):
                        os.unlink(path)
                return None

        return attempt

    cache.load_overload = healed(cache.load_overload)
    cache.save_overload = healed(cache.save_overload)


def _files(cache: Any) -> list[str]:
    """The files of a function: an index (.nbi), and machine code for each kind of arguments."""
    return glob(escape(os.path.join(cache.cache_path, cache._impl.filename_base)) + ".*nb[ci]")


def is_on_disk(compiled: Any) -> bool:
    """Whether the machine code of a function is on disk, in files that are not cut off.

    What is there may still be for another processor or another source.
    """
    files = _files(compiled._cache) if hasattr(compiled._cache, "_impl") else []
    kinds = {os.path.splitext(path)[1] for path in files}
    return kinds == {".nbi", ".nbc"} and all(map(_is_whole, files))


def _is_whole(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read()[-1:] == b"."  # the end of what pickle writes
    except OSError:
        return False


_pasted: dict[Callable[..., Any], Any] = {}


def pasted_row(function: Callable[..., Any]) -> Any:
    """A function of a row of a table, compiled wherever it is used, and all that it calls."""
    if not isinstance(function, FunctionType):
        return function  # one of ``math``, which Numba knows
    if function not in _pasted:
        code, names = function.__code__, dict(function.__globals__)
        names |= {n: pasted_row(names[n]) for n in code.co_names if _is_plain(names.get(n))}
        _pasted[function] = pasted(
            FunctionType(
                code, names, function.__name__, function.__defaults__, function.__closure__
            )
        )
    return _pasted[function]


def _is_plain(value: object) -> bool:
    return isinstance(value, FunctionType) and not value.__module__.startswith(("numpy", "math"))


# -- what machine code is made of ----------------------------------------------------------


def stamp(function: Callable[..., Any]) -> str:
    """A short text that changes with all code, numbers and options that a function reaches."""
    return hashlib.sha256("\n".join(_traces(function, set())).encode()).hexdigest()[:12]


def _traces(value: Any, seen: set[int]) -> Iterator[str]:
    """What the machine code of a value depends on, as texts in a fixed order."""
    yield repr(sorted(getattr(value, "targetoptions", {}).items()))  # what Numba was told
    value = getattr(value, "py_func", value)
    if isinstance(value, FunctionType):
        if id(value) not in seen:
            seen.add(id(value))
            yield from _traces_of_function(value, seen)
    elif isinstance(value, type):
        yield f"{value.__qualname__} {getattr(value, '_fields', ())}"
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    elif isinstance(value, np.generic | bool | int | float | str | bytes | tuple | None):
        yield repr(value)
    else:
        yield getattr(value, "__name__", type(value).__name__)


def _traces_of_function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    for code in _codes(function.__code__):
        yield code.co_code.hex()
        for constant in code.co_consts:
            if not isinstance(constant, CodeType):
                yield from _traces(constant, seen)
        for name in code.co_names:
            yield from _traces(function.__globals__.get(name, name), seen)
        for module in filter(_is_own_module, map(function.__globals__.get, code.co_names)):
            for name in code.co_names:
                yield from _traces(getattr(module, name, name), seen)
    for default in function.__defaults__ or ():
        yield from _traces(default, seen)
    for cell in function.__closure__ or ():
        yield from _traces(cell.cell_contents, seen)


def _is_own_module(value: object) -> bool:
    return isinstance(value, ModuleType) and value.__name__.split(".")[0] not in ("numpy", "math")


def _codes(code: CodeType) -> Iterator[CodeType]:
    """This code and that of the functions written inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
