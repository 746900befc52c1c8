"""What was chosen in the export dialog, read from fields and settings with the same checks."""

import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QStandardPaths

from bpviz.core.number_grammar import read
from bpviz.core.values import BadValue, check_choice, check_number, check_whole
from bpviz.session.recording.csv_tables import COMMAS, SEMICOLONS
from bpviz.ui.toolkit.settings import Settings

LEAST_SIDE, MOST_SIDE = 100, 10_000
"""Width and height of a picture, px at scale 1."""

LEAST_SCALE, MOST_SCALE = 1.0, 4.0

PNG, SVG, CSV, CSV_SEMICOLON = "png", "svg", "csv", "csv-semicolon"
TABLE_MARKS = {CSV: COMMAS, CSV_SEMICOLON: SEMICOLONS}
"""Format of tables -> what stands between cells and before decimals."""
THEME_CHOICES = {"screen": "as on screen", "light": "light", "dark": "dark"}
TEXT_SIZES = {
    "screen": ("as on screen", 1.0),
    "paper": ("for paper", 1.25),
    "slide": ("for a slide", 1.5),
    "poster": ("for a poster", 2.0),
}
"""Name -> what it is called, and how many times as large as on the screen text is."""


class PicturePreset(NamedTuple):
    """A size of pictures in px, the pixels for each, and the size of their text."""

    label: str
    width: int
    height: int
    scale: float
    text: str


PRESETS = (
    PicturePreset("page", 640, 440, 3.0, "screen"),
    PicturePreset("slide 4:3", 960, 720, 2.0, "slide"),
    PicturePreset("slide 16:9", 960, 540, 2.0, "slide"),
    PicturePreset("slide 16:9, half", 480, 540, 2.0, "slide"),
    PicturePreset("poster", 800, 600, 4.0, "poster"),
)
"""Sizes to choose from; a new one is one row."""

GROUP = "export"
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f]')
LONGEST_PREFIX = 100


def check_side(field: str, side: int) -> None:
    """Refuse a width or height, in px, that is not allowed. Raises BadValue."""
    check_whole(field, side, LEAST_SIDE, MOST_SIDE)


def check_scale(scale: float) -> None:
    """Refuse a number of pixels for one px in each direction. Raises BadValue."""
    check_number("scale", scale, LEAST_SCALE, MOST_SCALE)


def read_prefix(text: str) -> str:
    """What the names of the files start with. Raises BadValue."""
    if _FORBIDDEN.search(text) or len(text) > LONGEST_PREFIX or text.startswith("."):
        allowed = (
            f"at most {LONGEST_PREFIX} characters, without a dot at the start and without "
            '/ \\ : * ? " < > |'
        )
        raise BadValue("start of the names", text, allowed)
    return text


@dataclass(slots=True)
class ExportSettings:
    """What was chosen in the dialog last, kept in the settings.

    ``views`` and ``tables`` are the keys of those that are wanted, ``window`` says whether the
    whole window is.
    """

    views: list[str] = field(default_factory=list)
    window: bool = False
    tables: list[str] = field(default_factory=list)
    format: str = PNG
    width: int = 640
    height: int = 440
    scale: float = 3.0
    theme: str = "screen"
    text: str = "screen"
    folder: str = ""
    prefix: str = ""

    @property
    def enlargement(self) -> float:
        """How many times as large as on the screen text, lines and units are."""
        return TEXT_SIZES[self.text][1]

    def save(self, settings: Settings) -> None:
        """Remember all of it."""
        for name, value in asdict(self).items():
            text = ",".join(value) if isinstance(value, list) else str(value)
            settings.set(f"{GROUP}/{name}", text)
        settings.save()


def load_settings(settings: Settings, views: list[str], tables: list[str]) -> ExportSettings:
    """What was remembered; the rest, and what is not allowed, is as at the first time.

    The first time these ``views`` and ``tables`` (keys) are wanted.
    """
    loaded = ExportSettings(views=views, tables=tables, folder=_pictures_folder())
    for row in fields(ExportSettings):
        key = f"{GROUP}/{row.name}"
        if key in settings:
            with suppress(ValueError):  # BadValue is one
                setattr(loaded, row.name, _read(row.name, settings.text(key)))
    return loaded


def _read(name: str, text: str) -> Any:
    """What was stored. Raises ValueError for what is not allowed."""
    if name in ("width", "height"):
        return read(text, partial(check_side, name), whole=True)
    if name == "scale":
        return read(text, check_scale)
    if name == "prefix":
        return read_prefix(text)
    if name == "window":
        return text == "True"
    if name in ("views", "tables"):
        return text.split(",")
    choices = {
        "format": (PNG, SVG, *TABLE_MARKS),
        "theme": tuple(THEME_CHOICES),
        "text": tuple(TEXT_SIZES),
    }.get(name)
    if choices is not None:
        check_choice(name, text, choices)
    return text


def _pictures_folder() -> str:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return folder if folder and Path(folder).is_dir() else str(Path.home())
