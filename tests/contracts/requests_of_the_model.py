"""Requests made from botocore's model of an operation: right ones, and right ones with one thing made wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from botocore.model import OperationModel, Shape
from hypothesis import strategies as st

Known = Callable[[str], list[str]]
"""ARNs, or other values that exist, for a member's name; empty when it may be anything."""

_SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# The model's patterns are Java's.
_DIALECT = {r"\p{ASCII}": r"[\x00-\x7f]", r"\p{L}": "a-zA-Z", r"\p{N}": "0-9", r"\p{Z}": _SEPARATORS}


def valid_requests(operation: OperationModel, known: Known) -> st.SearchStrategy[dict[str, Any]]:
    """Requests that keep to every constraint of the model: required, types, ranges, patterns, enums."""
    if operation.input_shape is None:
        return st.just({})
    return _structure(operation.input_shape, known)


def _structure(shape: Shape, known: Known) -> st.SearchStrategy[dict[str, Any]]:
    members: dict[str, Shape] = shape.members  # type: ignore[attr-defined]
    required = {name: _value(name, members[name], known) for name in shape.required_members}
    optional = {name: _value(name, member, known) for name, member in members.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def _value(name: str, shape: Shape, known: Known) -> st.SearchStrategy[Any]:
    rules = shape.metadata
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, known)
    if kind == "list":
        element = _value(name, shape.member, known)  # type: ignore[attr-defined]
        return st.lists(element, min_size=rules.get("min", 0), max_size=min(rules.get("max", 3), 3))
    if kind == "map":
        keys = _value(name, shape.key, known)  # type: ignore[attr-defined]
        return st.dictionaries(keys, _value(name, shape.value, known), max_size=2)  # type: ignore[attr-defined]
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "long"):
        return st.integers(rules.get("min", 0), rules.get("max", 1000))
    if kind in ("double", "float"):
        return st.floats(rules.get("min", 0), rules.get("max", 10), width=32)
    if kind == "timestamp":
        return st.integers(1_500_000_000, 1_700_000_000)
    return _string(name, rules, known)


def _string(name: str, rules: dict[str, Any], known: Known) -> st.SearchStrategy[str]:
    if "enum" in rules:
        return st.sampled_from(rules["enum"])
    there = known(name)
    made = _made(rules)
    return st.sampled_from(there) | made if there else made


def _made(rules: dict[str, Any]) -> st.SearchStrategy[str]:
    least, most = rules.get("min", 0), min(rules.get("max", 40), 60)
    pattern = rules.get("pattern")
    if pattern is None:
        return st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=least, max_size=max(least, most))
    for java, python in _DIALECT.items():
        pattern = pattern.replace(java, python)
    alphabet = st.characters(codec="ascii", min_codepoint=32)
    return st.from_regex(pattern, fullmatch=True, alphabet=alphabet).filter(lambda text: least <= len(text) <= most)


def spoiled(operation: OperationModel, request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was made wrong, and the request with just that: each constraint of each member that it has."""
    shape = operation.input_shape
    for name in shape.required_members if shape is not None else ():
        yield f"{name} is missing", {key: value for key, value in request.items() if key != name}
    for path, member in _leaves(shape, request, ()) if shape is not None else ():
        for what, wrong in _wrong(member):
            yield f"{'.'.join(map(str, path))} {what}", _with(request, path, wrong)


def _leaves(shape: Shape, value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Shape]]:
    if path:
        yield path, shape
    if shape.type_name == "structure":
        for name in value:
            yield from _leaves(shape.members[name], value[name], (*path, name))  # type: ignore[attr-defined]
    elif shape.type_name == "list":
        for place, element in enumerate(value):
            yield from _leaves(shape.member, element, (*path, place))  # type: ignore[attr-defined]


def _wrong(shape: Shape) -> Iterator[tuple[str, Any]]:
    rules, kind = shape.metadata, shape.type_name
    yield "is of another type", 7 if kind in ("string", "structure", "list", "map", "boolean") else "seven"
    if "enum" in rules:
        yield "is no member of the enum", "NOT-OF-THE-ENUM"
    if kind in ("integer", "long", "double", "float"):
        if "min" in rules:
            yield "is too small", rules["min"] - 1
        if "max" in rules:
            yield "is too large", rules["max"] + 1
    if kind == "string":
        if "max" in rules:
            yield "is too long", "a" * (rules["max"] + 1)
        if rules.get("min", 0) > 0:
            yield "is too short", "a" * (rules["min"] - 1)
        if "pattern" in rules and "ASCII" not in rules["pattern"]:
            yield "does not fit the pattern", "\u2603 \u2603"


def _with(request: dict[str, Any], path: tuple[Any, ...], wrong: Any) -> dict[str, Any]:
    changed = copy.deepcopy(request)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = wrong
    return changed
