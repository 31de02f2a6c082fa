"""JSON as Step Functions writes it: without spaces, in Unicode; and how large it may be."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["LARGEST", "TOO_DEEP", "NotJson", "compact", "parse", "shallow", "strict", "too_large"]

#: The largest input or result of a task, state or execution, in bytes.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
LARGEST = 256 * 1024
TOO_DEEP = "The data is nested too deeply."

compact: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_strict: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


#: Levels of nesting that a value from outside leaves free of those that Python takes (about 1,000, less the depth of
#: the call): states wrap values, and what a data directory keeps of an execution nests them deeper.
_ROOM = 250
_ALWAYS_SHALLOW = 400


def shallow(encode: Callable[[Any], str], value: Any, room: int) -> str:
    """What ``encode`` makes of a value, with ``room`` levels of nesting to spare.

    Raises:
        RecursionError: there is less room.
    """
    text = encode(value)
    if text.count("[") + text.count("{") > _ALWAYS_SHALLOW:  # it may be as deep; to try is slower than all the rest
        for _ in range(room):
            value = [value]
        encode(value)
    return text


class NotJson(ValueError):
    """Text or a value that is no JSON; ``str()`` says why."""


def strict(value: Any) -> str:
    """``compact`` of a value from outside.

    Raises:
        NotJson: it is no JSON value (NaN and infinity are none), or is nested too deeply.
    """
    try:
        return shallow(_strict, value, _ROOM)
    except RecursionError:
        raise NotJson(TOO_DEEP) from None
    except (TypeError, ValueError) as error:
        raise NotJson(str(error)) from None


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NotJson(f"expected a number below 1.8e308, got {text[:40]}")
    return number


def _no_constant(text: str) -> NoReturn:
    raise NotJson(f"expected a value, got {text}")


_decode: Callable[[str], Any] = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant).decode


def parse(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        NotJson: it is none (NaN and infinity are none), or is nested too deeply.
    """
    try:
        return _decode(text)
    except RecursionError:
        raise NotJson(TOO_DEEP) from None
    except ValueError as error:  # also whole numbers of more than 4,300 digits
        raise NotJson(str(error)) from None


def too_large(text: str) -> bool:
    """Whether a JSON text has more bytes, in UTF-8, than AWS takes."""
    return len(text) > LARGEST or (4 * len(text) > LARGEST and len(text.encode("utf-8", "surrogatepass")) > LARGEST)
