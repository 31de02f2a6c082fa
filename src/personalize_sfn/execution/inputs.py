"""An execution's input against the schema of an ``ExecutionInput``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: What a value may be where the schema names one of these; another type of the schema stands for itself.
_TAKEN: Mapping[type, tuple[type, ...]] = {dict: (Mapping,), list: (list, tuple), float: (float, int)}


def require_fitting(schema: Mapping[str, Any], inputs: Any, schema_text: str) -> None:
    """Go on only with an input that has every member of the schema, of its type.

    Args:
        schema: types by name; a mapping for members of a member.
        inputs: the input.
        schema_text: the schema as it is told.

    Raises:
        ValueError: names the members that are missing or of another type.
    """
    problems = list(_problems(schema, {} if inputs is None else inputs, ""))
    if problems:
        raise ValueError(f"Expected run input with the schema: {schema_text}; {'; '.join(problems)}")


def _problems(schema: Mapping[str, Any], inputs: Any, path: str) -> Iterator[str]:
    if not isinstance(inputs, Mapping):
        yield f"{path or 'the input'}: expected a mapping, got {type(inputs).__name__}"
        return
    for name, expected in schema.items():
        where = f"{path}.{name}" if path else str(name)
        if name not in inputs:
            yield f"{where} is missing"
        elif isinstance(expected, Mapping):
            yield from _problems(expected, inputs[name], where)
        elif not _fits(inputs[name], expected):
            yield f"{where}: expected {expected.__name__}, got {type(inputs[name]).__name__}"


def _fits(value: Any, expected: type) -> bool:
    if isinstance(value, bool):
        return expected in {bool, object, int}  # as the SDK: Python's True is an int
    return isinstance(value, _TAKEN.get(expected, (expected,)))
