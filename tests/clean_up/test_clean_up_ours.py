"""What clean-up finds, on a fake Personalize that lists page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.config import INTERACTIONS_SCHEMA, Config
from personalize_sfn.errors import PersonalizeSfnError
from personalize_sfn.resources import PROJECT_TAG, WORKFLOW_TYPES

CONFIG = Config(project="movies")
OUR_SCHEMA = CONFIG.schema_name("INTERACTIONS")
SCHEMA_TEXT = json.dumps(INTERACTIONS_SCHEMA, indent=2)


class FakePersonalize:
    """Resources by kind: ``(name, parent's name, project of the tag)``; a dataset's schema by its name."""

    def __init__(self, **resources: list[tuple[str, str, str]]) -> None:
        self.resources = resources
        self.listings: list[str] = []
        self.dataset_schemas: dict[str, str] = {}
        self.schema_texts: dict[str, str] = {}

    def get_paginator(self, method: str) -> Any:
        (row,) = [row for row in WORKFLOW_TYPES if row.method("List") == method]

        def paginate() -> Iterator[dict[str, Any]]:
            self.listings.append(row.operation("List"))
            for name, _, _ in self.resources.get(row.snake, []):
                yield {row.list_key: [{"name": name, row.arn_field: name, "status": "ACTIVE"}]}

        return SimpleNamespace(paginate=paginate)

    def list_tags_for_resource(self, resourceArn: str) -> dict[str, Any]:
        for kind, resources in self.resources.items():
            for name, _, project in resources:
                if name == resourceArn and kind != "schema":
                    return {"tags": [{"tagKey": PROJECT_TAG, "tagValue": project}] if project else []}
        raise AssertionError(resourceArn)

    def describe_dataset(self, datasetArn: str) -> dict[str, Any]:
        return {"dataset": {"schemaArn": self.dataset_schemas[datasetArn]}}

    def describe_schema(self, schemaArn: str) -> dict[str, Any]:
        return {"schema": {"schema": self.schema_texts[schemaArn]}}


def found(personalize: Any) -> list[str]:
    session: Any = SimpleNamespace(client=lambda service: {"personalize": personalize}[service])
    return [str(each) for each in ours(session, CONFIG)]


def test_ours_is_found_in_the_order_of_deletion() -> None:
    personalize = FakePersonalize(
        schema=[(OUR_SCHEMA, "", "")],
        dataset_group=[("movies", "", "movies")],
        dataset=[("movies-interactions", "movies", "movies")],
        solution=[("movies-v2", "movies", "movies")],
        campaign=[("movies-campaign", "movies-v2", "movies")],
    )
    personalize.schema_texts[OUR_SCHEMA] = SCHEMA_TEXT

    assert found(personalize) == [
        "campaign movies-campaign (ACTIVE)",
        "solution movies-v2 (ACTIVE)",
        "dataset movies-interactions (ACTIVE)",
        "dataset group movies (ACTIVE)",
        f"schema {OUR_SCHEMA} (ACTIVE)",
    ]


def test_each_kind_is_listed_once_however_much_others_have_in_the_account() -> None:
    groups = [(f"theirs-{number}", "", "") for number in range(50)]
    personalize = FakePersonalize(dataset_group=groups)

    assert found(personalize) == []
    assert sorted(personalize.listings) == sorted(row.operation("List") for row in WORKFLOW_TYPES if row.deletable)


def test_what_lacks_our_tag_is_not_ours_even_inside_our_dataset_group() -> None:
    personalize = FakePersonalize(
        dataset_group=[("movies", "", "movies"), ("movies-too", "", "movies-too"), ("by-hand", "", "")],
        solution=[("experiment", "movies", ""), ("theirs", "movies-too", "movies-too")],
        campaign=[("shop", "experiment", "")],
    )

    assert found(personalize) == ["dataset group movies (ACTIVE)"]


def test_a_schema_that_a_dataset_of_others_uses_is_not_ours() -> None:
    personalize = FakePersonalize(
        schema=[(OUR_SCHEMA, "", "")],
        dataset_group=[("theirs", "", "")],
        dataset=[("theirs-interactions", "theirs", "")],
    )
    personalize.schema_texts[OUR_SCHEMA] = SCHEMA_TEXT
    personalize.dataset_schemas["theirs-interactions"] = OUR_SCHEMA

    assert found(personalize) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("movies-interactions", SCHEMA_TEXT),
        (f"series-{OUR_SCHEMA.partition('-')[2]}", SCHEMA_TEXT),
        (OUR_SCHEMA, '{"type": "record", "name": "Other", "fields": []}'),
    ],
    ids=["no hash", "another project", "another content"],
)
def test_a_schema_whose_name_is_not_that_of_its_content_is_not_ours(name: str, text: str) -> None:
    personalize = FakePersonalize(schema=[(name, "", "")])
    personalize.schema_texts[name] = text

    assert found(personalize) == []


def test_a_dry_run_tells_what_would_go_and_starts_nothing() -> None:
    personalize = FakePersonalize(dataset_group=[("movies", "", "movies")])
    session: Any = SimpleNamespace(client=lambda service: {"personalize": personalize}[service])

    assert [str(each) for each in clean_up(session, CONFIG, dry_run=True)] == ["dataset group movies (ACTIVE)"]


def test_with_nothing_to_remove_no_deployment_is_needed() -> None:
    session: Any = SimpleNamespace(client=lambda service: {"personalize": FakePersonalize()}[service])

    assert clean_up(session, CONFIG) == []


def test_what_no_stage_deletes_is_named_before_anything_starts() -> None:
    personalize = FakePersonalize(
        dataset_group=[("movies", "", "movies")], event_tracker=[("clicks", "movies", "movies")]
    )
    session: Any = SimpleNamespace(client=lambda service: {"personalize": personalize}[service])

    with pytest.raises(PersonalizeSfnError) as refused:
        clean_up(session, CONFIG)

    assert str(refused.value) == (
        "event tracker clicks (ACTIVE): no stage of this project makes or deletes that kind, and its dataset group "
        "cannot go before it. Delete it first"
    )


def test_a_refusal_is_one_sentence() -> None:
    class Refusing:
        def get_paginator(self, method: str) -> Any:
            denied = {"Error": {"Code": "AccessDeniedException", "Message": "not yours"}}
            raise ClientError(denied, "ListSchemas")

    with pytest.raises(PersonalizeSfnError) as refused:
        found(Refusing())

    assert str(refused.value) == (
        "cannot look for the Personalize resources of movies: An error occurred (AccessDeniedException) "
        "when calling the ListSchemas operation: not yours"
    )
