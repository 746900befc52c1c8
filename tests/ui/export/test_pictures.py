"""Pictures: the right size, sharp, described, and nothing on the screen is touched."""

import os
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bpviz import __version__
from bpviz.core.values import BadValue
from bpviz.experiment.experiment import Hidden
from bpviz.session.frame import Frame
from bpviz.sharing.atomic_files import WriteFailed, write_bytes
from bpviz.ui.export.pictures import (
    completed,
    copy_picture,
    picture,
    picture_slowly,
    png,
    svg,
    window_picture,
    window_picture_slowly,
)
from bpviz.ui.toolkit.drawing.theme import DARK, LIGHT, THEMES, Theme
from bpviz.ui.views.base import View
from bpviz.ui.views.table import view_classes
from tests.conftest import FrameFor
from tests.ui.views.text_view import TextView

VIEWS = (*view_classes(), TextView)
PROBLEMS = ("xor", "sine", "circle", "iris", "digits")


class Sheet(View):
    """A square in a chosen colour, a line of text, and a bar with a control."""

    key: ClassVar[str] = "sheet"
    title: ClassVar[str] = "Sheet"
    about: ClassVar[str] = "For tests"
    vector: ClassVar[bool] = True
    made: ClassVar[list["Sheet"]] = []

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self.made.append(self)
        self.colour = "red"
        self.frames: list[Frame] = []
        self.control = QCheckBox("control")
        self.label = QLabel("label")
        self.label.setBuddy(self.control)
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.addWidget(self.label)
        row.addWidget(self.control)
        self.area = Area(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.bar)
        column.addWidget(self.area, 1)

    def show_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def choices(self) -> dict[str, Any]:
        return {"colour": self.colour}

    def set_choices(self, choices: dict[str, Any]) -> None:
        self.colour = choices.get("colour", self.colour)


class Area(QWidget):
    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRect(40, 40, 20, 20), QColor(self.sheet.colour))
        painter.setPen(QPen(self.sheet.theme.colour("text"), 1))
        painter.drawLine(0, 0, self.width(), self.height())
        painter.drawText(100, 50, "a word")


@pytest.fixture
def frame(frame_for: FrameFor) -> Frame:
    return frame_for("xor")


def in_words(view: type[View]) -> bool:
    """Whether a view holds text and nothing that it draws."""
    one = view()
    layout = one.layout()
    parts = [] if layout is None else [layout.itemAt(k).widget() for k in range(layout.count())]
    return bool(parts) and all(isinstance(part, QLabel | QPlainTextEdit) for part in parts)


def pixels(image: QImage) -> NDArray[np.uint8]:
    """(height, width, 3), RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[:, :, 2::-1].copy()


# -- pictures of any view ------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 4.0])
def test_a_picture_has_size_times_scale_pixels(qapp: object, frame: Frame, scale: float) -> None:
    image = picture(Sheet, frame, size=QSize(300, 200), scale=scale)
    assert (image.width(), image.height()) == (300 * scale, 200 * scale)
    red = (pixels(image) == (255, 0, 0)).all(axis=2)
    assert red.sum() == pytest.approx((20 * scale) ** 2, rel=0.01)


@pytest.mark.parametrize(("text", "scale"), [(1.25, 2.0), (1.5, 1.0), (2.0, 1.5), (1.3, 1.7)])
def test_text_and_lines_can_be_larger_in_a_picture_of_the_same_size(
    qapp: object, frame: Frame, text: float, scale: float
) -> None:
    image = picture(Sheet, frame, size=QSize(310, 207), scale=scale, text=text)
    assert (image.width(), image.height()) == (round(310 * scale), round(207 * scale))
    assert image.dotsPerMeterX() == round(96 * scale / 0.0254)
    inked = pixels(image)
    assert (inked == (255, 0, 0)).all(axis=2).sum() == pytest.approx(
        (20 * scale * text) ** 2, rel=0.05
    )


def test_text_can_be_larger_in_an_svg(qapp: object, frame: Frame) -> None:
    document = svg(Sheet, frame, size=QSize(300, 200), text=2.0).decode()
    assert 'width="300" height="200"' in document
    assert 'viewBox="0 0 150 100"' in document
    usual = svg(Sheet, frame, size=QSize(150, 100)).decode()
    assert document.count("<text") == usual.count("<text") == 1


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_png_says_what_it_shows_and_how_dense_it_is(
    qapp: object, frame: Frame, scale: float
) -> None:
    image = QImage.fromData(png(picture(Sheet, frame, scale=scale)))
    assert image.text("Title") == "Sheet: xor, epoch 20"
    assert (image.text("Problem"), image.text("Seed"), image.text("Epoch")) == ("xor", "0", "20")
    assert image.text("Software") == f"bpviz {__version__}"
    assert image.dotsPerMeterX() == image.dotsPerMeterY() == round(96 * scale / 0.0254)
    assert not image.hasAlphaChannel()


def test_a_picture_follows_choices_and_theme(qapp: object, frame: Frame) -> None:
    image = pixels(picture(Sheet, frame, DARK, {"colour": "lime"}, QSize(300, 200), 1.0))
    assert (image == (0, 255, 0)).all(axis=2).any()
    assert not (image == (255, 0, 0)).all(axis=2).any()
    assert tuple(image[-1, 0]) == DARK.colour("surface").getRgb()[:3]


def test_a_picture_leaves_out_what_a_person_clicks(qapp: object, frame: Frame) -> None:
    image = pixels(picture(Sheet, frame, size=QSize(300, 200), scale=1.0))
    rows = np.flatnonzero((image == (255, 0, 0)).all(axis=2).any(axis=1))
    assert rows[0] == 40  # the bar above the area, now empty, has gone too


def test_the_second_instance_comes_and_goes_unseen(
    qtbot: QtBot, qapp: QApplication, frame: Frame
) -> None:
    shown = Sheet()
    qtbot.addWidget(shown)
    shown.show()
    widgets, windows = set(qapp.allWidgets()), set(qapp.allWindows())
    Sheet.made.clear()
    picture(Sheet, frame, choices={"colour": "lime"})
    svg(Sheet, frame)
    assert len(Sheet.made) == 2
    Sheet.made.clear()
    assert set(qapp.allWidgets()) == widgets
    assert set(qapp.allWindows()) == windows
    assert (shown.colour, shown.frames, shown.control.isVisible()) == ("red", [], True)


def test_a_picture_too_large_for_memory_is_refused(qapp: object, frame: Frame) -> None:
    with pytest.raises(
        BadValue, match=r"at most 100,000,000 pixels in all, not 40,000 x 40,000 pixels"
    ):
        picture(Sheet, frame, size=QSize(10_000, 10_000), scale=4.0)


def test_a_failing_view_leaves_no_widget_behind(
    qapp: QApplication, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    widgets = set(qapp.allWidgets())

    def fail(self: Sheet, frame: Frame) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sheet, "show_frame", fail)
    with pytest.raises(ZeroDivisionError):
        picture(Sheet, frame)
    Sheet.made.clear()
    assert set(qapp.allWidgets()) == widgets


# -- SVG -----------------------------------------------------------------------------------

WITH_MAPS = ("responses", "compare", "similarity")
"""Their maps over the plane, or of pairs, are bitmaps; what is around them is not."""

NAMES = {"svg": "http://www.w3.org/2000/svg"}


def test_an_svg_holds_lines_and_texts_in_their_size(qapp: object, frame: Frame) -> None:
    data = svg(Sheet, frame, choices={"colour": "lime"}, size=QSize(300, 200))
    root = ET.fromstring(data)
    assert root.get("viewBox") == "0 0 300 200"
    assert (root.get("width"), root.get("height")) == ("300", "200")
    (text,) = root.iterfind(".//svg:text", NAMES)
    assert text.text == "a word"
    assert text.get("font-size") == str(QFontInfo(QApplication.font()).pixelSize())
    assert str(text.get("font-family")).endswith((", sans-serif", ", monospace"))
    assert root.findtext("svg:title", namespaces=NAMES) == "Sheet: xor, epoch 20"
    assert "Problem: xor, Seed: 0" in str(root.findtext("svg:desc", namespaces=NAMES))
    drawn = QImage(300, 200, QImage.Format.Format_RGB32)
    drawn.fill(Qt.GlobalColor.black)
    painter = QPainter(drawn)
    renderer = QSvgRenderer(data)
    renderer.render(painter)
    painter.end()
    painted = pixels(
        picture(Sheet, frame, choices={"colour": "lime"}, size=QSize(300, 200), scale=1)
    )
    # Texts are drawn by other means, so edges differ a little, but nothing is elsewhere.
    assert np.abs(pixels(drawn).astype(int) - painted).mean() < 2.0


@pytest.mark.parametrize("view", VIEWS)
def test_choices_of_a_run_before_make_a_picture_of_this_one(
    qtbot: QtBot, frame_for: FrameFor, view: type[View]
) -> None:
    """A view behind another dock has not seen the run that the picture is of."""
    hidden = view()
    qtbot.addWidget(hidden)
    before = [frame_for("circle", n, hidden=(Hidden(3, "tanh"),)) for n in (0, 200)]
    for each in before:  # of one run
        hidden.show_frame(replace(each, setup=before[0].setup))
    frame = frame_for("majority", hidden=(Hidden(3, "tanh"),))
    made = picture(view, frame, choices=hidden.choices(), scale=1.0)
    assert not made.isNull()


@pytest.mark.parametrize("view", [view for view in VIEWS if view.vector])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_vector_views_make_an_svg_without_bitmaps(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str
) -> None:
    root = ET.fromstring(svg(view, frame_for(problem, epochs=3)))
    tags = [node.tag.partition("}")[2] for node in root.iter()]
    if view.key not in WITH_MAPS:
        assert "image" not in tags
        assert tags.count("text") >= 3
    assert "text" in tags


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("view", [view for view in VIEWS if view.vector])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_an_svg_shows_what_the_screen_shows(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str, theme: Theme
) -> None:
    """Some views draw lines by other means there: places, colours and sizes are the same."""
    frame, size = frame_for(problem), QSize(600, 400)
    drawn = QImage(size, QImage.Format.Format_RGB32)
    drawn.fill(Qt.GlobalColor.black)
    with QPainter(drawn) as painter:
        QSvgRenderer(svg(view, frame, theme, size=size)).render(painter)
    painted = picture(view, frame, theme, size=size, scale=1.0)
    difference = np.abs(coarse(drawn) - coarse(painted))
    assert difference.max() < 25.0
    assert difference.mean() < 2.0


def coarse(image: QImage) -> NDArray[np.float64]:
    """The mean colours of squares of 10 x 10 px: the exact place of an edge hardly matters."""
    rgb = pixels(image).astype(float)
    height, width = (n // 10 for n in rgb.shape[:2])
    return rgb[: 10 * height, : 10 * width].reshape(height, 10, width, 10, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("view", [view for view in VIEWS if view.vector])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_lines_of_an_svg_have_their_width_in_every_program(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str
) -> None:
    """Not all of them know vector-effect, so no line may be in a group that enlarges it."""
    root = ET.fromstring(svg(view, frame_for(problem, epochs=30)))
    for group in root.iterfind(".//svg:g[@transform]", NAMES):
        if any(node.get("vector-effect") == "non-scaling-stroke" for node in group):
            drawn = [node for node in group if node.get("width") != "0"]
            enlarges = not group.attrib["transform"].startswith("matrix(1,0,0,1,")
            assert not (enlarges and drawn), group.attrib


# -- pictures of the real views ------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_view_makes_a_picture(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str, theme: Theme
) -> None:
    frame = frame_for(problem, epochs=3)
    image = pixels(picture(view, frame, theme, size=QSize(640, 440), scale=2.0))
    assert image.shape == (880, 1280, 3)
    assert image.std() > (2.0 if in_words(view) else 5.0)  # a few words in a large area
    surface = np.array(theme.colour("surface").getRgb()[:3])
    assert (image == surface).all(axis=2).mean() > 0.02


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("problem", ["xor", "digits"])
def test_a_picture_painted_in_bands_is_the_same(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str
) -> None:
    frame, size = frame_for(problem, epochs=3), QSize(400, 300)
    work = picture_slowly(view, frame, size=size, scale=1.5)
    while True:
        try:
            next(work)
        except StopIteration as end:
            slow = pixels(end.value)
            break
    whole = pixels(picture(view, frame, size=size, scale=1.5))
    assert slow.shape == whole.shape
    # What is cut at the end of a band is smoothed a little differently.
    assert np.abs(slow.astype(int) - whole.astype(int)).max() <= 8


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_picture_is_drawn_finer_not_enlarged(
    qapp: object, frame_for: FrameFor, view: type[View], problem: str
) -> None:
    """An enlarged picture consists of 2 x 2 blocks of one colour."""
    image = pixels(picture(view, frame_for(problem, epochs=3), size=QSize(640, 440), scale=2.0))
    blocks = image.reshape(440, 2, 640, 2, 3).astype(int)
    span = np.ptp(blocks, axis=(1, 3)).max(axis=-1)
    inked = np.ptp(image.reshape(-1, 3), axis=0).max() / 8
    fine = span > inked
    if in_words(view):  # of its few words, not of the whole area
        fine = fine[(blocks != image[0, 0]).any(axis=(1, 3, 4))]
    assert fine.mean() > 0.005


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_a_frame_lacks_is_computed(frame_for: FrameFor, problem: str) -> None:
    whole = frame_for(problem)
    snapshot = whole.snapshot
    bare = replace(
        whole,
        snapshot=replace(
            snapshot, activations=(), train_outputs=None, test_outputs=None, probe_outputs=None
        ),
    )
    again = completed(bare).snapshot
    for ours, theirs in zip(again.activations, snapshot.activations, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for name in ("train_outputs", "test_outputs", "probe_outputs"):
        np.testing.assert_equal(getattr(again, name), getattr(snapshot, name))
    assert completed(whole) is whole


# -- the window, the clipboard, files ------------------------------------------------------


def test_a_picture_of_a_window_is_as_fine_as_wanted(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("Some text", window)
    label.move(20, 20)
    window.resize(200, 100)
    window.show()
    image = window_picture(window, 3.0)
    assert (image.width(), image.height()) == (600, 300)
    assert pixels(image).std() > 1.0


@pytest.mark.parametrize("changes", [0, 2, 100])
def test_a_picture_of_a_window_is_of_one_instant(qtbot: QtBot, changes: int) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    labels = [QLabel("0", window) for _ in range(9)]
    for number, label in enumerate(labels):
        label.setGeometry(30 + 60 * number, 20 + 60 * number, 60, 30)
    window.resize(640, 600)
    window.show()
    qtbot.waitExposed(window)
    work, written, pieces = window_picture_slowly(window, 2.0), 0, 0
    while True:
        QApplication.processEvents()
        try:
            next(work)
        except StopIteration as end:
            image = end.value
            break
        pieces += 1
        if written < changes:
            written += 1
            for label in labels:
                label.setText(str(written))
    assert pieces > 1
    for label in labels:
        label.setText(str(written))
    assert (pixels(image) == pixels(window_picture(window, 2.0))).all()
    # One that is given up leaves nothing at the window either.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    before = len(window.children())
    work = window_picture_slowly(window, 2.0)
    next(work)
    work.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(window.children()) == before


def test_a_copied_picture_is_as_on_the_screen(qtbot: QtBot, frame: Frame) -> None:
    view = Sheet(theme=DARK)
    qtbot.addWidget(view)
    view.colour = "lime"
    view.resize(240, 160)
    copy_picture(view, frame)
    image = pixels(QGuiApplication.clipboard().image())
    assert image.shape == (320, 480, 3)
    assert (image == (0, 255, 0)).all(axis=2).any()
    assert tuple(image[-1, 0]) == DARK.colour("surface").getRgb()[:3]


def test_a_picture_is_written_whole_or_not_at_all(
    qapp: object, frame: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.png"
    image = picture(Sheet, frame, size=QSize(300, 200))
    write_bytes(path, png(image), replace=False)
    before = path.read_bytes()
    assert QImage(str(path)).width() == 900
    with pytest.raises(WriteFailed, match="exists already"):
        write_bytes(path, png(image), replace=False)

    def fail(*paths: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(WriteFailed, match=r"sheet\.png could not be written: no space left"):
        write_bytes(path, png(picture(Sheet, frame, DARK)), replace=True)
    assert os.listdir(tmp_path) == ["sheet.png"]
    assert path.read_bytes() == before
