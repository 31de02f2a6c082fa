"""The JSON Schema of a dataclass that checks itself: editors complete and check a file by it.

Types, defaults and required fields come from the fields; ranges, patterns and lists of values from those checks that
are :class:`~.checked.Stated`; descriptions from the docstrings.  Rules for several fields together cannot be said in a
schema: ``personalize-sfn config check`` knows them.

https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from personalize_sfn.config_parsing.checked import KEY_PATTERN, LARGEST_WHOLE_NUMBER, Checked, Stated, hints_of
from personalize_sfn.config_parsing.files import EXTENDS
from personalize_sfn.config_parsing.plain_values import plain_values

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PLAIN: Mapping[Any, JsonSchema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": -LARGEST_WHOLE_NUMBER, "maximum": LARGEST_WHOLE_NUMBER},
    float: {"type": "number"},
    type(None): {"type": "null"},
    Any: {},
}
_EXTENDS = "The path of a file that this one extends: its values hold wherever this file says nothing else."
#: ``:class:`~a.b.Name``` and ``name`` in double backquotes.
_MARKUP = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`|``(.+?)``", re.DOTALL)
_YAML_WORDS = {"None": "null", "True": "true", "False": "false"}


def json_schema(cls: type[Checked]) -> JsonSchema:
    """The schema of files that hold an instance of ``cls``; each class has its place below ``$defs``.

    Raises:
        TypeError: a field has a type that no file could hold.
    """
    definitions: dict[str, JsonSchema] = {}
    reference = _reference(cls, definitions)
    extends = {"type": "string", "minLength": 1, "description": _EXTENDS}
    definitions[cls.__name__]["properties"] = {EXTENDS: extends, **definitions[cls.__name__]["properties"]}
    return {"$schema": DIALECT, "title": cls.__name__, **reference, "$defs": definitions}


def _reference(cls: type[Checked], definitions: dict[str, JsonSchema]) -> JsonSchema:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}  # a class may hold itself
        definitions[cls.__name__] = _mapping(cls, definitions)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _mapping(cls: type[Checked], definitions: dict[str, JsonSchema]) -> JsonSchema:
    told = field_docstrings(cls)
    properties: dict[str, JsonSchema] = {}
    required: list[str] = []
    fields = {each.name: each for each in dataclasses.fields(typing.cast(Any, cls))}
    for name, hint in hints_of(typing.cast(Any, cls)).items():
        field, check = fields[name], cls._checks.get(name)
        schema = _typed(hint, definitions, check.keywords if isinstance(check, Stated) else {})
        if name in cls._files:
            schema = _either([schema, _PLAIN[str]])
        if name in told:
            schema["description"] = told[name]
        if field.default is not dataclasses.MISSING:
            schema["default"] = _default(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            schema["default"] = _default(field.default_factory())
        else:
            required.append(name)
        properties[name] = schema
    found: JsonSchema = {"type": "object", "additionalProperties": False}
    if description := _words((cls.__doc__ or "").split("\n\n")[0]):
        found["description"] = description
    found["properties"] = properties
    return {**found, "required": required} if required else found


def _typed(hint: Any, definitions: dict[str, JsonSchema], keywords: Mapping[str, Any] | None = None) -> JsonSchema:
    """What a value of the type ``hint`` may be; ``keywords`` hold for it unless it is null."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        nothing = type(None)
        return _either([_typed(each, definitions, None if each is nothing else keywords) for each in arguments])
    if dataclasses.is_dataclass(hint):
        return _reference(typing.cast("type[Checked]", hint), definitions)
    if origin is Literal:
        return {"type": "string", "enum": [*arguments]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _typed(arguments[1], definitions)
        named = {"propertyNames": {"pattern": f"^(?:{KEY_PATTERN})$"}} if dataclasses.is_dataclass(arguments[1]) else {}
        return {"type": "object", **named, **({"additionalProperties": inner} if inner else {}), **(keywords or {})}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return {"type": "array", "items": _typed(arguments[0], definitions), **(keywords or {})}
    if hint not in _PLAIN:
        raise TypeError(f"expected a type that YAML and JSON have, got {hint}")
    return {**_PLAIN[hint], **(keywords or {})}


def _either(options: Sequence[JsonSchema]) -> JsonSchema:
    """One of ``options``; those that are nothing but a type become one list of types."""
    if all(each.keys() == {"type"} for each in options):
        return {"type": [each["type"] for each in options]}
    return {"anyOf": [*options]}


def _default(value: Any) -> Any:
    """As it would stand in a file; of a class whose fields all have their defaults: an empty mapping."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        required = [
            each
            for each in dataclasses.fields(value)
            if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
        ]
        if not required and value == type(value)():
            return {}
    if isinstance(value, Mapping):
        return {key: _default(inner) for key, inner in value.items()}
    return plain_values(value)


def field_docstrings(cls: type[Any]) -> dict[str, str]:
    """The docstrings below the fields of ``cls``, without markup; none where its source is not installed."""
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    except (OSError, TypeError, SyntaxError):
        return {}
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for statement, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[statement.target.id] = _words(after.value.value)
    return found


def _words(docstring: str) -> str:
    """A docstring in one line, as an editor shows it, with YAML's words for Python's."""
    plain = " ".join(_MARKUP.sub(lambda found: found[1] or found[2], docstring).split())
    return re.sub(r"\b(None|True|False)\b", lambda found: _YAML_WORDS[found[1]], plain)
