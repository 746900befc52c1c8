"""The formula of one weight's change in its network, as TeX.

Notation of the lecture: inputs i, hidden units h, outputs o, targets t, learning rate epsilon. In
a network with several hidden groups h has the number of its group. The terms are marked (see
``terms``). ``formula_numbers`` writes the same formula with numbers.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from bpviz.core.learning.backprop import cancels
from bpviz.core.learning.optimizers import OPTIMIZERS, StepSymbols, StepTerm
from bpviz.core.learning.settings import Training
from bpviz.core.microscope.microscope import NextUpdate, ParameterChange, UnitTerms
from bpviz.core.microscope.terms import Term, TermKind, marked
from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.model.clamps import clamped_in
from bpviz.core.model.references import BiasRef, NetworkRef, ParameterRef, unit_of


def unit_symbol(update: NextUpdate, group: int, unit: int | str) -> str:
    """The activation of a unit: 'i_1', 'h_2', 'h^{(2)}_3' or 'o_1'; ``unit`` from 0."""
    network = update.network
    role = network.groups[group].role
    index = unit if isinstance(unit, str) else str(unit + 1)
    if role == "hidden" and len(network.hidden) > 1:
        return f"h^{{({network.hidden.index(group) + 1})}}_{{{index}}}"
    inputs = sum(g.role == "input" for g in network.groups)
    if role == "input" and inputs > 1:
        return f"i^{{({group + 1})}}_{{{index}}}"
    return f"{ {'input': 'i', 'hidden': 'h', 'output': 'o'}[role] }_{{{index}}}"


def slope_tex(update: NextUpdate, group: int, symbol: str) -> str:
    """f'(net) as an expression of the activation's symbol; '' if it is 1."""
    row = ACTIVATIONS[update.network.groups[group].activation]
    if not row.elementwise:
        return symbol
    if update.network.groups[group].dropout:  # the activation is r f(net), r is 0 or 1 / (1 - p)
        unit = symbol.rpartition("_")[2]
        return rf"r_{unit}\,f'(net_{unit})"
    if row.derivative_tex == "1":
        return ""
    safe = f"({symbol})" if "^" in symbol and "^" in row.derivative_tex else symbol
    text = _replaced(row.derivative_tex, {"o": safe})
    return f"({text})" if _is_sum(row.derivative_tex) else text


def _replaced(tex: str, symbols: Mapping[str, str]) -> str:
    """The TeX with other symbols in place of single letters that stand alone."""
    letters = "".join(symbols)
    alone = rf"(?<![a-zA-Z\\])[{letters}](?![a-zA-Z_])"
    return re.sub(alone, lambda found: symbols[found[0]], tex)


def _is_sum(tex: str) -> bool:
    """Whether a plus or minus stands outside all brackets."""
    depth = 0
    for letter in tex:
        depth += (letter in "([{") - (letter in ")]}")
        if letter in "+-" and not depth:
            return True
    return False


class Indices(NamedTuple):
    """The indices of a weight's two units: numbers, or the lecture's letters."""

    source: str
    target: str

    @classmethod
    def of(cls, ref: ParameterRef) -> "Indices":
        """The numbers of the units, from 1; a bias has no source."""
        if isinstance(ref, BiasRef):
            return cls("", str(ref.unit + 1))
        return cls(str(ref.source + 1), str(ref.target + 1))

    @classmethod
    def letters(cls, update: NextUpdate, ref: NetworkRef) -> "Indices":
        """Letters, the same for all weights of a connection: w_jk into the outputs, or w_ij."""
        to_output = unit_of(update.network, ref).group == update.network.output
        return cls("j", "k") if to_output else cls("i", "j")

    def pair(self, one: str, other: str) -> str:
        """'2,1' or 'ij'."""
        return one + other if (one + other).isalpha() else f"{one},{other}"


def parameter_symbol(ref: ParameterRef, at: Indices | None = None) -> str:
    """'w_{1,2}' from unit 1 to unit 2, or 'b_2'."""
    at = at or Indices.of(ref)
    if isinstance(ref, BiasRef):
        return f"b_{{{at.target}}}"
    return f"w_{{{at.pair(at.source, at.target)}}}"


# -- in symbols ----------------------------------------------------------------------------------

RATE, DIRECTION = marked(r"\epsilon", Term("rate")), Term("direction")
MEAN, PATTERNS = marked(r"\frac{1}{P}", Term("mean")), marked(r"\sum_p", Term("patterns"))
TIED = marked(r"\sum_{\mathrm{tied}}", Term("tied"))


class Letters(NamedTuple):
    """The unit (-1: any unit) of a group whose delta is written, and the index letters.

    own      index of the unit itself.
    later    index of the units that it has weights to.
    beside   index of the units of its own group, if they share a denominator (softmax).
    """

    group: int
    unit: int
    own: str
    later: str = "k"
    beside: str = "l"

    def pair(self) -> str:
        """The two indices of a weight from the unit."""
        return Indices("", "").pair(self.own, self.later)

    def term(self, kind: TermKind) -> Term:
        """A term of this unit."""
        return Term(kind, self.group, self.unit)


def change_tex(update: NextUpdate, change: ParameterChange, at: Indices | None = None) -> str:
    """The formula in symbols of what the next update adds to this weight."""
    at = at or Indices.of(change.ref)
    symbol = parameter_symbol(change.ref, at)
    delta = _delta_tex(update, _letters(change.target, at), _leads_to(update, change.target))
    own = marked(f"{delta}{_source_tex(update, change.ref, at)}", Term("own"))
    mean = MEAN if update.training.reduction == "mean" else ""
    members = TIED if len(change.tied) > 1 else ""
    g = f"{mean}{PATTERNS} {members}{own}"
    g += _decay_tex(update.training, symbol, decays=bool(update.network.decays[change.index]))
    left = marked(rf"\Delta {symbol}", Term("change"))
    row = OPTIMIZERS[update.training.optimizer]
    tex = row.formula(_step_symbols(change, left, g, symbol))
    if not (update.training.decay_share and update.network.decays[change.index]):
        return tex
    left, step = tex.split(" = ", 1)
    lost = marked(rf"-\kappa {symbol}", LOST)
    return f"{left} = {lost} + {step}"


def unit_tex(update: NextUpdate, unit: UnitTerms, at: Indices | None = None) -> str:
    """The formula of a unit's delta in symbols; for an input, that it has the pattern's value."""
    at = at or Indices("", str(unit.unit + 1))
    symbol = unit_symbol(update, unit.group, at.target)
    if update.network.groups[unit.group].role == "input":
        return rf"{marked(symbol, Term('act', unit.group, unit.unit))} = \mathrm{{input}}"
    left = marked(rf"\delta_{{{symbol}}}", Term("delta", unit.group, unit.unit))
    if unit.clamped:
        return rf"{left} = 0 \quad \mathrm{{(clamped)}}"
    return f"{left} = {_delta_tex(update, _letters(unit, at), _leads_to(update, unit))}"


def where_tex(update: NextUpdate, unit: UnitTerms, at: Indices | None = None) -> str:
    """The formulas of the deltas that a hidden unit's formula only names; '' if there are none.

    One level of them: their own deltas are shown by the paths in the table.
    """
    at = at or Indices("", str(unit.unit + 1))
    if unit.deviation is not None or unit.clamped:
        return ""
    said = []
    for group in sorted(_leads_to(update, unit)):
        if _written_out(update, group):
            continue
        later = Letters(group, -1, "k", "l", "m")
        name = marked(_delta_symbol(update, later), later.term("delta"))
        said.append(f"{name} = {_delta_tex(update, later, _leads_from(update, group))}")
    if unit.shared is not None:
        beside = Letters(unit.group, -1, "l")
        name = marked("e_l", beside.term("error"))
        said.append(f"{name} = {_sums_tex(update, beside, _leads_from(update, unit.group))}")
    return r",\quad ".join(said)


def _letters(unit: UnitTerms, at: Indices) -> Letters:
    return Letters(unit.group, unit.unit, at.target)


def _delta_tex(update: NextUpdate, at: Letters, later: set[int]) -> str:
    """A unit's delta, written out as far as it is readable."""
    symbol = unit_symbol(update, at.group, at.own)
    slope = marked(slope_tex(update, at.group, symbol), at.term("slope"))
    softmax = not ACTIVATIONS[update.network.groups[at.group].activation].elementwise
    if at.group == update.network.output:
        if _is_plain(update, at.group):
            return marked(f"(t_{{{at.own}}}-{symbol})", at.term("deviation"))
        return _product(_error_tex(update, at, symbol, softmax=softmax), slope)
    back = _sums_tex(update, at, later)
    if softmax:
        others = rf"\sum_{at.beside} e_{at.beside}\,{unit_symbol(update, at.group, at.beside)}"
        back += f" - {marked(others, Term('shared', at.group))}"
    return _product(marked(f"[{back}]", at.term("back")), slope)


def _error_tex(update: NextUpdate, at: Letters, symbol: str, *, softmax: bool) -> str:
    """The error that reaches an output unit."""
    error = _error_of(update, f"t_{{{at.own}}}", symbol)
    kind: TermKind = "deviation" if error.startswith("(") else "error"
    error = marked(error, at.term(kind))
    if not softmax:
        return error
    other = unit_symbol(update, at.group, at.beside)
    others = rf"\sum_{at.beside} {_error_of(update, f't_{at.beside}', other)}\,{other}"
    shared = f"[{error} - {marked(others, Term('shared', at.group))}]"
    return marked(shared, at.term("error"))


def _error_of(update: NextUpdate, teacher: str, output: str) -> str:
    """Minus the derivative of the error by an output, without its constant."""
    return _replaced(update.loss.deviation_tex, {"t": teacher, "o": output})


def _leads_to(update: NextUpdate, unit: UnitTerms) -> set[int]:
    """The groups whose errors are propagated back to a unit."""
    network, later = update.network, set()
    for c in network.outgoing(unit.group) if update.rule.backward else ():
        link = network.connections[c]
        if link.mask is None or link.mask[unit.unit].any():
            later.add(link.target)
    return later


def _leads_from(update: NextUpdate, group: int) -> set[int]:
    """The groups whose errors are propagated back to the units of a group."""
    network = update.network
    outgoing = network.outgoing(group) if update.rule.backward else ()
    return {network.connections[c].target for c in outgoing}


def _is_plain(update: NextUpdate, group: int) -> bool:
    """Whether the delta of output units is exactly target minus output."""
    held, _ = clamped_in(update.clamps, group)
    return not update.rule.slope or cancels(update.network, update.loss, len(held) > 0)


def _written_out(update: NextUpdate, group: int) -> bool:
    """Whether the sum over k writes out the deltas of a group."""
    if group != update.network.output:
        return False
    row = ACTIVATIONS[update.network.groups[group].activation]
    return row.elementwise or _is_plain(update, group)


def _delta_symbol(update: NextUpdate, at: Letters) -> str:
    if at.group == update.network.output:
        return rf"\delta_{at.own}"
    return rf"\delta^{{({update.network.hidden.index(at.group) + 1})}}_{at.own}"


def _sums_tex(update: NextUpdate, at: Letters, later: set[int]) -> str:
    """The sums over k, one for each group that a unit has weights to."""
    return " + ".join(_sum_tex(update, at, group) for group in sorted(later)) or "0"


def _sum_tex(update: NextUpdate, at: Letters, group: int) -> str:
    there = Letters(group, -1, at.later)
    weight = marked(rf"w_{{{at.pair()}}}", Term("weight", group, -1, at.group, at.unit))
    write = _written_delta if _written_out(update, group) else _delta_symbol
    delta = marked(write(update, there), there.term("delta"))
    summed = marked(rf"\sum_{at.later}", Term("sum", group))
    return f"{summed} {_product(delta, weight)}"


def _written_delta(update: NextUpdate, at: Letters) -> str:
    """The delta of output units within a sum: the derivative of the error times the slope."""
    symbol = unit_symbol(update, at.group, at.own)
    if _is_plain(update, at.group):
        return marked(f"(t_{at.own}-{symbol})", at.term("deviation"))
    error = _error_of(update, f"t_{at.own}", symbol)
    slope = marked(slope_tex(update, at.group, symbol), at.term("slope"))
    kind: TermKind = "deviation" if error.startswith("(") else "error"
    return _product(marked(error, at.term(kind)), slope)


def _product(*factors: str) -> str:
    """The product of the factors that are not empty."""
    return r"\,".join(filter(None, factors))


def _source_tex(update: NextUpdate, ref: ParameterRef, at: Indices) -> str:
    if isinstance(ref, BiasRef):
        return ""
    source = update.network.connections[ref.connection].source
    symbol = unit_symbol(update, source, at.source)
    return rf"\,{marked(symbol, Term('source', source, ref.source))}"


def _decay_tex(training: Training, symbol: str, *, decays: bool) -> str:
    text = ""
    if decays and training.decay_l2:
        l2 = rf"\lambda_2 {symbol}"
        text += f" - {marked(l2, Term('decay', unit=2))}"
    if decays and training.decay_l1:
        l1 = rf"\lambda_1\,\mathrm{{sign}}({symbol})"
        text += f" - {marked(l1, Term('decay', unit=1))}"
    return text


LOST = Term("decay", unit=3)
"""The share that a weight loses beside the step; units 1 and 2 are those of L1 and L2 decay."""


def step_term(step: StepTerm, n: int) -> Term:
    """The n-th of the optimizer's numbers as a term."""
    return Term("momentum") if step.adds else Term("optimizer", unit=n)


def _step_symbols(change: ParameterChange, left: str, direction: str, symbol: str) -> StepSymbols:
    return StepSymbols(
        change=left,
        rate=RATE,
        g=marked("g", DIRECTION),
        g_squared=marked("g^2", DIRECTION),
        direction=marked(direction, DIRECTION),
        factor=marked(_bracket(direction), DIRECTION),
        weight=symbol,
        term=lambda n, tex: marked(tex, step_term(change.steps[n], n)),
    )


def _bracket(g: str) -> str:
    return f"[{g}]" if r"\lambda" in g else g
