"""Checks whether Qt can load and a window can open on this machine, before Qt tries.

Qt aborts the process when it finds no display or cannot load its platform plugin, and Python
prints a traceback when a shared library is missing. Here both become a sentence.
"""

import builtins
import ctypes
import importlib.util
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Shared libraries that Qt's modules need and PySide6 does not contain -> Debian package."""

XCB_PACKAGES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""The same for the plugin that opens windows on an X display."""

WAYLAND_PACKAGES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""The same for the plugin that opens windows on a Wayland display."""

_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


class QtMissing(Exception):
    """Qt cannot load; the message names what is missing and what to install."""


class NoDisplay(Exception):
    """No window can open here; the message gives the reason, and what works without one."""


# -- shared libraries ----------------------------------------------------------------------


def load_qt() -> None:
    """Import the parts of Qt that windows and pictures need. Raises QtMissing.

    PySide replaces Python's import function by one that reads the source of every importing
    module, to support `from __feature__ import ...`. That is not used here and takes a twentieth
    of the start, so Python's is restored.
    """
    plain_import = builtins.__import__
    try:
        import PySide6.QtGui
        import PySide6.QtSvg
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise QtMissing(explain_import(error)) from error
    finally:
        builtins.__import__ = plain_import


def explain_import(error: ImportError) -> str:
    """Why Qt could not be imported and what to install, in a sentence or two."""
    found = _LIBRARY.search(str(error))
    if found:
        return _what_to_install(found[1], PACKAGES)
    if isinstance(error, ModuleNotFoundError):
        return (
            f"The Python package {(error.name or 'PySide6').partition('.')[0]} is missing: "
            "install bpviz again, for instance with `pip install --force-reinstall bpviz`."
        )
    return f"Qt could not be loaded: {error}."


def _what_to_install(library: str, packages: Mapping[str, str]) -> str:
    """Sentences about a library that did not load, and about all others that would not."""
    others = [name for name in packages if name != library and not _loads(name)]
    missing = [library, *others]
    wanted = dict.fromkeys(packages[name] for name in missing if name in packages)
    by_apt = f" On Debian or Ubuntu: `sudo apt install {' '.join(wanted)}`." if wanted else ""
    start = "On other systems install" if wanted else "Install"
    return (
        f"Qt could not be loaded: the shared library {library} is missing.{by_apt} "
        f"{start} what holds {_listed(missing)}."
    )


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _check_plugin(plugin: str, packages: Mapping[str, str]) -> None:
    """Raise QtMissing if Qt's platform plugin of this name lacks a shared library."""
    spec = importlib.util.find_spec("PySide6")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "Qt", "plugins", "platforms", f"libq{plugin}.so")
        if path.exists():  # a system's own Qt has them elsewhere
            try:
                ctypes.CDLL(str(path))
            except OSError as error:
                if found := _LIBRARY.search(str(error)):
                    sentence = _what_to_install(found[1], {**PACKAGES, **packages})
                    raise QtMissing(sentence) from error


# -- displays ------------------------------------------------------------------------------

SCREENLESS = (
    "offscreen", "minimal", "minimalegl", "vnc", "eglfs", "linuxfb", "vkkhrdisplay", "directfb",
)  # fmt: skip
"""Platforms of Qt that need neither X nor Wayland."""


def check_display(environ: Mapping[str, str] = os.environ) -> None:
    """Raise NoDisplay if Qt would find no display here, QtMissing if it could not use it.

    Only platforms that use X or Wayland need a display; without it Qt aborts the process. Like
    Qt, this tries Wayland first and then X, unless QT_QPA_PLATFORM chooses.
    """
    if sys.platform in ("win32", "darwin"):
        return
    platform = environ.get("QT_QPA_PLATFORM", "")
    names = [name.partition(":")[0] for name in platform.split(";") if name]
    if any(name in SCREENLESS for name in names):
        return
    names = names or ["wayland", "xcb"]
    use_x = "xcb" in names
    if any(name.startswith("wayland") for name in names) and _wayland_answers(environ):
        try:
            _check_plugin("wayland", WAYLAND_PACKAGES)
            return
        except QtMissing:
            if not (use_x and environ.get("DISPLAY")):
                raise
    if not use_x:
        raise _no_display(f"QT_QPA_PLATFORM is {platform}")
    _check_x(environ.get("DISPLAY", ""))


def _check_x(display: str) -> None:
    if not display:
        raise _no_display("neither DISPLAY nor WAYLAND_DISPLAY names one that answers")
    if not x_answers(display):
        raise _no_display(f"DISPLAY is {display}, which does not answer or does not let us in")
    _check_plugin("xcb", XCB_PACKAGES)


def _no_display(why: str) -> NoDisplay:
    return NoDisplay(
        f"There is no display to open a window on: {why}. `bpviz train PROBLEM` trains without "
        "a window, and its option --export DIR writes the pictures."
    )


def _wayland_answers(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    path = os.path.join(environ.get("XDG_RUNTIME_DIR", "/"), name)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2.0)
            connection.connect(path)
    except OSError:
        return False
    return True


def x_answers(display: str) -> bool:
    """Whether the X server of this DISPLAY accepts a connection by libxcb, which Qt uses too.

    True if libxcb cannot be loaded: then Qt tries.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused
