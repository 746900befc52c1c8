"""No exception leaves a method that Qt calls: there it could end the process, or the painting.

Qt calls paintEvent, data, eventFilter and the like from C++, which handles no Python exceptions.
PySide prints one and goes on with a wrong result; in paintEvent the painter stays active and the
next painting may crash. ``guard_overrides`` reports the exception through ``sys.excepthook``,
as for any unforeseen error, and lets Qt's own method answer instead.
"""

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

Class = TypeVar("Class", bound=type)

CALLED_FROM_PYTHON = frozenset(
    {"setModel", "dataChanged", "text", "setText", "setObjectName", "done", "reject", "id"}
)
"""Methods with a name of Qt's that bpviz calls: their exceptions belong to the caller."""

INSTEAD: dict[str, Callable[[], object]] = {
    "rowCount": int,
    "columnCount": int,
    "index": QModelIndex,
    "parent": QModelIndex,
    "flags": lambda: Qt.ItemFlag.NoItemFlags,
    "boundingRect": QRectF,
    "sizeHint": QSize,
    "minimumSizeHint": QSize,
    "setData": bool,
    "canFetchMore": bool,
    "tickValues": list,
    "tickStrings": list,
}
"""What answers where Qt's own method is abstract; None for all others."""

NOT_PAINTED = "This could not be drawn. Details are in the log (Help > About)."

_reported: set[tuple[str, str]] = set()
MOST_REPORTED = 200


def guard_overrides(cls: Class) -> Class:
    """Class decorator: guard every method of the class that overrides one of Qt's."""
    for name in overrides(cls):
        setattr(cls, name, _guarded(cls, name, vars(cls)[name]))
    return cls


def overrides(cls: type) -> list[str]:
    """The methods defined in this class itself that Qt (or pyqtgraph on its behalf) calls."""
    return [
        name
        for name, method in vars(cls).items()
        if isinstance(method, FunctionType)
        and not name.startswith("_")
        and name not in CALLED_FROM_PYTHON
        and any(name in vars(base) for base in cls.__mro__[1:] if _is_qt(base))
    ]


def is_guarded(method: object) -> bool:
    """Whether ``guard_overrides`` has seen this method."""
    return getattr(method, "__guarded__", False)


def _is_qt(base: type) -> bool:
    return base.__module__.partition(".")[0] in ("PySide6", "pyqtgraph")


def _guarded(cls: type, name: str, method: FunctionType) -> Callable[..., Any]:
    if is_guarded(method):
        return method

    @wraps(method)
    def guarded(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except Exception as error:
            if not _is_ending(self):
                report(error, f"{cls.__qualname__}.{name}")
        return _answer_instead(cls, name, self, args)

    guarded.__guarded__ = True  # type: ignore[attr-defined]
    return guarded


def _is_ending(instance: object) -> bool:
    """Whether Python has collected the object: Qt still hides it while it is destroyed."""
    return getattr(instance, "__dict__", None) == {}


def attempt(function: Callable[..., object], *args: object) -> None:
    """Call a function that is one of several: what it raises is reported, and the next one runs."""
    try:
        function(*args)
    except Exception as error:
        report(error, getattr(function, "__qualname__", repr(function)))


def report(error: Exception, where: str) -> None:
    """Pass the error on to ``sys.excepthook``, once for each place and sentence.

    The frames of the traceback are cleared: a painter in one of them would stay active, and keep
    Qt from painting anything else.
    """
    key = (where, f"{type(error).__name__}: {error}")
    trace = error.__traceback__
    if key not in _reported:
        if len(_reported) >= MOST_REPORTED:
            _reported.clear()
        _reported.add(key)
        sys.excepthook(type(error), error, trace)
    traceback.clear_frames(trace)


def _paint_failure(widget: QWidget) -> None:
    """Say in the place of a picture that could not be painted that it could not."""
    surface = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    painter = QPainter(surface)
    painter.setPen(widget.palette().color(QPalette.ColorRole.PlaceholderText))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(surface.rect().adjusted(8, 8, -8, -8), flags, NOT_PAINTED)
    painter.end()


def _answer_instead(cls: type, name: str, instance: Any, args: tuple[Any, ...]) -> Any:
    try:
        if name == "paintEvent":
            _paint_failure(instance)
        return getattr(super(cls, instance), name)(*args)
    except Exception:  # an abstract method of Qt, most often
        return INSTEAD.get(name, lambda: None)()
