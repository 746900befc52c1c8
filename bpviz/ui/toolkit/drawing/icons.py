"""The icons of buttons and menus: SVG paths, drawn in any colour."""

from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from bpviz.ui.toolkit.drawing.theme import scaled

_LINE = '<path fill="none" stroke="{c}" stroke-width="2" stroke-linecap="round" ' \
        'stroke-linejoin="round" d="{d}"/>'  # fmt: skip
_AREA = '<path fill="{c}" fill-rule="evenodd" d="{d}"/>'
_CIRCLE = "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17z"
_DISC = "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19z"


def _dot(x: float, y: float, r: float = 1.3) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


ICONS: dict[str, tuple[str, str]] = {
    "play": ("", "M7.5 4.8v14.4l11.5-7.2z"),
    "pause": ("", "M6.5 5h4v14h-4zM13.5 5h4v14h-4z"),
    "skip-next": ("", "M5.5 5.5v13l9.5-6.5zM16 5.5h2.5v13H16z"),
    "skip-previous": ("", "M18.5 5.5v13l-9.5-6.5zM5.5 5.5h2.5v13H5.5z"),
    "play-circle": (f"{_CIRCLE}", "M10 8.2v7.6l6-3.8z"),
    "restart": ("M5 4.5v4.8h4.8M5.6 9A7.4 7.4 0 1 1 4.7 14.2", ""),
    "dice": (
        "M6.5 4h11a2.5 2.5 0 0 1 2.5 2.5v11a2.5 2.5 0 0 1-2.5 2.5h-11a2.5 2.5 0 0 1-2.5-2.5v-11"
        "a2.5 2.5 0 0 1 2.5-2.5z",
        "".join(_dot(x, y) for x, y in ((8.3, 8.3), (15.7, 8.3), (12, 12), (8.3, 15.7),
                                        (15.7, 15.7))),
    ),
    "folder": (
        "M3.5 18V6.5a1 1 0 0 1 1-1h4.6l2 2.2h7.4a1 1 0 0 1 1 1v1.6M3.5 18l2.6-7a1 1 0 0 1 .9-.7"
        "h14l-2.6 7.7z",
        "",
    ),
    "picture": (
        "M5.5 4h13a1.5 1.5 0 0 1 1.5 1.5v13a1.5 1.5 0 0 1-1.5 1.5h-13a1.5 1.5 0 0 1-1.5-1.5v-13"
        "a1.5 1.5 0 0 1 1.5-1.5z",
        "M7 17l3.2-4.2 2.3 2.8 2.9-4 3.6 5.4z",
    ),
    "check-circle": (f"{_CIRCLE}M8.2 12.3l2.7 2.7 5-5.3", ""),
    "alert-circle": (f"{_CIRCLE}M12 7.5v5", _dot(12, 16.2)),
    "alert-disc": ("", f"{_DISC}M11 6.5h2v6.7h-2zM11 15.2h2v2.1h-2z"),
    "alert-triangle": ("M12 4L21 19.5H3zM12 10v4.2", _dot(12, 17)),
    "information": (f"{_CIRCLE}M12 11.5v5", _dot(12, 7.9)),
    "close": ("M6 6l12 12M18 6L6 18", ""),
    "plus": ("M12 5v14M5 12h14", ""),
    "chevron-down": ("M6.5 9.5l5.5 5.5 5.5-5.5", ""),
    "chevron-right": ("M9.5 6.5l5.5 5.5-5.5 5.5", ""),
    "flag": (
        "M5.5 21V4M5.5 5h13.5v9.5h-13.5",
        "M5.5 5h4.5v3.2h-4.5zM14.5 5h4.5v3.2h-4.5zM10 8.2h4.5v3.1h-4.5zM5.5 11.3h4.5v3.2h-4.5z"
        "M14.5 11.3h4.5v3.2h-4.5z",
    ),
    "pencil": (
        "M4.5 19.5l1-4.3 10.6-10.6a1.6 1.6 0 0 1 2.3 0l1 1a1.6 1.6 0 0 1 0 2.3l-10.6 10.6z"
        "M13.8 7l3.3 3.3",
        "",
    ),
    "columns": ("M4 5h16v14H4zM12 5v14", ""),
    "undo": ("M8.5 5L4 9.5l4.5 4.5M4.5 9.5H14.5a5 5 0 0 1 0 10H10", ""),
    "redo": ("M15.5 5L20 9.5l-4.5 4.5M19.5 9.5H9.5a5 5 0 0 0 0 10H14", ""),
}  # fmt: skip
"""Name -> lines and areas, as paths of an SVG 24 px wide and high."""


SIZES = (16, 24, 32, 48, 72)
"""The sizes in px in which icons are drawn; Qt scales the next larger one down."""

LARGEST = 24
"""The largest size of an icon in the window, in px at 100 % text on a screen whose scale is 1."""


@lru_cache(maxsize=512)
def _images(name: str, colour: str, opacity: float, scale: float) -> tuple[QImage, ...]:
    """The icon in every size that screens of this scale need.

    Images, not pixmaps, since the cache may outlive the application.
    """
    lines, areas = ICONS[name]
    body = (_LINE.format(c=colour, d=lines) if lines else "") + (
        _AREA.format(c=colour, d=areas) if areas else ""
    )
    document = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{body}</svg>'
    renderer = QSvgRenderer(QByteArray(document.encode()))
    enough = [size for below, size in pairwise((0, *SIZES)) if below < LARGEST * scale]
    return tuple(_image(renderer, size, opacity) for size in enough)


def _image(renderer: QSvgRenderer, size: int, opacity: float) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    # Opacity is applied afterwards, so that overlapping lines and areas are not darker.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.fillRect(image.rect(), QColor.fromRgbF(0.0, 0.0, 0.0, opacity))
    painter.end()
    return image


def _add(icon: QIcon, name: str, colour: QColor, mode: QIcon.Mode) -> None:
    application = QGuiApplication.instance()
    scale = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    with_text = max(1.0, scaled(100) / 100)  # the toolbar's icons grow with the text
    for image in _images(name, colour.name(), colour.alphaF(), scale * with_text):
        icon.addPixmap(QPixmap.fromImage(image), mode)


def icon(
    name: str,
    *,
    colour: QColor | str,
    active: QColor | str | None = None,
    disabled: QColor | str | None = None,
) -> QIcon:
    """An icon of the table in these colours; missing ones are derived by Qt."""
    made = QIcon()
    modes = {
        QIcon.Mode.Normal: colour,
        QIcon.Mode.Active: active,
        QIcon.Mode.Disabled: disabled,
    }
    for mode, value in modes.items():
        if value is not None:
            _add(made, name, QColor(value), mode)
    return made
