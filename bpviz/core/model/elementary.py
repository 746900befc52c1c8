"""e^x and its kin for single numbers: what rows of activations are written with.

Plain Python, and free of branches and calls of libraries, so that the compiled engine makes
vector instructions of them (see kernels.machine_code). A row's function may call these, each
other's and those of ``math``.
"""

import math

import numpy as np

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
TO_WHOLE = 6755399441055744.0  # 1.5 * 2^52: what is added to it is rounded to a whole number


def _halved(x: float) -> tuple[float, float]:
    """2^k, and e^r - 1 to the last bit or two, where x = k ln 2 + r and |r| <= ln 2 / 2."""
    t = x * LOG2_E + TO_WHOLE  # k stands in the lowest bits of t
    k = t - TO_WHOLE
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    power = np.int64((np.float64(t).view(np.int64) + 1023) << 52).view(np.float64)
    r2 = r * r
    r4 = r2 * r2
    # The series' terms from r^2 on, added up as a tree: in a chain each would wait for the last.
    a = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120))
    b = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40320 + r * (1 / 362880))
    c = (1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800))
    return power, r + r2 * (a + r4 * (b + r4 * c))


def exp(x: float) -> float:
    """e^x, between the smallest and the largest normal number; nan stays nan."""
    x = 709.0 if x > 709.0 else x
    x = -708.0 if x < -708.0 else x
    power, p = _halved(x)
    return power + power * p


def expm1(x: float) -> float:
    """e^x - 1, exact also near 0, up to the largest normal number; nan stays nan."""
    x = 709.0 if x > 709.0 else x
    x = -708.0 if x < -708.0 else x
    power, p = _halved(x)
    return power * p + (power - 1.0)


def tanh(x: float) -> float:
    """The hyperbolic tangent, exact also near 0; nan stays nan."""
    y = -2.0 * abs(x)
    y = -708.0 if y < -708.0 else y
    power, p = _halved(y)
    e = power * p + (power - 1.0)  # e^y - 1
    return math.copysign(e / (2.0 + e), x)
