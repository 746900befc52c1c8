"""A typed-in expression in x, read and computed without running it as a program.

The text is parsed to Python's syntax tree, and only the few kinds of nodes listed here become
a function; attributes, strings, subscripts and names other than the listed ones have no way
in. All arithmetic is float64, so that a power of powers becomes infinite, not endless.
"""

import ast
import re
import warnings
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from bpviz.core.number_grammar import parse_point
from bpviz.core.values import BadValue, Vector, quoted

MAX_LENGTH = 200
MAX_DEPTH = 30
FIELD = "expression"

Value = Any  # float64 number or array: x is an array, a constant is a number
Compute = Callable[[Vector], Value]

CONSTANTS = {"pi": np.pi, "e": np.e}

FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "exp": np.exp, "log": np.log, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt,
    "abs": np.abs, "sign": np.sign, "floor": np.floor, "ceil": np.ceil, "round": np.round,
    "step": lambda x: np.greater(x, 0.0).astype(float),
    "logistic": lambda x: 1.0 / (1.0 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0.0),
}  # fmt: skip
"""Functions of one number."""

CHOOSERS: dict[str, Callable[[Value, Value], Value]] = {"min": np.minimum, "max": np.maximum}
"""Functions of two numbers or more."""

OPERATORS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
SIGNS: dict[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}

ALLOWED = (
    "made of numbers, x, pi, e, + - * / **, comparisons, parentheses and functions such as sin(x)"
)
_STRANGE = re.compile(r"[^0-9a-zA-Z_.,+\-*/()<>=! ]")


def parse(text: str) -> Compute:
    """The function of x that an expression stands for.

    The result maps (n,) float64 to (n,) float64 (inf or nan where it has no value; a
    comparison is 1 or 0). Raises BadValue, naming the column, for anything not allowed.
    """
    text = text.replace("−", "-")
    body = _tree(text)
    compute = _ExpressionReader(text).read(body, 0)

    def function(x: Vector) -> Vector:
        with np.errstate(all="ignore"):
            return np.array(np.broadcast_to(compute(x), x.shape), dtype=np.float64)

    return function


def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise BadValue(FIELD, text, f"of at most {MAX_LENGTH} characters")
    if not text.strip():
        raise BadValue(FIELD, text, "one in x, such as sin(2*x) + x/2")
    if strange := _STRANGE.search(text):
        hint = ", a power is written x**2" if strange[0] == "^" else ""
        raise _refusal(text, strange.start(), ALLOWED, f"{strange[0]!r} is none of these{hint}")
    start = len(text) - len(text.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "2x" and the like: a warning in some Pythons
            return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        at = start + max(error.offset or 1, 1) - 1
    except (ValueError, RecursionError, MemoryError, Warning):
        at = start
    raise _refusal(
        text,
        min(at, len(text) - 1),
        "one such as 2*sin(x) + x**2, with a * between factors and every parenthesis closed",
        "it cannot be read",
    )


def _refusal(text: str, at: int, allowed: str, why: str) -> BadValue:
    return BadValue(FIELD, text, allowed, f"{why} (column {at + 1})")


class _ExpressionReader:
    """Turns the nodes of one text into functions of x."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = len(text) - len(text.lstrip())

    def refuse(self, node: ast.expr, why: str = "", allowed: str = ALLOWED) -> BadValue:
        why = why or f"{quoted(self._source(node))} is none of these"
        return _refusal(self.text, self.start + node.col_offset, allowed, why)

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text.strip(), node) or ""

    def read(self, node: ast.expr, depth: int) -> Compute:
        if depth > MAX_DEPTH:
            allowed = f"of at most {MAX_DEPTH} operations inside each other"
            raise self.refuse(node, "there are more", allowed)
        depth += 1
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in SIGNS:
                sign, inner = SIGNS[type(op)], self.read(operand, depth)
                return lambda x: sign(inner(x))
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                operate = OPERATORS[type(op)]
                first, second = self.read(left, depth), self.read(right, depth)
                return lambda x: operate(first(x), second(x))
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Call():
                return self._call(node, depth)
        is_comma = isinstance(node, ast.Tuple)
        raise self.refuse(node, "numbers have a decimal point here" if is_comma else "")

    def _constant(self, node: ast.Constant) -> Compute:
        # bool is an int to Python; True and None have no place in a formula.
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node)
        # Python's own grammar has 1_000 and 0x10, too.
        written = parse_point(self._source(node))
        if written is None:
            raise self.refuse(node, "numbers are written with digits, a point and an exponent")
        number = np.float64(written)
        if not np.isfinite(number):
            raise self.refuse(node, f"{self._source(node)} is not", "made of numbers below 1e308")
        return lambda x: number

    def _name(self, node: ast.Name) -> Compute:
        if node.id == "x":
            return lambda x: x
        if node.id in CONSTANTS:
            number = np.float64(CONSTANTS[node.id])
            return lambda x: number
        if node.id in FUNCTIONS or node.id in CHOOSERS:
            raise self.refuse(node, f"{node.id} needs its argument, as in {node.id}(x)")
        raise self.refuse(node, f"{node.id!r} is none of its names")

    def _comparison(self, node: ast.Compare, depth: int) -> Compute:
        if any(type(op) not in COMPARISONS for op in node.ops):
            raise self.refuse(node)
        sides = [self.read(side, depth) for side in (node.left, *node.comparators)]
        compare = [COMPARISONS[type(op)] for op in node.ops]

        def all_hold(x: Vector) -> Value:
            values = [side(x) for side in sides]
            holds = [
                test(a, b) for test, a, b in zip(compare, values[:-1], values[1:], strict=True)
            ]
            return reduce(np.logical_and, holds) * np.float64(1.0)

        return all_hold

    def _call(self, node: ast.Call, depth: int) -> Compute:
        known = sorted(FUNCTIONS | CHOOSERS)
        if not isinstance(node.func, ast.Name):
            raise self.refuse(node, "before a parenthesis stands a function's name or a *")
        name = node.func.id
        if name not in known:
            why = f"{name!r} is none of the functions {', '.join(known)}"
            raise self.refuse(node, why)
        if node.keywords:
            raise self.refuse(node, f"the arguments of {name} have no names")
        arguments = [self.read(argument, depth) for argument in node.args]
        if name in FUNCTIONS:
            if len(arguments) != 1:
                raise self.refuse(node, f"{name} takes one number, not {len(arguments)}")
            function, inner = FUNCTIONS[name], arguments[0]
            return lambda x: function(inner(x))
        if len(arguments) < 2:
            raise self.refuse(node, f"{name} takes two numbers or more")
        choose = CHOOSERS[name]
        return lambda x: reduce(choose, [argument(x) for argument in arguments])
