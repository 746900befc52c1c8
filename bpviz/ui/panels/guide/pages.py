"""The guide's pages: Markdown files with titles and headings, and where a link leads.

Headings have the anchors that GitHub gives them, so that the same links work on the web.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bpviz.resources import resource

INDEX = "index.md"
"""The first page; its links to the others give their order."""

_FENCE = re.compile(r"^ *```.*?^ *``` *$", re.MULTILINE | re.DOTALL)
_CODE_ENDS = re.compile(r"^```\n\n(?=```\w|\|)", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^()\s]+)\)")


@dataclass(frozen=True, slots=True)
class PageHeading:
    """One heading: ``level`` is 1 for the title of the page."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``name`` is its file's, such as speed.md.

    In ``markdown`` a blank paragraph parts code from code or a table behind it: Qt would take
    both for one.
    """

    name: str
    title: str
    markdown: str
    headings: tuple[PageHeading, ...]


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading: lower case, without marks, blanks as hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def read_page(path: Path) -> Page:
    """The page in a file, which begins with its title. Raises OSError, ValueError."""
    text = path.read_text(encoding="utf-8")
    headings = tuple(
        PageHeading(len(marks), words, anchor_of(words))
        for marks, words in _HEADING.findall(_FENCE.sub("", text))
    )
    if not headings:
        raise ValueError(f"{path.name} must begin with a heading")
    parted = _CODE_ENDS.sub("```\n\n&nbsp;\n\n", text)
    return Page(path.name, headings[0].text, parted, headings)


def read_pages() -> dict[str, Page]:
    """All pages by name: the first page, then the others in the order in which it links them."""
    folder = resource("guide")
    index = read_page(folder / INDEX)
    linked = [name for name in links_of(index.markdown) if name.endswith(".md")]
    return {index.name: index} | {name: read_page(folder / name) for name in linked}


def links_of(markdown: str) -> list[str]:
    """The targets of all links and pictures outside of code, in their order."""
    without_code = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", markdown))
    return _LINK.findall(without_code)


def split_link(target: str, page: str) -> tuple[str, str]:
    """(name, anchor) of a link within the guide; ``page`` is the one that it is on."""
    name, _, anchor = target.partition("#")
    return PurePosixPath(name).name or page, anchor
