"""The formula of one weight's change, for its place in its network, as TeX.

Notation of the lecture: inputs i, hidden units h, outputs o, teachers t, learning rate epsilon.
Where a network has several hidden groups, h carries the number of its group.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bpviz.core.activations import ACTIVATIONS
from bpviz.core.backprop import cancels
from bpviz.core.clamps import clamped_in
from bpviz.core.microscope import Change, Place, Scene, UnitTerms
from bpviz.core.paths import Edge, Factor, Path, PathTree
from bpviz.core.training import Training

MOST_PATHS = 4
"""Paths that a formula with numbers writes out."""


def unit_symbol(scene: Scene, group: int, unit: int | str) -> str:
    """The activation of a unit: 'i_1', 'h_2', 'h^{(2)}_3' or 'o_1'; ``unit`` from 0."""
    network = scene.network
    role = network.groups[group].role
    index = unit if isinstance(unit, str) else str(unit + 1)
    if role == "hidden" and len(network.hidden) > 1:
        return f"h^{{({network.hidden.index(group) + 1})}}_{{{index}}}"
    inputs = sum(g.role == "input" for g in network.groups)
    if role == "input" and inputs > 1:
        return f"i^{{({group + 1})}}_{{{index}}}"
    return f"{ {'input': 'i', 'hidden': 'h', 'output': 'o'}[role] }_{{{index}}}"


def slope_tex(scene: Scene, group: int, symbol: str) -> str:
    """f'(net) written through the activation's symbol; '' where it is 1."""
    row = ACTIVATIONS[scene.network.groups[group].activation]
    if not row.elementwise:
        return symbol
    if row.derivative_tex == "1":
        return ""
    safe = f"({symbol})" if "^" in symbol and "^" in row.derivative_tex else symbol
    text = re.sub(r"(?<![a-zA-Z\\])o(?![a-zA-Z_])", lambda _: safe, row.derivative_tex)
    return f"({text})" if _is_sum(row.derivative_tex) else text


def _is_sum(tex: str) -> bool:
    """Whether a plus or minus stands outside all brackets."""
    depth = 0
    for letter in tex:
        depth += (letter in "([{") - (letter in ")]}")
        if letter in "+-" and not depth:
            return True
    return False


class Indices(NamedTuple):
    """What the two units of a weight are called: numbers, or the lecture's letters."""

    source: str
    target: str

    @classmethod
    def of(cls, place: Place) -> "Indices":
        """The numbers of the units, from 1."""
        return cls(str(place.source + 1), str(place.unit + 1))

    @classmethod
    def letters(cls, scene: Scene, place: Place) -> "Indices":
        """Letters, the same for all weights of a connection: w_jk into the outputs, or w_ij."""
        return cls("j", "k") if place.group == scene.network.output else cls("i", "j")

    def pair(self, one: str, other: str) -> str:
        """'2,1' or 'ij'."""
        return one + other if (one + other).isalpha() else f"{one},{other}"


def weight_symbol(place: Place, at: Indices | None = None) -> str:
    """'w_{1,2}' from unit 1 to unit 2, or 'b_2'."""
    at = at or Indices.of(place)
    if place.kind == "bias":
        return f"b_{{{at.target}}}"
    return f"w_{{{at.pair(at.source, at.target)}}}"


# -- in symbols ----------------------------------------------------------------------------------


def change_tex(scene: Scene, change: Change, at: Indices | None = None) -> str:
    """The whole formula in symbols: what the next update adds to this weight."""
    at = at or Indices.of(change.place)
    symbol = weight_symbol(change.place, at)
    terms = rf"{_delta_tex(scene, change.target, at)}{_source_tex(scene, change.place, at)}"
    mean = r"\frac{1}{P}" if scene.training.reduction == "mean" else ""
    members = r"\sum_{\mathrm{tied}}" if len(change.tied) > 1 else ""
    g = rf"{mean}\sum_p {members}{terms}"
    g += _decay_tex(scene.training, symbol, decays=bool(scene.network.decays[change.index]))
    return STEP_TEX[scene.training.optimizer](rf"\Delta {symbol}", g, symbol)


def unit_tex(scene: Scene, unit: UnitTerms, at: Indices | None = None) -> str:
    """The formula of a unit's delta in symbols; of an input, that it holds the pattern's number."""
    at = at or Indices("", str(unit.unit + 1))
    symbol = unit_symbol(scene, unit.group, at.target)
    if scene.network.groups[unit.group].role == "input":
        return rf"{symbol} = \mathrm{{input}}"
    if unit.clamped:
        return rf"\delta_{{{symbol}}} = 0 \quad \mathrm{{(clamped)}}"
    return rf"\delta_{{{symbol}}} = {_delta_tex(scene, unit, at)}"


def unit_numbers_tex(
    scene: Scene, unit: UnitTerms, p: int, digits: int = 4, most_paths: int = MOST_PATHS
) -> str:
    """The same for one pattern with its numbers filled in."""
    symbol = unit_symbol(scene, unit.group, unit.unit)
    if scene.network.groups[unit.group].role == "input" or unit.clamped:
        return rf"{symbol} = {number(float(unit.act[p]), digits)}"
    factors = [_signal_numbers(scene, unit, p, digits, most_paths)]
    if not unit.plain:
        factors.append(_factor(float(unit.slope[p]), digits))
    product = number(float(unit.delta[p]), digits)
    return rf"\delta_{{{symbol}}} = " + r" \cdot ".join(factors) + f" = {product}"


def _delta_tex(scene: Scene, unit: UnitTerms, at: Indices) -> str:
    """The unit's delta, written out as far as it stays readable."""
    symbol = unit_symbol(scene, unit.group, at.target)
    if unit.deviation is not None:
        teacher = f"t_{{{at.target}}}"
        if unit.plain:
            return f"({teacher}-{symbol})"
        error = _error_tex(scene, teacher, symbol)
        if unit.shared is not None:
            others = _error_tex(scene, "t_l", unit_symbol(scene, unit.group, "l"))
            error = rf"[{error} - \sum_l {others}\,{unit_symbol(scene, unit.group, 'l')}]"
        return rf"{error}\,{slope_tex(scene, unit.group, symbol)}"
    later = sorted(_leads_to(scene, unit))
    parts = [_back_tex(scene, at, group) for group in later] or ["0"]
    back = " + ".join(parts)
    if unit.shared is not None:
        back += rf" - \sum_l e_l\,{unit_symbol(scene, unit.group, 'l')}"
    return rf"[{back}]\,{slope_tex(scene, unit.group, symbol)}"


def _error_tex(scene: Scene, teacher: str, output: str) -> str:
    """Minus the derivative of the error by an output, without its constant."""
    if scene.loss.name == "categorical":
        return rf"\frac{{{teacher}}}{{{output}}}"
    if scene.loss.name == "binary":
        return rf"\frac{{{teacher}-{output}}}{{{output}(1-{output})}}"
    return f"({teacher}-{output})"


def _leads_to(scene: Scene, unit: UnitTerms) -> set[int]:
    """The groups whose errors come back to a unit."""
    network, later = scene.network, set()
    for c in network.outgoing(unit.group) if scene.rule.backward else ():
        link = network.connections[c]
        if link.mask is None or link.mask[unit.unit].any():
            later.add(link.target)
    return later


def _back_tex(scene: Scene, at: Indices, group: int) -> str:
    weight = rf"w_{{{at.pair(at.target, 'k')}}}"
    if group != scene.network.output:
        hidden = scene.network.hidden.index(group) + 1
        return rf"\sum_k \delta^{{({hidden})}}_k\,{weight}"
    symbol = unit_symbol(scene, group, "k")
    row = ACTIVATIONS[scene.network.groups[group].activation]
    held, _ = clamped_in(scene.clamps, group)
    plain = not scene.rule.slope or cancels(scene.network, scene.loss, len(held) > 0)
    if not plain and not row.elementwise:
        return rf"\sum_k \delta_k\,{weight}"
    slope = "" if plain else slope_tex(scene, group, symbol)
    return rf"\sum_k (t_k-{symbol})\,{slope}\,{weight}"


def _source_tex(scene: Scene, place: Place, at: Indices) -> str:
    if place.kind == "bias":
        return ""
    source = scene.network.connections[place.connection].source
    return rf"\,{unit_symbol(scene, source, at.source)}"


def _decay_tex(training: Training, symbol: str, *, decays: bool) -> str:
    text = ""
    if decays and training.decay_l2:
        text += rf" - \lambda_2 {symbol}"
    if decays and training.decay_l1:
        text += rf" - \lambda_1\,\mathrm{{sign}}({symbol})"
    return text


def _descent(left: str, g: str, symbol: str) -> str:
    return rf"{left} = \epsilon\,{_bracket(g)}"


def _momentum(left: str, g: str, symbol: str) -> str:
    return rf"{left} = \epsilon\,{_bracket(g)} + \alpha\,\Delta {symbol}(t-1)"


def _rmsprop(left: str, g: str, symbol: str) -> str:
    return (
        rf"{left} = \epsilon\,\frac{{g}}{{\sqrt{{v}}+10^{{-8}}}},\quad g = {g},\quad "
        r"v = \rho v' + (1-\rho) g^2"
    )


def _adam(left: str, g: str, symbol: str) -> str:
    return rf"{left} = \epsilon\,\frac{{\hat{{m}}}}{{\sqrt{{\hat{{v}}}}+10^{{-8}}}},\quad g = {g}"


STEP_TEX: dict[str, Callable[[str, str, str], str]] = {
    "descent": _descent, "momentum": _momentum, "rmsprop": _rmsprop, "adam": _adam,
}  # fmt: skip
"""Every optimizer's step around its direction g; the tests walk the rows."""


def _bracket(g: str) -> str:
    return f"[{g}]" if r"\lambda" in g else g


# -- with numbers --------------------------------------------------------------------------------


def number(value: float, digits: int = 4) -> str:
    """'0.1234', '-2.5e-7' as TeX."""
    value += 0.0  # -0 is 0
    text = f"{value:.{digits}g}".replace("-", "{-}", 1) if value < 0 else f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")  # the sign of the exponent is int's
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    return text


def _factor(value: float, digits: int) -> str:
    text = number(value, digits)
    return f"({text})" if value < 0 or "cdot" in text else text


def pattern_tex(
    scene: Scene, change: Change, p: int, digits: int = 4, most_paths: int = MOST_PATHS
) -> str:
    """One pattern's term with its numbers filled in: its factors, and their product.

    The sum over k is written out if it has at most so many terms.
    """
    unit = change.target
    factors = [_signal_numbers(scene, unit, p, digits, most_paths)]
    if not unit.plain:
        factors.append(_factor(float(unit.slope[p]), digits))
    if change.place.kind == "weight":
        factors.append(_factor(float(change.source[p]), digits))
    return r" \cdot ".join(factors) + f" = {number(float(change.own[p]), digits)}"


def _signal_numbers(scene: Scene, unit: UnitTerms, p: int, digits: int, most_paths: int) -> str:
    if unit.deviation is not None:
        if unit.plain or unit.shared is None:
            teacher = float(unit.deviation[p] + unit.act[p])
            return f"({number(teacher, digits)} - {_factor(float(unit.act[p]), digits)})"
        return _factor(float(unit.signal[p]), digits)
    paths: tuple[Path, ...] = ()
    if most_paths and unit.shared is None:
        paths = PathTree(scene, p).of(unit.group, unit.unit)
    if not 0 < len(paths) <= most_paths:
        return f"[{number(float(unit.signal[p]), digits)}]"
    parts = [rf"{_factor(path.end, digits)} \cdot {_factor(path.gain, digits)}" for path in paths]
    return f"[{' + '.join(parts)}]"


def path_tex(path: Path, digits: int = 4) -> str:
    """A path with its numbers: its weights and slopes, the delta at its end, and the product."""
    numbers = [_factor(factor.value, digits) for factor in path.factors]
    numbers.append(_factor(path.end, digits))
    return r" \cdot ".join(numbers) + f" = {number(path.product, digits)}"


def path_symbols(scene: Scene, path: Path) -> str:
    """The factors of a path in symbols, as ``path_tex`` writes their numbers."""
    edges = iter(path.edges)
    symbols = [_factor_symbol(scene, factor, edges) for factor in path.factors]
    end = unit_symbol(scene, path.group, path.unit)
    return r"\,".join([*symbols, rf"e_{{{end}}}" if path.sideways else rf"\delta_{{{end}}}"])


def _factor_symbol(scene: Scene, factor: Factor, edges: Iterator[Edge]) -> str:
    unit = unit_symbol(scene, factor.group, factor.unit)
    if factor.kind == "weight":
        edge = next(edges)
        source = scene.network.connections[edge.connection].source
        return f"w_{{{unit_symbol(scene, source, edge.source)} {unit}}}"
    if factor.kind == "slope":
        return f"f'(net_{{{unit}}})"
    return f"-{unit}" if factor.kind == "beside" else unit


def step_tex(scene: Scene, change: Change, digits: int = 4) -> str:
    """The step with its numbers: what the optimizer makes of the sum over the patterns."""
    training = scene.training
    g = number(change.steepest, digits)
    left = rf"\Delta {weight_symbol(change.place)}"
    if change.still:
        return rf"{left} = 0 \quad \mathrm{{({change.still})}}"
    after = number(change.change, digits)
    if training.optimizer in ("descent", "momentum"):
        text = rf"{left} = {number(training.rate)} \cdot {_factor(change.steepest, digits)}"
        if training.optimizer == "momentum":
            text += rf" + {_factor(change.steps[1].value, digits)}"
        return rf"{text} = {after}"
    values = {step.tex: number(step.value, digits) for step in change.steps}
    words = r",\ ".join(f"{tex} = {value}" for tex, value in {"g": g, **values}.items())
    return rf"{words}\ \Rightarrow\ {left} = {after}"
