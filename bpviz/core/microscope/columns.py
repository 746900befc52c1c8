"""The factors of a pattern's contribution, from left to right: the columns of the table."""

from typing import Literal, NamedTuple

from bpviz.core.microscope.microscope import MicroscopeReading
from bpviz.core.model.references import BiasRef, WeightRef
from bpviz.core.values import Vector

TermColumnKind = Literal[
    "kept", "net", "act", "derivative", "deviation", "error", "back", "slope", "delta", "source",
    "own", "contribution",
]  # fmt: skip

TEX: dict[TermColumnKind, str] = {
    "kept": r"r",
    "net": r"net",
    "act": r"o",
    "derivative": r"f'(net)",
    "deviation": r"t-o",
    "error": r"e-\sum_l e_l o_l",
    "back": r"\sum_k \delta_k w_{jk}",
    "slope": r"f'(net)",
    "delta": r"\delta",
    "source": r"a",
    "own": r"\delta\,a",
    "contribution": r"\delta\,a",
}
"""Kind of a column -> its heading, as TeX."""


class TermColumn(NamedTuple):
    """One factor (P,) of every pattern's contribution, or the product itself."""

    kind: TermColumnKind
    tex: str
    values: Vector


def term_columns(reading: MicroscopeReading) -> list[TermColumn]:
    """The factors and their product; for tied weights also that of this weight alone ("own")."""
    unit, change = reading.unit, reading.change
    found: list[tuple[TermColumnKind, Vector]] = []
    if unit.kept is not None:
        found.append(("kept", unit.kept))
    if change is None:
        if reading.update.network.groups[unit.group].role == "input":
            return [TermColumn("act", "i", unit.act)]
        found += [("net", unit.net), ("act", unit.act), ("derivative", unit.derivative)]
    if unit.deviation is None:
        found.append(("back", unit.signal))
    else:
        found.append(("deviation", unit.deviation))
        if unit.shared is not None and not unit.plain:
            found.append(("error", unit.signal))
    if change is not None and not unit.plain:
        found.append(("slope", unit.slope))
    found.append(("delta", unit.delta))
    if change is not None:
        if isinstance(change.ref, WeightRef):
            found.append(("source", change.source))
        if len(change.tied) > 1:
            found.append(("own", change.own))
        found.append(("contribution", change.contributions))
    return [TermColumn(kind, _tex(reading, kind), values) for kind, values in found]


def _tex(reading: MicroscopeReading, kind: TermColumnKind) -> str:
    change, unit = reading.change, reading.unit
    if kind == "back" and unit.shared is not None:
        return r"\sum_k \delta_k w_{jk}-\sum_l e_l h_l"
    if kind in ("slope", "derivative") and unit.kept is not None:
        return r"r\,f'(net)"
    if kind == "slope" and unit.shared is not None:
        return "o"  # the factor of a softmax unit's signal
    is_bias = change is not None and isinstance(change.ref, BiasRef)
    term = r"\delta" if kind in ("own", "contribution") and is_bias else TEX[kind]
    tied = kind == "contribution" and change is not None and len(change.tied) > 1
    return rf"\sum_{{\mathrm{{tied}}}} {term}" if tied else term
