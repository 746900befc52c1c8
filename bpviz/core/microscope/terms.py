"""The terms of a formula, and marks of them in its TeX.

A formula's TeX has marks ``⟦term|TeX⟧`` around its terms; they may be nested. ``rendered``
replaces them, for example with boxes on the screen; ``unmarked`` removes them.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple, cast

TermKind = Literal[
    "change", "rate", "mean", "patterns", "tied", "direction", "decay", "momentum",
    "optimizer", "act", "deviation", "error", "shared", "sum", "back", "weight", "slope", "delta",
    "source", "own", "path",
]  # fmt: skip


class Term(NamedTuple):
    """A term: its kind, and its unit (-1: all units of the group).

    A "weight" leads to that unit from unit ``source`` of the group ``below``. Terms that belong to
    no unit, such as the learning rate, have -1 throughout; ``unit`` may number several of a kind.
    """

    kind: TermKind
    group: int = -1
    unit: int = -1
    below: int = -1
    source: int = -1

    def is_like(self, other: "Term") -> bool:
        """Whether both are the same number, or one is a symbol that stands for the other."""
        return self.kind == other.kind and all(
            a == b or -1 in (a, b) for a, b in zip(self[1:], other[1:], strict=True)
        )


Chain = tuple[Term, ...]
"""A term, after the terms that contain it."""

OPEN, BAR, CLOSE = "⟦", "|", "⟧"
_MARK = re.compile(rf"{OPEN}([^{BAR}{CLOSE}]*){re.escape(BAR)}|{CLOSE}")


def marked(tex: str, term: Term) -> str:
    """The TeX of a term with its mark; '' for empty TeX."""
    key = ".".join([term.kind, *("X" if n < 0 else str(n) for n in term[1:])])
    return f"{OPEN}{key}{BAR}{tex}{CLOSE}" if tex else ""


def unmarked(tex: str) -> str:
    """The TeX without marks."""
    return _MARK.sub("", tex)


def rendered(tex: str, begin: Callable[[Chain], str], end: Callable[[Chain], str]) -> str:
    """The text with ``begin(chain)`` and ``end(chain)`` in place of the ends of each mark."""
    chain: list[Term] = []

    def other(found: re.Match[str]) -> str:
        if found[1] is None:
            text = end(tuple(chain))
            chain.pop()
            return text
        chain.append(_term(found[1]))
        return begin(tuple(chain))

    return _MARK.sub(other, tex)


def chains_of(tex: str) -> list[Chain]:
    """All terms of a formula, from left to right, each after the terms that contain it."""
    found: list[Chain] = []

    def begin(chain: Chain) -> str:
        found.append(chain)
        return ""

    rendered(tex, begin, lambda _: "")
    return found


def _term(key: str) -> Term:
    kind, *numbers = key.split(".")
    return Term(cast(TermKind, kind), *(-1 if n == "X" else int(n) for n in numbers))
