"""Terms of a formula that can be pointed at: what they are called, and marks in its TeX.

A formula's TeX carries marks ``⟦term|TeX⟧`` around its terms, also one within another. Whoever
draws it makes boxes of them (``rendered``); whoever writes it down leaves them out (``unmarked``).
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
    """A term: what kind of number, and of which unit (-1: of all units of the group).

    A "weight" leads to that unit, from unit ``source`` of the group ``below``. Numbers that are of
    no unit, such as the learning rate, have -1 throughout; ``unit`` then is which of several.
    """

    kind: TermKind
    group: int = -1
    unit: int = -1
    below: int = -1
    source: int = -1

    def is_like(self, other: "Term") -> bool:
        """Whether the two are one term: the same number, or one of those that a symbol is for."""
        return self.kind == other.kind and all(
            a == b or -1 in (a, b) for a, b in zip(self[1:], other[1:], strict=True)
        )


Chain = tuple[Term, ...]
"""A term behind those that it is a part of."""

OPEN, BAR, CLOSE = "⟦", "|", "⟧"
_MARK = re.compile(rf"{OPEN}([^{BAR}{CLOSE}]*){re.escape(BAR)}|{CLOSE}")


def marked(tex: str, term: Term) -> str:
    """The TeX of a term with its mark; nothing stays nothing."""
    key = ".".join([term.kind, *("X" if n < 0 else str(n) for n in term[1:])])
    return f"{OPEN}{key}{BAR}{tex}{CLOSE}" if tex else ""


def unmarked(tex: str) -> str:
    """The TeX alone."""
    return _MARK.sub("", tex)


def rendered(tex: str, begin: Callable[[Chain], str], end: Callable[[Chain], str]) -> str:
    """The text with what ``begin`` and ``end`` say for the marks' two ends; both get the chain."""
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
    """All terms of a formula, from left to right, each behind those that it is a part of."""
    found: list[Chain] = []

    def begin(chain: Chain) -> str:
        found.append(chain)
        return ""

    rendered(tex, begin, lambda _: "")
    return found


def _term(key: str) -> Term:
    kind, *numbers = key.split(".")
    return Term(cast(TermKind, kind), *(-1 if n == "X" else int(n) for n in numbers))
