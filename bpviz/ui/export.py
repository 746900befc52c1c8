"""Pictures of views and of the window.

A picture of a view is made by a second instance of its class that never appears on the screen:
nothing flashes, and what is on the screen stays as it is. Widgets that a person clicks or types
in are left out of it.
"""

import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QBuffer,
    QCoreApplication,
    QEvent,
    QIODevice,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QImage,
    QPainter,
    QRegion,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from bpviz import __version__
from bpviz.core.backprop import downhill_direction, forward, outputs
from bpviz.core.losses import LOSSES
from bpviz.core.observe import OBSERVED_ROWS
from bpviz.core.rules import RULES
from bpviz.core.values import BadValue, Matrix, read_only
from bpviz.files import write_bytes
from bpviz.session.frame import Frame
from bpviz.ui.theme import LIGHT, Theme
from bpviz.ui.views.base import View

SIZE = QSize(960, 640)
"""Of a picture, in px at scale 1, unless something else is asked for."""

SCALE = 2.0
MOST_PIXELS = 100_000_000
"""A picture of so many pixels takes 400 MB of memory while it is made."""

FIRST_BAND, BAND, GROWTH = 32, 0.003, 1.4
"""Px of the first band of a picture that is painted slowly, seconds for each later one, and how
much higher than the one before it may be: what comes next may be denser."""

PER_METER = 96.0 / 0.0254
"""Pixels per meter at scale 1, where 96 of them are an inch."""

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
EVERYTHING_DRAWN = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren


def picture(
    view_class: type[View],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    scale: float = SCALE,
) -> QImage:
    """An opaque picture of a view, ``size`` times ``scale`` pixels, that says what it shows.

    Everything is drawn ``scale`` times as fine, not enlarged. Raises BadValue if it would have
    more than MOST_PIXELS.
    """
    image = _canvas(size, scale, theme)
    with _second(view_class, frame, theme, choices or {}, size) as view:
        _render(view, image)
    return described(image, frame, view_class.title)


def picture_slowly(
    view_class: type[View],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    scale: float = SCALE,
) -> Generator[None, None, QImage]:
    """The same image as ``picture``, painted band by band so that nothing waits for it long."""
    image = _canvas(size, scale, theme)
    yield
    with _second(view_class, frame, theme, choices or {}, size) as view:
        yield
        for region in _bands(view, scale):
            _render(view, image, region)
            yield
    return described(image, frame, view_class.title)


def svg(
    view_class: type[View],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
) -> bytes:
    """An SVG document of a view, ``size`` px large."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    with _second(view_class, frame, theme, choices or {}, size) as view:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(0, 0), size))
        generator.setResolution(view.logicalDpiX())  # or texts would not have their size
        facts = _facts(frame, view_class.title)
        generator.setTitle(facts.pop("Title"))
        generator.setDescription(", ".join(f"{name}: {fact}" for name, fact in facts.items()))
        painter = QPainter(generator)
        painter.fillRect(QRect(QPoint(0, 0), size), theme.colour("surface"))
        view.render(painter, QPoint(), QRegion(), EVERYTHING_DRAWN)
        painter.end()
    return _portable(bytes(buffer.data().data()), size)


_FAMILY = re.compile(rb'font-family="([^",]*)"')
_MILLIMETRES = re.compile(rb'width="[0-9.]+mm" height="[0-9.]+mm"')


def _portable(document: bytes, size: QSize) -> bytes:
    """The SVG with its size in px, as it was asked for, and fonts that others know."""
    in_px = f'width="{size.width()}" height="{size.height()}"'.encode()
    return _FAMILY.sub(_portable_family, _MILLIMETRES.sub(in_px, document, count=1))


def _portable_family(found: re.Match[bytes]) -> bytes:
    """The font that was used, and what to use where it is missing.

    Qt writes names that only it knows, such as "Sans Serif"; browsers would take a serif font.
    """
    info = QFontInfo(QFont(found[1].decode()))
    generic = "monospace" if info.fixedPitch() else "sans-serif"
    return f'font-family="{info.family()}, {generic}"'.encode()


def window_picture(window: QWidget, scale: float = SCALE) -> QImage:
    """A picture of a window as it is, every point of it ``scale`` times as fine.

    Raises BadValue if it would have more than MOST_PIXELS.
    """
    image = _canvas(window.size(), scale, LIGHT)
    _render(window, image)
    return image


def copy_picture(view: View, frame: Frame) -> None:
    """Put a picture of a view, as it is on the screen, on the clipboard."""
    image = picture(type(view), frame, view.theme, view.choices(), view.size())
    QGuiApplication.clipboard().setImage(image)


def described(image: QImage, frame: Frame, title: str) -> QImage:
    """The same image, with texts that a PNG keeps: what it shows, and which software made it."""
    for name, fact in _facts(frame, title).items():
        image.setText(name, fact)
    return image


def _facts(frame: Frame, title: str) -> dict[str, str]:
    experiment = frame.setup.experiment
    name = frame.setup.patterns.name
    return {
        "Title": f"{title}: {name}, {frame.snapshot.instant}",
        "Problem": Path(experiment.problem).name,
        "Seed": str(experiment.seed),
        "Epoch": str(frame.snapshot.epoch),
        "Software": f"bpviz {__version__}",
    }


def png(image: QImage) -> bytes:
    """The image as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def write_picture(path: Path, image: QImage, *, replace: bool = False) -> None:
    """Write a PNG file, whole or not at all. Raises WriteFailed."""
    write_bytes(path, png(image), replace=replace)


ALIASES = {"Monospace", "Sans Serif", "Serif"}
"""The families that Qt lists on Linux also when there are no fonts at all."""

_kept: list[QApplication] = []  # an application that nobody holds is destroyed


def offscreen_application() -> tuple[QApplication, str]:
    """The application to make pictures with where there is no display, and a remark or ''.

    One that exists already is used as it is.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        app = QApplication(["bpviz"])
        _kept.append(app)
        app.setStyle("Fusion")
        app.setPalette(LIGHT.palette())
    if not ALIASES.issuperset(QFontDatabase.families()):
        return app, ""
    return app, (
        "The pictures have no text, because no fonts are installed; on Debian or Ubuntu: "
        "`sudo apt install fonts-dejavu-core`."
    )


# -- the second instance -------------------------------------------------------------------


class _Unpainted(QObject):
    """Keeps a window that nobody sees from being painted while its picture is being made."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop what asks for it."""
        return event.type() == QEvent.Type.UpdateRequest


@contextmanager
def _second(
    view_class: type[View], frame: Frame, theme: Theme, choices: Mapping[str, Any], size: QSize
) -> Iterator[View]:
    """Another view of the class that shows the same, laid out at this size but on no screen."""
    holder = QWidget()
    holder.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    holder.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    holder.setPalette(theme.view_palette())
    holder.installEventFilter(_Unpainted(holder))
    try:
        view = view_class(holder, theme)
        view.resize(size)
        holder.show()
        # Some choices only fit what is shown, and some of what is shown follows the choices.
        whole = completed(frame)
        view.show_frame(whole)
        view.set_choices(dict(choices))
        view.show_frame(with_downhill(whole) if view.wants().downhill else whole)
        _hide_controls(view)
        _lay_out()
        yield view
    finally:
        holder.close()
        holder.deleteLater()
        QCoreApplication.sendPostedEvents(holder, QEvent.Type.DeferredDelete)


def _hide_controls(view: View) -> None:
    """Hide what a person clicks or types in, its label, and the bars that hold nothing else."""
    controls = [w for w in view.findChildren(QWidget) if isinstance(w, CONTROLS)]
    labels = [w for w in view.findChildren(QLabel) if w.buddy() in controls]
    for widget in (*controls, *labels):
        if widget.isVisibleTo(view):
            widget.hide()
            _hide_if_empty(widget.parentWidget(), view)


def _hide_if_empty(bar: QWidget | None, view: View) -> None:
    """Hide a bar without visible children, and then perhaps the bar around it."""
    if bar is None or bar is view:
        return
    if not any(isinstance(c, QWidget) and c.isVisibleTo(bar) for c in bar.children()):
        bar.hide()
        _hide_if_empty(bar.parentWidget(), view)


def _lay_out() -> None:
    """Let all widgets take their places now, and nothing else that waits happen."""
    for _ in range(3):  # a layout may ask its parent's layout to be done again
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def _canvas(size: QSize, scale: float, theme: Theme) -> QImage:
    width, height = round(size.width() * scale), round(size.height() * scale)
    if width * height > MOST_PIXELS:
        raise BadValue(
            "picture",
            f"{width:,} x {height:,} pixels",
            f"at most {MOST_PIXELS:,} pixels in all: choose a smaller size or scale",
        )
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.setDotsPerMeterX(round(PER_METER * scale))
    image.setDotsPerMeterY(round(PER_METER * scale))
    image.fill(theme.colour("surface"))
    return image


def _render(widget: QWidget, image: QImage, region: QRegion | None = None) -> None:
    """Paint the widget, or a region of it, at its place in the image."""
    region = QRegion(widget.rect()) if region is None else region
    painter = QPainter(image)
    widget.render(painter, region.boundingRect().topLeft(), region, EVERYTHING_DRAWN)
    painter.end()


def _bands(widget: QWidget, scale: float) -> Iterator[QRegion]:
    """The widget from top to bottom, in bands that take BAND seconds to be painted, about.

    They end between two pixels of the image, or what lies on an end would be painted twice.
    """
    ends = [y for y in range(1, widget.height() + 1) if abs(y * scale - round(y * scale)) < 1e-9]
    ends = [*ends, widget.height()]
    top, rows = 0, FIRST_BAND
    while top < widget.height():
        bottom = next(end for end in ends if end >= min(top + rows, widget.height()))
        begin = perf_counter()
        yield QRegion(0, top, widget.width(), bottom - top)
        seconds = max(perf_counter() - begin, 1e-4)
        rows = max(round((bottom - top) * min(BAND / seconds, GROWTH)), 4)
        top = bottom


# -- what a frame may lack -----------------------------------------------------------------


def completed(frame: Frame) -> Frame:
    """The frame with everything that a view may want, computed from its parameters.

    On the screen only what visible views want is computed.
    """
    setup, snapshot = frame.setup, frame.snapshot
    train, test = setup.patterns.train, setup.patterns.test
    network, parameters = setup.network, snapshot.parameters

    def answers(inputs: Matrix) -> Matrix:
        pieces = [
            outputs(network, parameters, inputs[at : at + OBSERVED_ROWS], snapshot.clamps)
            for at in range(0, len(inputs), OBSERVED_ROWS)
        ]
        return read_only(np.concatenate(pieces))

    lacking: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        if not snapshot.activations:
            acts = forward(network, parameters, train.inputs[setup.shown], snapshot.clamps)[1]
            lacking["activations"] = tuple(read_only(act) for act in acts)
        if snapshot.train_outputs is None:
            lacking["train_outputs"] = answers(train.inputs)
        if snapshot.test_outputs is None and test is not None:
            lacking["test_outputs"] = answers(test.inputs)
        if snapshot.probe_outputs is None and setup.probe is not None:
            lacking["probe_outputs"] = answers(setup.probe)
    return replace(frame, snapshot=replace(snapshot, **lacking)) if lacking else frame


def with_downhill(frame: Frame) -> Frame:
    """The frame with the downhill direction, which takes too long to be always there."""
    setup, snapshot = frame.setup, frame.snapshot
    if snapshot.downhill is not None:
        return frame
    loss, train = LOSSES[setup.experiment.error], setup.patterns.train
    with np.errstate(all="ignore"):
        downhill = downhill_direction(
            setup.network,
            loss,
            snapshot.parameters,
            train,
            RULES[setup.experiment.rule],
            snapshot.clamps,
        )
    return replace(frame, snapshot=replace(snapshot, downhill=downhill))
