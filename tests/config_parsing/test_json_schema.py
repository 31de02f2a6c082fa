"""The JSON Schema says what the checks say: what is taken is valid, and what is refused by its type is not."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
import yaml
from jsonschema import Draft202012Validator

from personalize_sfn.config import Config
from personalize_sfn.config_parsing import Checked, Checks, Stated, plain_values
from personalize_sfn.config_parsing.checked import hints_of
from personalize_sfn.config_parsing.json_schema import field_docstrings, json_schema
from personalize_sfn.datasets import schemas
from personalize_sfn.errors import ConfigError

VALIDATOR = Draft202012Validator(json_schema(Config))
#: What stands in the files that the documentation names.
SCHEMAS = {
    "interactions": schemas.interactions("EVENT_TYPE"),
    "items": schemas.items(
        "CREATION_TIMESTAMP", schemas.field("PRICE", "float"), schemas.field("GENRE", categorical=True)
    ),
    "users": schemas.users(schemas.field("AGE", "int")),
}
#: One of each type of JSON, and what is no name of anything.
VALUES = ("?", 7, 0.5, True, None, [], ["?"], {}, {"?": 1})
#: How a refusal for the type begins.
BY_TYPE = ("expected str", "expected int", "expected float", "expected bool", "expected a mapping", "expected one of")


def places(cls: type[Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the fields of ``cls`` and of the classes below it stand; a mapping of a class has one entry."""
    for name, hint in hints_of(cls).items():
        yield (*path, name)
        for option in typing.get_args(hint) or (hint,):
            inside = (name,) if option is hint or typing.get_origin(hint) is not Mapping else (name, "one")
            if dataclasses.is_dataclass(option) and isinstance(option, type):
                yield from places(option, (*path, *inside))


def document(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {key: value}
    return value


def refusal(values: dict[str, Any], field: str) -> str | None:
    """What the checks say of ``field``; "" where they only refuse another one."""
    try:
        Config.from_dict(values)
    except ConfigError as error:
        return next((text for where, text in error.problems if where.startswith(field)), "")
    return None


def test_it_is_a_schema_of_the_draft_that_it_names():
    Draft202012Validator.check_schema(json_schema(Config))

    assert json_schema(Config)["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("path", [*places(Config)], ids=".".join)
def test_each_field_takes_and_refuses_the_types_that_the_checks_do(path: tuple[str, ...]):
    for value in VALUES:
        given = document(path, value)
        told, valid = refusal(given, ".".join(path)), VALIDATOR.is_valid(given)
        if told is None:
            assert valid, f"{value!r} is taken, and the schema says {VALIDATOR.iter_errors(given)}"
        elif told.startswith(BY_TYPE):
            assert not valid, f"{value!r} is refused ({told}), and the schema takes it"


@pytest.mark.parametrize(
    "values",
    [
        {"project": "Movies!"},
        {"project": "p" * 29},
        {"solutions": {"for-you": {"recipe": "aws-user-personalisation"}}},
        {"solutions": {"for-you": {"campaign": {"min_provisioned_tps": 0}}}},
        {"solutions": {"for-you": {"campaign": {"exploration_weight": 1.5}}}},
        {"solutions": {"For You": {}}},
        {"solution": {}},
        {"solutions": {"for-you": {"campaign": {"min_provisioned_tps": 2**31}}}},
        {"functions": {"log_retention_days": 31}},
        {"functions": {"runtime": "python2.7"}},
        {"kms_key_arn": "alias/mine"},
        {"polling": {"campaign": {"typical_seconds": 9}}},
        {"tags": {"team": 1}},
    ],
    ids=str,
)
def test_ranges_patterns_lists_and_required_fields_are_in_the_schema(values: dict[str, Any]):
    with pytest.raises(ConfigError):
        Config.from_dict(values)

    assert not VALIDATOR.is_valid(values)


def documented() -> list[Any]:
    """Every configuration that the documentation shows, as a file would hold it; without those of several files."""
    top = Path(__file__).parents[2]
    pages = [top / "README.md", *sorted((top / "docs").rglob("*.md"))]
    texts = [block.split("```")[0] for page in pages for block in page.read_text().split("```yaml\n")[1:]]
    return [
        values
        for values in map(yaml.safe_load, texts)
        if isinstance(values, dict) and "project" in values and "extends" not in values
    ]


def test_the_documented_configurations_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert documented()
    for values in documented():
        for kind, dataset in (values.get("datasets") or {}).items():
            if isinstance(dataset, dict) and isinstance(path := dataset.get("schema"), str):
                Path(path).parent.mkdir(exist_ok=True)
                Path(path).write_text(json.dumps(SCHEMAS[kind]))
        Config.from_dict(values)
        assert [error.message for error in VALIDATOR.iter_errors(values)] == []


def test_the_whole_configuration_with_its_defaults_is_valid():
    shop = Config.from_dict({"project": "shop", "datasets": {"items": {"schema": schemas.movielens_items()}}})

    assert [error.message for error in VALIDATOR.iter_errors(plain_values(shop))] == []


def test_the_defaults_in_the_schema_are_the_fields_own():
    properties = json_schema(Config)["$defs"]["Config"]["properties"]
    assert next(iter(properties)) == "extends"
    defaults = {name: each["default"] for name, each in properties.items() if name != "extends"}

    assert Config.from_dict(defaults) == Config()


def test_a_path_of_a_schema_is_valid():
    assert VALIDATOR.is_valid({"datasets": {"items": {"schema": "schemas/items.avsc"}}})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Checked):
    """Where things are.

    Not told: it is for developers.
    """

    room: str
    """A ``room`` of
    :class:`~personalize_sfn.config.Config`; None is not one."""
    kind: Literal["high", "low"] | None = None
    books: Mapping[str, Shelf] = dataclasses.field(default_factory=dict)
    labels: tuple[str, ...] = ()

    _checks: ClassVar[Checks] = {"room": Stated(lambda _: None, {"maxLength": 5})}


def test_a_class_of_any_shape_has_a_schema():
    assert json_schema(Shelf) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Shelf",
        "$ref": "#/$defs/Shelf",
        "$defs": {
            "Shelf": {
                "type": "object",
                "additionalProperties": False,
                "description": "Where things are.",
                "properties": {
                    "extends": {
                        "type": "string",
                        "minLength": 1,
                        "description": "The path of a file that this one extends: its values hold wherever this file "
                        "says nothing else.",
                    },
                    "room": {
                        "type": "string",
                        "maxLength": 5,
                        "description": "A room of Config; null is not one.",
                    },
                    "kind": {"anyOf": [{"type": "string", "enum": ["high", "low"]}, {"type": "null"}], "default": None},
                    "books": {
                        "type": "object",
                        "propertyNames": {"pattern": "^(?:[a-z][a-z0-9-]{0,29})$"},
                        "additionalProperties": {"$ref": "#/$defs/Shelf"},
                        "default": {},
                    },
                    "labels": {"type": "array", "items": {"type": "string"}, "default": []},
                },
                "required": ["room"],
            }
        },
    }


def test_a_type_that_no_file_holds_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Odd(Checked):
        path: Path = Path()

    with pytest.raises(TypeError, match="expected a type that YAML and JSON have, got <class 'pathlib"):
        json_schema(Odd)


def test_without_its_source_a_class_has_no_descriptions():
    assert field_docstrings(dataclasses.make_dataclass("Made", [("room", str)])) == {}


def test_every_field_of_a_configuration_is_described():
    classes = json_schema(Config)["$defs"]
    fields = [(name, field, said) for name, each in classes.items() for field, said in each["properties"].items()]

    assert len(fields) > 60
    assert [
        f"{name}.{field}" for name, field, said in fields if name != "PollingConfig" and "description" not in said
    ] == []
