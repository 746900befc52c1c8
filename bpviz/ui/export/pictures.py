"""Pictures of views and of the window.

A picture of a view is made by a second instance of its class that never appears on the screen:
nothing flashes, and what is on the screen stays as it is. Widgets that are clicked or typed
in are left out of it.
"""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF, QSize
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
from PySide6.QtWidgets import QApplication, QWidget

from bpviz import __version__
from bpviz.core.learning.backprop import forward, outputs, summed_neg_gradient
from bpviz.core.learning.rules import RULES
from bpviz.core.model.losses import LOSSES
from bpviz.core.run.observe import OBSERVED_ROWS
from bpviz.core.values import BadValue, Matrix, Unquoted, read_only
from bpviz.session.frame import Frame
from bpviz.ui.export.tiled_painting import (
    EVERYTHING_DRAWN,
    Changes,
    TiledParts,
    holder,
    paint_part,
    second,
    tiles,
    whole,
)
from bpviz.ui.toolkit.drawing.theme import LIGHT, Theme
from bpviz.ui.toolkit.pictured import Pictured
from bpviz.ui.toolkit.time_sliced import SlicedWork, at_once

SIZE, SCALE = QSize(640, 440), 3.0
"""Of a picture, in px at scale 1, unless something else is asked for: as wide as a page of text,
the text of the picture is about as large as the page's."""

COPY_SCALE = 2.0
"""Of a picture for the clipboard, which is as large as the view."""

MOST_PIXELS = 100_000_000
"""A picture of so many pixels takes 400 MB of memory while it is made."""

TRIES = 5
"""So often the picture of a window that changes meanwhile is begun."""

PER_METER = 96.0 / 0.0254
"""Pixels per meter at scale 1, where 96 of them are an inch."""


def picture(
    view_class: type[Pictured],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    scale: float = SCALE,
    text: float = 1.0,
) -> QImage:
    """An opaque picture of a view, ``size`` times ``scale`` pixels, that says what it shows.

    Everything is drawn ``scale`` times as fine, not enlarged; ``text`` is how many times as large
    as on the screen text, lines and units are. Raises BadValue if it would have more than
    MOST_PIXELS.
    """
    what = view_class, frame, theme, choices, size, scale, text
    image: QImage = at_once(picture_slowly(*what, parts=whole))
    return image


def picture_slowly(
    view_class: type[Pictured],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    scale: float = SCALE,
    text: float = 1.0,
    parts: TiledParts = tiles,
) -> SlicedWork:
    """The same image as ``picture``, painted part by part so that nothing waits for it long."""
    image = _canvas(size, scale, theme)
    image.setDevicePixelRatio(scale * text)
    yield None
    with holder(theme) as widget:
        room = _room(size, text)
        view = yield from second(widget, view_class, _frames(frame), choices, theme, room)
        for region in parts(view, scale * text):
            paint_part(view, image, region)
            yield None
    return described(image, frame, view_class.title)


def svg(
    view_class: type[Pictured],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    text: float = 1.0,
) -> bytes:
    """An SVG document of a view, ``size`` px large, with ``text`` times the usual size of text."""
    document: bytes = at_once(svg_slowly(view_class, frame, theme, choices, size, text))
    return document


def svg_slowly(
    view_class: type[Pictured],
    frame: Frame,
    theme: Theme = LIGHT,
    choices: Mapping[str, Any] | None = None,
    size: QSize = SIZE,
    text: float = 1.0,
) -> SlicedWork:
    """The same document as ``svg``, made bit by bit."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    with holder(theme) as widget:
        room = _room(size, text)
        view = yield from second(widget, view_class, _frames(frame), choices, theme, room)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRectF(0, 0, size.width() / text, size.height() / text))
        generator.setResolution(view.logicalDpiX())  # or texts would not have their size
        facts = _facts(frame, view_class.title)
        generator.setTitle(facts.pop("Title"))
        generator.setDescription(", ".join(f"{name}: {fact}" for name, fact in facts.items()))
        painter = QPainter(generator)
        painter.fillRect(QRect(QPoint(0, 0), room), theme.colour("surface"))
        view.render(painter, QPoint(), QRegion(), EVERYTHING_DRAWN)
        painter.end()
        yield None
    return _portable(bytes(buffer.data().data()), size)


_FAMILY = re.compile(rb'font-family="([^",]*)"')
_NO_BRUSH = (
    b'stroke="#000000" stroke-opacity="1" stroke-width="1" stroke-linecap="butt" '
    b'stroke-linejoin="miter" stroke-miterlimit="4"'
)
"""What Qt writes for the outline of a shape of a formula, which has none: a pen without a brush."""

_MILLIMETRES = re.compile(rb'width="[0-9.]+mm" height="[0-9.]+mm"')


def _portable(document: bytes, size: QSize) -> bytes:
    """The SVG with its size in px, as it was asked for, and fonts that others know."""
    in_px = f'width="{size.width()}" height="{size.height()}"'.encode()
    document = document.replace(_NO_BRUSH, b'stroke="none"')
    return _FAMILY.sub(_portable_family, _MILLIMETRES.sub(in_px, document, count=1))


def _portable_family(found: re.Match[bytes]) -> bytes:
    """The font that was used, and what to use where it is missing.

    Qt writes names of its own, such as "Sans Serif"; browsers would take a serif font.
    """
    info = QFontInfo(QFont(found[1].decode()))
    generic = "monospace" if info.fixedPitch() else "sans-serif"
    return f'font-family="{info.family()}, {generic}"'.encode()


def window_picture(window: QWidget, scale: float = SCALE) -> QImage:
    """A picture of a window as it is, every point of it ``scale`` times as fine.

    Raises BadValue if it would have more than MOST_PIXELS.
    """
    image = _canvas(window.size(), scale, LIGHT)
    paint_part(window, image, QRegion(window.rect()))
    return image


def window_picture_slowly(window: QWidget, scale: float = SCALE) -> SlicedWork:
    """The same image, painted part by part; anew if the window changes meanwhile.

    All of it is of one instant: where a window does not keep still, it is painted at once.
    """
    for _ in range(TRIES):
        image, changes = _canvas(window.size(), scale, LIGHT), Changes(window)
        try:
            for region in tiles(window, scale):
                paint_part(window, image, region)
                yield None
                if changes.seen:
                    break
            else:
                return image
        finally:  # also if it is given up
            changes.deleteLater()
    return window_picture(window, scale)


def copy_picture(view: Pictured, frame: Frame) -> None:
    """Put a picture of a view, as it is on the screen, on the clipboard."""
    image = picture(type(view), frame, view.theme, view.choices(), view.size(), COPY_SCALE)
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


ALIASES = {"Monospace", "Sans Serif", "Serif"}
"""The families that Qt lists on Linux also when there are no fonts at all."""

_kept: list[QApplication] = []  # an application without a reference is destroyed


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


def _room(size: QSize, text: float) -> QSize:
    """The px that a view has in a picture of this size with text so many times as large."""
    return QSize(math.ceil(size.width() / text), math.ceil(size.height() / text))


def _canvas(size: QSize, scale: float, theme: Theme) -> QImage:
    width, height = round(size.width() * scale), round(size.height() * scale)
    if width * height > MOST_PIXELS:
        raise BadValue(
            "picture",
            Unquoted(f"{width:,} x {height:,} pixels"),
            f"at most {MOST_PIXELS:,} pixels in all",
            "choose a smaller size or scale",
        )
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.setDotsPerMeterX(round(PER_METER * scale))
    image.setDotsPerMeterY(round(PER_METER * scale))
    image.fill(theme.colour("surface"))
    return image


# -- what a frame may lack -----------------------------------------------------------------


def _frames(frame: Frame) -> Callable[[Pictured], Frame]:
    """The frame with all that a view wants, whatever that comes to be."""
    full = completed(frame)
    return lambda view: with_neg_gradient(full) if view.snapshot_request().neg_gradient else full


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


def with_neg_gradient(frame: Frame) -> Frame:
    """The frame with the negative gradient, which takes too long to be always there."""
    setup, snapshot = frame.setup, frame.snapshot
    if snapshot.neg_gradient is not None:
        return frame
    loss, train = LOSSES[setup.experiment.error], setup.patterns.train
    with np.errstate(all="ignore"):
        neg_gradient = summed_neg_gradient(
            setup.network,
            loss,
            snapshot.parameters,
            train,
            RULES[setup.experiment.rule],
            snapshot.clamps,
        )
    return replace(frame, snapshot=replace(snapshot, neg_gradient=neg_gradient))
