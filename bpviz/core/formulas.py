"""The formula of one weight's change, for its place in its network, as TeX.

Notation of the lecture: inputs i, hidden units h, outputs o, teachers t, learning rate epsilon.
Where a network has several hidden groups, h carries the number of its group.
"""

import re
from collections.abc import Callable

from bpviz.core.activations import ACTIVATIONS
from bpviz.core.microscope import Change, Place, Scene, UnitTerms
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


def weight_symbol(place: Place) -> str:
    """'w_{12}' from unit 1 to unit 2, or 'b_2'."""
    if place.kind == "bias":
        return f"b_{{{place.unit + 1}}}"
    return f"w_{{{place.source + 1},{place.unit + 1}}}"


# -- in symbols ----------------------------------------------------------------------------------


def change_tex(scene: Scene, change: Change) -> str:
    """The whole formula in symbols: what the next update adds to this weight."""
    symbol = weight_symbol(change.place)
    terms = rf"{_delta_tex(scene, change.target)}{_source_tex(scene, change.place)}"
    mean = r"\frac{1}{P}" if scene.training.reduction == "mean" else ""
    members = r"\sum_{\mathrm{tied}}" if len(change.tied) > 1 else ""
    g = rf"{mean}\sum_p {members}{terms}"
    g += _decay_tex(scene.training, symbol, decays=bool(scene.network.decays[change.index]))
    return STEP_TEX[scene.training.optimizer](rf"\Delta {symbol}", g, symbol)


def _delta_tex(scene: Scene, unit: UnitTerms) -> str:
    """The unit's delta, written out as far as it stays readable."""
    symbol = unit_symbol(scene, unit.group, unit.unit)
    if unit.deviation is not None:
        return rf"(t_{{{unit.unit + 1}}}-{symbol})\,{_output_slope(scene, unit, symbol)}"
    later = sorted({path.group for path in unit.paths})
    parts = [_back_tex(scene, unit, group) for group in later] or ["0"]
    back = " + ".join(parts)
    if unit.shared is not None:
        back += r" - \sum_l e_l h_l"
    return rf"[{back}]\,{slope_tex(scene, unit.group, symbol)}"


def _output_slope(scene: Scene, unit: UnitTerms, symbol: str) -> str:
    if unit.plain:
        return ""
    if unit.shared is not None:
        return rf"{symbol} \ \mathrm{{(softmax)}}"
    return slope_tex(scene, unit.group, symbol)


def _back_tex(scene: Scene, unit: UnitTerms, group: int) -> str:
    weight = rf"w_{{{unit.unit + 1},k}}"
    if group != scene.network.output:
        hidden = scene.network.hidden.index(group) + 1
        return rf"\sum_k \delta^{{({hidden})}}_k\,{weight}"
    symbol = unit_symbol(scene, group, "k")
    row = ACTIVATIONS[scene.network.groups[group].activation]
    plain = not scene.rule.slope or row.name == scene.loss.canonical
    if not plain and not row.elementwise:
        return rf"\sum_k \delta_k\,{weight}"
    slope = "" if plain else slope_tex(scene, group, symbol)
    return rf"\sum_k (t_k-{symbol})\,{slope}\,{weight}"


def _source_tex(scene: Scene, place: Place) -> str:
    if place.kind == "bias":
        return ""
    source = scene.network.connections[place.connection].source
    return rf"\,{unit_symbol(scene, source, place.source)}"


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
    text = f"{value:.{digits}g}".replace("-", "{-}", 1) if value < 0 else f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")  # the sign of the exponent is int's
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    return text


def _factor(value: float) -> str:
    return f"({number(value)})" if value < 0 or "cdot" in number(value) else number(value)


def pattern_tex(scene: Scene, change: Change, p: int) -> str:
    """One pattern's term with its numbers filled in: its factors, and their product."""
    unit = change.target
    factors = [_signal_numbers(unit, p)]
    if not unit.plain:
        factors.append(_factor(float(unit.slope[p])))
    if change.place.kind == "weight":
        factors.append(_factor(float(change.source[p])))
    return r" \cdot ".join(factors) + f" = {number(float(change.own[p]))}"


def _signal_numbers(unit: UnitTerms, p: int) -> str:
    if unit.deviation is not None:
        if unit.plain or unit.shared is None:
            teacher = float(unit.deviation[p] + unit.act[p])
            return f"({number(teacher)} - {_factor(float(unit.act[p]))})"
        return _factor(float(unit.signal[p]))
    parts = [
        rf"{_factor(float(path.delta[p]))} \cdot {_factor(path.weight)}" for path in unit.paths
    ]
    if not 0 < len(parts) <= MOST_PATHS or unit.shared is not None:
        return f"[{number(float(unit.signal[p]))}]"
    return f"[{' + '.join(parts)}]"


def step_tex(scene: Scene, change: Change) -> str:
    """The step with its numbers: what the optimizer makes of the sum over the patterns."""
    training = scene.training
    g = number(change.steepest)
    left = rf"\Delta {weight_symbol(change.place)}"
    if change.still:
        return rf"{left} = 0 \quad \mathrm{{({change.still})}}"
    if training.optimizer in ("descent", "momentum"):
        text = rf"{left} = {number(training.rate)} \cdot {_factor(change.steepest)}"
        if training.optimizer == "momentum":
            text += rf" + {_factor(change.steps[1].value)}"
        return rf"{text} = {number(change.change)}"
    values = {step.tex: number(step.value) for step in change.steps}
    words = r",\ ".join(f"{tex} = {value}" for tex, value in {"g": g, **values}.items())
    return rf"{words}\ \Rightarrow\ {left} = {number(change.change)}"
