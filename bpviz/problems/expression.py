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

from bpviz.core.values import BadValue, Vector

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

ALLOWED = "numbers, x, pi, e, + - * / **, comparisons, parentheses and functions such as sin(x)"
_STRANGE = re.compile(r"[^0-9a-zA-Z_.,+\-*/()<>=! ]")


def parse(text: str) -> Compute:
    """The function of x that an expression stands for.

    The result maps (n,) float64 to (n,) float64 (inf or nan where it has no value; a
    comparison is 1 or 0). Raises BadValue, naming the column, for anything not allowed.
    """
    body = _tree(text)
    compute = _ExpressionReader(text).read(body, 0)

    def function(x: Vector) -> Vector:
        with np.errstate(all="ignore"):
            return np.array(np.broadcast_to(compute(x), x.shape), dtype=np.float64)

    return function


def _tree(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise BadValue(FIELD, text[:20] + "...", f"at most {MAX_LENGTH} characters")
    if not text.strip():
        raise BadValue(FIELD, text, "an expression in x, such as sin(2*x) + x/2")
    if strange := _STRANGE.search(text):
        hint = " (a power is written x**2)" if strange[0] == "^" else ""
        raise _refusal(text, strange.start(), f"{ALLOWED}, not {strange[0]!r}{hint}")
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
        "an expression such as 2*sin(x) + x**2, with a * between factors and every parenthesis "
        "closed; this one cannot be read",
    )


def _refusal(text: str, at: int, allowed: str) -> BadValue:
    return BadValue(FIELD, text, f"{allowed} (column {at + 1})")


class _ExpressionReader:
    """Turns the nodes of one text into functions of x."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = len(text) - len(text.lstrip())

    def refuse(self, node: ast.expr, allowed: str) -> BadValue:
        return _refusal(self.text, self.start + node.col_offset, allowed)

    def read(self, node: ast.expr, depth: int) -> Compute:
        if depth > MAX_DEPTH:
            raise self.refuse(node, f"at most {MAX_DEPTH} operations inside each other")
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
        raise self.refuse(node, ALLOWED)

    def _constant(self, node: ast.Constant) -> Compute:
        # bool is an int to Python; True and None have no place in a formula.
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refuse(node, ALLOWED)
        try:
            number = np.float64(node.value)
        except OverflowError:
            number = np.float64(np.inf)
        if not np.isfinite(number):
            raise self.refuse(node, "numbers below 1e308")
        return lambda x: number

    def _name(self, node: ast.Name) -> Compute:
        if node.id == "x":
            return lambda x: x
        if node.id in CONSTANTS:
            number = np.float64(CONSTANTS[node.id])
            return lambda x: number
        if node.id in FUNCTIONS or node.id in CHOOSERS:
            raise self.refuse(node, f"{node.id} with its argument, as in {node.id}(x)")
        raise self.refuse(node, f"the names x, pi, e and those of functions, not {node.id!r}")

    def _comparison(self, node: ast.Compare, depth: int) -> Compute:
        if any(type(op) not in COMPARISONS for op in node.ops):
            raise self.refuse(node, ALLOWED)
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
            raise self.refuse(node, "only a function's name before a parenthesis, or a *")
        name = node.func.id
        if name not in known:
            raise self.refuse(node, f"one of the functions {', '.join(known)}, not {name!r}")
        if node.keywords:
            raise self.refuse(node, f"{name} of plain numbers")
        arguments = [self.read(argument, depth) for argument in node.args]
        if name in FUNCTIONS:
            if len(arguments) != 1:
                raise self.refuse(node, f"{name} of one number, not of {len(arguments)}")
            function, inner = FUNCTIONS[name], arguments[0]
            return lambda x: function(inner(x))
        if len(arguments) < 2:
            raise self.refuse(node, f"{name} of two numbers or more")
        choose = CHOOSERS[name]
        return lambda x: reduce(choose, [argument(x) for argument in arguments])
