"""The intrinsic functions of JSONPath states: ``States.Format('{} of {}', $.part, 3)``.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, NoReturn

from personalize_sfn.statemachine.json_text import compact
from personalize_sfn.statemachine.json_text import parse as parse_json
from personalize_sfn.statemachine.path_filters import identity, same

__all__ = ["IntrinsicCall", "IntrinsicError", "InvalidIntrinsic", "drawn_uuid", "evaluate", "parse"]

_LARGEST_ARRAY = 1000
_LARGEST_HASHED = 10_000


class InvalidIntrinsic(ValueError):
    """Text that is no call of an intrinsic function."""


class IntrinsicError(ValueError):
    """A function was given what it does not take; ``str()`` is what AWS says after "had the following error: "."""


@dataclass(frozen=True, slots=True)
class IntrinsicCall:
    """``arguments`` are calls, paths, or literals: ``("path", text)``, ``("text", raw text)``, ``("value", value)``."""

    text: str
    name: str
    arguments: tuple[IntrinsicCall | tuple[str, Any], ...]

    def paths(self) -> list[str]:
        """The paths among its arguments, those of inner calls too."""
        found: list[str] = []
        for argument in self.arguments:
            if isinstance(argument, IntrinsicCall):
                found += argument.paths()
            elif argument[0] == "path":
                found.append(argument[1])
        return found


# --- parsing --------------------------------------------------------------------------------------------------------

_CALL = re.compile(r"States\.([A-Za-z0-9]+)\(")
_SPACES = re.compile(r"\s*")
_TEXT = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
_LITERAL = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\s*(?=[,)])")
# A path ends at a comma or a bracket outside of its own brackets and quotes.
_PATH = re.compile(
    r"\$(?:\\.|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|\[(?:'(?:\\.|[^'\\])*'|[^\]'])*\]|[^,()\[\]'\"\\])*"
)


@lru_cache(maxsize=4096)
def parse(text: str) -> IntrinsicCall:
    """A call such as ``States.Array($.a, 'b')``.

    Raises:
        InvalidIntrinsic: it is not one, or there is no such function.
    """
    try:
        call, end = _call(text, 0)
    except InvalidIntrinsic:
        raise
    except RecursionError:
        raise InvalidIntrinsic(f"{text[:100]!r}: it is nested too deeply") from None
    except ValueError as error:
        raise InvalidIntrinsic(f"{text[:100]!r}: {error}") from None
    if text[end:].strip():
        _fail(text, end, "the end")
    return call


def _call(text: str, at: int) -> tuple[IntrinsicCall, int]:
    begins = _CALL.match(text, at)
    if begins is None or begins[1] not in _FUNCTIONS:
        _fail(text, at, f"States. and one of {', '.join(sorted(_FUNCTIONS))}")
    arguments: list[IntrinsicCall | tuple[str, Any]] = []
    end = _spaces(text, begins.end())
    while text[end : end + 1] != ")":
        argument, end = _argument(text, end)
        arguments.append(argument)
        end = _spaces(text, end)
        if text[end : end + 1] == ",":
            end = _spaces(text, end + 1)
            if text[end : end + 1] == ")":
                _fail(text, end, "an argument")
        elif text[end : end + 1] != ")":
            _fail(text, end, "a comma or a closing bracket")
    least, most = _FUNCTIONS[begins[1]][1:]
    if not least <= len(arguments) <= most:
        raise InvalidIntrinsic(f"{text!r}: States.{begins[1]} takes {least} to {most} arguments, got {len(arguments)}")
    return IntrinsicCall(text[at : end + 1], begins[1], tuple(arguments)), end + 1


def _argument(text: str, at: int) -> tuple[IntrinsicCall | tuple[str, Any], int]:
    if text.startswith("States.", at):
        return _call(text, at)
    if found := _TEXT.match(text, at):
        return ("text", found[1]), found.end()
    if found := _LITERAL.match(text, at):
        return ("value", parse_json(found[1])), found.end()
    if found := _PATH.match(text, at):
        return ("path", found[0].rstrip()), found.end()
    return _fail(text, at, "a path, a text in single quotes, a number, true, false, null or a function")


def _spaces(text: str, at: int) -> int:
    found = _SPACES.match(text, at)
    return found.end() if found else at


def _fail(text: str, at: int, expected: str) -> NoReturn:
    raise InvalidIntrinsic(f"{text!r}: expected {expected} at position {at}")


# --- evaluating -----------------------------------------------------------------------------------------------------

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def evaluate(call: IntrinsicCall, path: Callable[[str], Any], random: Callable[[], Random]) -> Any:
    """The value of a call.

    Args:
        path: the value of a path.
        random: where States.UUID and an unseeded States.MathRandom draw from.

    Raises:
        IntrinsicError: a function was given what it does not take.
    """
    values: list[Any] = []
    for position, argument in enumerate(call.arguments):
        if isinstance(argument, IntrinsicCall):
            values.append(evaluate(argument, path, random))
        elif argument[0] == "path":
            values.append(path(argument[1]))
        elif argument[0] == "text" and not (call.name == "Format" and position == 0):
            values.append(_ESCAPE.sub(r"\1", argument[1]))
        else:
            values.append(argument[1])
    function = _FUNCTIONS[call.name][0]
    try:
        return function(random, *values) if call.name in _DRAWING else function(*values)
    except IntrinsicError as error:
        raise IntrinsicError(f"The function '{call.text}' had the following error: {error}") from None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise IntrinsicError(f"The function '{call.text}' does not take its arguments: {error}") from None


def _expect(value: Any, kind: type | tuple[type, ...], what: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise IntrinsicError(f"expected {what}, got {compact(value)}")


def _number(value: Any) -> int:
    """A number, rounded as Java's Math.round does: half up."""
    _expect(value, (int, float), "a number")
    if not math.isfinite(value):
        raise IntrinsicError(f"expected a number, got {value}")
    return math.floor(value + 0.5) if isinstance(value, float) else value


def _shown(value: Any) -> str:
    """A value in States.Format: objects and lists as Java prints them."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return compact(value)


_PLACE = re.compile(r"\\(.)|\{\}|([{}])", re.DOTALL)


def _format(template: Any, *values: Any) -> str:
    _expect(template, str, "a text as template")
    places = [found for found in _PLACE.finditer(template) if found[1] is None]
    if any(found[2] for found in places):
        raise IntrinsicError("a brace that is not {} needs a backslash before it")
    if len(places) != len(values):
        raise IntrinsicError(f"the template has {len(places)} times {{}}, and there are {len(values)} values for it")
    left = iter(values)
    return _PLACE.sub(lambda found: found[1] if found[1] is not None else _shown(next(left)), template)


def _string_to_json(text: Any) -> Any:
    _expect(text, str, "a text")
    try:
        return parse_json(text) if text.strip() else None
    except ValueError as error:
        raise IntrinsicError(f"expected JSON, got {text!r} ({error})") from None


def _array_partition(array: Any, size: Any) -> list[Any]:
    _expect(array, list, "an array")
    size = _number(size)
    if size < 1:
        raise IntrinsicError(f"expected a size of at least 1, got {size}")
    return [array[at : at + size] for at in range(0, len(array), size)]


def _array_contains(array: Any, sought: Any) -> bool:
    _expect(array, list, "an array")
    return any(same(each, sought) for each in array)


def _array_range(first: Any, last: Any, step: Any) -> list[int]:
    first, last, step = _number(first), _number(last), _number(step)
    if step == 0:
        raise IntrinsicError("expected a step other than 0")
    count = (last - first) // step + 1
    if count > _LARGEST_ARRAY:
        raise IntrinsicError(f"expected at most {_LARGEST_ARRAY} elements, got {count}")
    return [first + step * index for index in range(count)]


def _array_get_item(array: Any, index: Any) -> Any:
    _expect(array, list, "an array")
    index = _number(index)
    if not 0 <= index < len(array):
        raise IntrinsicError(f"expected an index from 0 to {len(array) - 1}, got {index}")
    return array[index]


def _array_length(array: Any) -> int:
    _expect(array, list, "an array")
    return len(array)


def _array_unique(array: Any) -> list[Any]:
    _expect(array, list, "an array")
    found: dict[Hashable, Any] = {}
    for each in array:
        found.setdefault(identity(each), each)
    return [*found.values()]


def _base64_encode(text: Any) -> str:
    _expect(text, str, "a text")
    _short(text)
    return base64.b64encode(text.encode()).decode()


def _base64_decode(text: Any) -> str:
    _expect(text, str, "a text")
    _short(text)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except ValueError as error:
        raise IntrinsicError(f"expected Base64 of UTF-8, got {text!r} ({error})") from None


def _short(text: str) -> None:
    if len(text) > _LARGEST_HASHED:
        raise IntrinsicError(f"expected at most {_LARGEST_HASHED} characters, got {len(text)}")


_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _hash(value: Any, algorithm: Any) -> str:
    if not isinstance(algorithm, str) or algorithm not in _HASHES:
        raise IntrinsicError(f"expected one of {', '.join(_HASHES)}, got {compact(algorithm)}")
    text = value if isinstance(value, str) else compact(value)
    _short(text)
    return hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def _json_merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    _expect(one, dict, "an object")
    _expect(other, dict, "an object")
    if deep is not False:
        raise IntrinsicError("only a shallow merge is supported: the third argument must be false")
    return {**one, **other}


def _math_random(random: Callable[[], Random], first: Any, last: Any, seed: Any = None) -> int:
    first, last = _number(first), _number(last)
    if first >= last:
        raise IntrinsicError(f"expected a first number below the last, got {first} and {last}")
    drawing = random() if seed is None else Random(_number(seed))  # noqa: S311 - no secret
    return drawing.randrange(first, last)


def _string_split(text: Any, separators: Any) -> list[str]:
    _expect(text, str, "a text")
    _expect(separators, str, "a text of separators")
    if not separators:
        return [text]
    return [part for part in re.split("[" + re.escape(separators) + "]", text) if part]


def drawn_uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


_DRAWING = {"MathRandom", "UUID"}
#: Function, fewest and most arguments.
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, float]] = {
    "Array": (lambda *values: list(values), 0, math.inf),
    "ArrayContains": (_array_contains, 2, 2),
    "ArrayGetItem": (_array_get_item, 2, 2),
    "ArrayLength": (_array_length, 1, 1),
    "ArrayPartition": (_array_partition, 2, 2),
    "ArrayRange": (_array_range, 3, 3),
    "ArrayUnique": (_array_unique, 1, 1),
    "Base64Decode": (_base64_decode, 1, 1),
    "Base64Encode": (_base64_encode, 1, 1),
    "Format": (_format, 1, math.inf),
    "Hash": (_hash, 2, 2),
    "JsonMerge": (_json_merge, 3, 3),
    "JsonToString": (compact, 1, 1),
    "MathAdd": (lambda one, other: _number(one) + _number(other), 2, 2),
    "MathRandom": (_math_random, 2, 3),
    "StringSplit": (_string_split, 2, 2),
    "StringToJson": (_string_to_json, 1, 1),
    "UUID": (lambda random: drawn_uuid(random()), 0, 0),
}
