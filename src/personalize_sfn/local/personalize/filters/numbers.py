"""Numbers in filters, compared as they are written: a long has more digits than a floating-point number keeps."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personalize_sfn.filter_expressions.grammar import NUMBER

_NUMBER = re.compile(NUMBER, re.ASCII)
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read_number(text: str) -> Decimal | None:
    """The number that a text is, exactly; None for another text."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def compared(numbers: NDArray[Any], sign: str, wanted: Decimal) -> NDArray[np.bool_]:
    """Which numbers stand in that relation to the wanted one; whole numbers exactly, others as the column keeps them.

    Args:
        numbers: of type int64 or float64.
        sign: a key of COMPARE.
        wanted: what they are compared with.
    """
    if numbers.dtype.kind == "f":
        return np.asarray(COMPARE[sign](numbers, float(wanted)))
    if not _LOWEST <= wanted <= _HIGHEST:
        return np.full(len(numbers), COMPARE[sign](0, wanted))
    if wanted == wanted.to_integral_value():
        return np.asarray(COMPARE[sign](numbers, int(wanted)))
    if sign in ("=", "!="):
        return np.full(len(numbers), sign == "!=")
    # No whole number lies between the wanted one and the next whole one.
    rounding = ROUND_FLOOR if sign in ("<", "<=") else ROUND_CEILING
    return np.asarray(COMPARE[f"{sign[0]}="](numbers, int(wanted.to_integral_value(rounding))))
