"""Values against the shapes of botocore's model, with the constraints that botocore leaves to the server.

botocore's client checks required members, types and minimum lengths; patterns, maxima and enums are AWS's to check.
The texts are those of AWS's common request validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import Shape

__all__ = ["known", "trimmed", "violations"]

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}
_PLAIN = frozenset(_TYPES) - {"structure", "map", "list", "timestamp"}


def violations(shape: Shape, request: dict[str, Any]) -> str:
    """``2 validation errors detected: ...``, with every violation; "" where there is none."""
    problems = list(_problems(shape, request, ""))
    count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
    return count + "; ".join(problems) if problems else ""


def known(shape: Shape, value: Any) -> Any:
    """``value`` without the members that the shape does not know and without nulls."""
    if shape.type_name == "structure":
        members = shape.members  # type: ignore[attr-defined]
        return {name: known(members[name], value[name]) for name in members if value.get(name) is not None}
    if shape.type_name == "list":
        return [known(shape.member, element) for element in value]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {key: known(shape.value, element) for key, element in value.items()}  # type: ignore[attr-defined]
    return value


def trimmed(shape: Shape | None, value: Any) -> Any:
    """``value`` with the members that ``shape`` knows and that have a value; everything else is left out."""
    if shape is None or shape.type_name in _PLAIN:
        return value
    if shape.type_name == "structure":
        return {
            name: item if member is None else trimmed(member, item)
            for name, member in _members(shape)
            if (item := value.get(name)) is not None
        }
    if shape.type_name == "list":
        return [trimmed(shape.member, element) for element in value]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {key: trimmed(shape.value, element) for key, element in value.items()}  # type: ignore[attr-defined]
    return round(value, 3) if shape.type_name == "timestamp" else value


@cache
def _members(shape: Shape) -> tuple[tuple[str, Shape | None], ...]:
    """Names of a structure's members, and the shapes of those in which there is something to trim."""
    members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
    return tuple((name, None if member.type_name in _PLAIN else member) for name, member in members.items())


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    expected: tuple[type, ...] = _TYPES[shape.type_name]
    if not _is_a(value, expected):
        yield _problem(shape, value, path, f"Member must be of type {shape.type_name}")
        return
    yield from _own_problems(shape, value, path)
    if shape.type_name == "structure":
        for name, member in shape.members.items():  # type: ignore[attr-defined]
            inner = f"{path}.{name}" if path else name
            if value.get(name) is not None:
                yield from _problems(member, value[name], inner)
            elif name in shape.required_members:
                yield _problem(member, None, inner, "Member must not be null")
    elif shape.type_name == "list":
        for position, element in enumerate(value, 1):
            yield from _problems(shape.member, element, f"{path}.{position}.member")  # type: ignore[attr-defined]
    elif shape.type_name == "map":
        for key, element in value.items():
            yield from _problems(shape.key, key, f"{path}.key")  # type: ignore[attr-defined]
            yield from _problems(shape.value, element, f"{path}.{key}")  # type: ignore[attr-defined]


def _is_a(value: Any, expected: tuple[type, ...]) -> bool:
    # To Python a bool is an int; to JSON it is not.
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def _own_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    rules = shape.metadata
    numeric = shape.type_name in ("integer", "long", "double", "float")
    measured, what = (value, "value") if numeric else (len(value) if hasattr(value, "__len__") else None, "length")
    if "min" in rules and measured is not None and measured < rules["min"]:
        yield _problem(shape, value, path, f"Member must have {what} greater than or equal to {rules['min']}")
    if "max" in rules and measured is not None and measured > rules["max"]:
        yield _problem(shape, value, path, f"Member must have {what} less than or equal to {rules['max']}")
    if "pattern" in rules and not _compiled(rules["pattern"]).fullmatch(value):
        yield _problem(shape, value, path, f"Member must satisfy regular expression pattern: {rules['pattern']}")
    if "enum" in rules and value not in rules["enum"]:
        yield _problem(shape, value, path, f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]")


def _problem(shape: Shape, value: Any, path: str, constraint: str) -> str:
    # The model marks tags as sensitive: AWS does not repeat their values.
    shown = "Value" if shape.metadata.get("sensitive") else f"Value {_shown(value)}"
    return f"{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return f"'{text if len(text) <= 300 else text[:300] + '...'}'"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""A pattern of the model (Java's dialect) for Python; of its ``\p`` classes: L, N, Z and ASCII."""
    separators = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    python = pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]")
    python = python.replace(r"\p{L}", r"\w").replace(r"\p{N}", "").replace(r"\p{Z}", separators)
    return re.compile(python)
