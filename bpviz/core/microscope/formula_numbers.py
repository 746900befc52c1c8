"""The formula of one weight's change with numbers, as TeX with marked terms."""

from collections.abc import Iterable, Iterator

import numpy as np

from bpviz.core.microscope.error_paths import Path, PathFactor, PathTree
from bpviz.core.microscope.formulas import LOST, parameter_symbol, step_term, unit_symbol
from bpviz.core.microscope.microscope import (
    NextUpdate,
    ParameterChange,
    UnitTerms,
    unit_terms,
)
from bpviz.core.microscope.terms import Term, marked
from bpviz.core.model.references import WeightRef

MOST_PATHS = 4
"""The most paths that a formula with numbers writes out."""


def number(value: float, digits: int = 4) -> str:
    """'0.1234', '-2.5e-7' as TeX."""
    value += 0.0  # -0 becomes 0
    text = f"{value:.{digits}g}".replace("-", "{-}", 1) if value < 0 else f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")  # int drops the plus and the zeros
        return rf"{mantissa}\times 10^{{{int(exponent)}}}"
    return text


def _factor(value: float, digits: int) -> str:
    text = number(value, digits)
    return f"({text})" if value < 0 or "times" in text else text


def unit_numbers_tex(
    update: NextUpdate, unit: UnitTerms, p: int, digits: int = 4, most_paths: int = MOST_PATHS
) -> str:
    """A unit's delta for one pattern, with numbers; for an input, its value."""
    symbol = unit_symbol(update, unit.group, unit.unit)
    if update.network.groups[unit.group].role == "input" or unit.clamped:
        act = marked(number(float(unit.act[p]), digits), Term("act", unit.group, unit.unit))
        return f"{symbol} = {act}"
    delta = Term("delta", unit.group, unit.unit)
    left = marked(rf"\delta_{{{symbol}}}", delta)
    factors = _delta_numbers(update, unit, p, digits, most_paths)
    product = marked(number(float(unit.delta[p]), digits), delta)
    return f"{left} = {_times(factors)} = {product}"


def where_numbers_tex(
    update: NextUpdate,
    unit: UnitTerms,
    p: int,
    path: Path | None = None,
    digits: int = 4,
    most_paths: int = MOST_PATHS,
) -> str:
    """The delta of one unit in a hidden unit's sum over k, with numbers.

    It is the unit at the first step of ``path``; without a path the one with the largest
    product among the hidden ones. '' if there is none.
    """
    if unit.deviation is not None or unit.shared is not None or unit.clamped:
        return ""
    tree = PathTree(update, p)
    steps = [step for step in tree.of(unit.group, unit.unit) if tree.opens(step)]
    begun = [step for step in steps if path is not None and path.weights[:1] == step.weights]
    if not steps or (path is not None and not begun):
        return ""
    step = begun[0] if begun else max(steps, key=lambda step: abs(step.product))
    one = update.some(slice(p, p + 1))
    with np.errstate(all="ignore"):  # a diverged run is shown as it is
        later = unit_terms(one, one.trace(), step.group, step.unit)
    return unit_numbers_tex(one, later, 0, digits, most_paths)


def pattern_tex(
    update: NextUpdate,
    change: ParameterChange,
    p: int,
    digits: int = 4,
    most_paths: int = MOST_PATHS,
) -> str:
    """One pattern's contribution with numbers: its factors, and their product.

    The sum over k is written out if it has at most ``most_paths`` terms.
    """
    factors = _delta_numbers(update, change.target, p, digits, most_paths)
    if isinstance(change.ref, WeightRef):
        group = update.network.connections[change.ref.connection].source
        source = _factor(float(change.source[p]), digits)
        factors.append(marked(source, Term("source", group, change.ref.source)))
    product = marked(number(float(change.own[p]), digits), Term("own"))
    return f"{_times(factors)} = {product}"


def _times(factors: Iterable[str]) -> str:
    return r" \cdot ".join(factors)


def _delta_numbers(
    update: NextUpdate, unit: UnitTerms, p: int, digits: int, most_paths: int
) -> list[str]:
    """The factors of a unit's delta: the error that reaches it and, if any, the slope."""
    factors = [_signal_numbers(update, unit, p, digits, most_paths)]
    if not unit.plain:
        slope = _factor(float(unit.slope[p]), digits)
        factors.append(marked(slope, Term("slope", unit.group, unit.unit)))
    return factors


def _signal_numbers(
    update: NextUpdate, unit: UnitTerms, p: int, digits: int, most_paths: int
) -> str:
    if unit.deviation is None:
        return _back_numbers(update, unit, p, digits, most_paths)
    if unit.plain or float(unit.signal[p]) == float(unit.deviation[p]):
        target = float(unit.deviation[p] + unit.act[p])
        text = f"({number(target, digits)} - {_factor(float(unit.act[p]), digits)})"
        return marked(text, Term("deviation", unit.group, unit.unit))
    text = _factor(float(unit.signal[p]), digits)
    return marked(text, Term("error", unit.group, unit.unit))


def _back_numbers(update: NextUpdate, unit: UnitTerms, p: int, digits: int, most_paths: int) -> str:
    """The sum over k, written out if it has few terms."""
    back = Term("back", unit.group, unit.unit)
    steps: tuple[Path, ...] = ()
    if most_paths and unit.shared is None:
        steps = PathTree(update, p).of(unit.group, unit.unit)
    if not 0 < len(steps) <= most_paths:
        return marked(f"[{number(float(unit.signal[p]), digits)}]", back)
    parts = [
        _times(
            (
                marked(_factor(step.end, digits), Term("delta", step.group, step.unit)),
                marked(_factor(step.gain, digits), _weight(update, step.weights[0])),
            )
        )
        for step in steps
    ]
    return marked(f"[{' + '.join(parts)}]", back)


def _weight(update: NextUpdate, weight: WeightRef) -> Term:
    link = update.network.connections[weight.connection]
    return Term("weight", link.target, weight.target, link.source, weight.source)


def path_tex(update: NextUpdate, path: Path, digits: int = 4) -> str:
    """A path with numbers: its weights and slopes, the delta at its end, and the product."""
    weights = iter(path.weights)
    numbers = [
        marked(_factor(factor.value, digits), _factor_term(update, factor, weights))
        for factor in path.factors
    ]
    end = Term("error" if path.sideways else "delta", path.group, path.unit)
    numbers.append(marked(_factor(path.end, digits), end))
    return f"{_times(numbers)} = {marked(number(path.product, digits), Term('path'))}"


def _factor_term(update: NextUpdate, factor: PathFactor, weights: Iterator[WeightRef]) -> Term:
    if factor.kind == "weight":
        return _weight(update, next(weights))
    return Term("slope" if factor.kind == "slope" else "act", factor.group, factor.unit)


def path_symbols(update: NextUpdate, path: Path) -> str:
    """The factors of a path in symbols, as ``path_tex`` writes their numbers."""
    weights = iter(path.weights)
    symbols = [_factor_symbol(update, factor, weights) for factor in path.factors]
    end = unit_symbol(update, path.group, path.unit)
    return r"\,".join([*symbols, rf"e_{{{end}}}" if path.sideways else rf"\delta_{{{end}}}"])


def _factor_symbol(update: NextUpdate, factor: PathFactor, weights: Iterator[WeightRef]) -> str:
    unit = unit_symbol(update, factor.group, factor.unit)
    if factor.kind == "weight":
        weight = next(weights)
        source = update.network.connections[weight.connection].source
        return f"w_{{{unit_symbol(update, source, weight.source)} {unit}}}"
    if factor.kind == "slope":
        return f"f'(net_{{{unit}}})"
    return f"-{unit}" if factor.kind == "beside" else unit


def step_tex(update: NextUpdate, change: ParameterChange, digits: int = 4) -> str:
    """The optimizer's step with numbers, from the sum over the patterns."""
    training = update.training
    left = marked(rf"\Delta {parameter_symbol(change.ref)}", Term("change"))
    if change.still:
        return rf"{left} = 0 \quad \mathrm{{({change.still})}}"
    after = marked(number(change.change, digits), Term("change"))
    if all(step.adds for step in change.steps):
        rate = marked(number(training.rate), Term("rate"))
        text = rf"{left} = {rate} \cdot {_direction_numbers(change, digits)}"
        for n, step in enumerate(change.steps[1:], 1):
            text += f" + {marked(_factor(step.value, digits), step_term(step, n))}"
        lost = f" - {marked(_factor(change.lost, digits), LOST)}" if change.lost else ""
        return f"{text}{lost} = {after}"
    said = [f"g = {marked(number(change.steepest, digits), Term('direction'))}"]
    for n, step in enumerate(change.steps):
        value = marked(number(step.value, digits), step_term(step, n))
        said.append(f"{step.tex} = {value}")
    if change.lost:
        said.append(rf"\kappa w = {marked(number(change.lost, digits), LOST)}")
    words = r",\ ".join(said)
    return rf"{words}\ \Rightarrow\ {left} = {after}"


def _direction_numbers(change: ParameterChange, digits: int) -> str:
    """The sum over the patterns, minus weight decay."""
    if not change.decay:
        return marked(_factor(change.steepest, digits), Term("direction"))
    summed = marked(number(change.direction, digits), Term("patterns"))
    decay = marked(_factor(change.decay, digits), Term("decay"))
    return marked(f"[{summed} - {decay}]", Term("direction"))
