"""What clean-up finds, on a fake Personalize that lists page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_sfn.arns import Arns
from personalize_sfn.clean_up import clean_up, ours
from personalize_sfn.config import Config
from personalize_sfn.config_datasets import INTERACTIONS_SCHEMA
from personalize_sfn.errors import DeployError, NotOursError, PersonalizeSfnError
from personalize_sfn.ownership import PROJECT_TAG
from personalize_sfn.resources import BY_KEY, METRIC_ATTRIBUTION, RESOURCE_TYPES

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
        self.status: dict[str, str] = {}
        self.gone: set[str] = set()

    def get_paginator(self, method: str) -> Any:
        (row,) = [row for row in RESOURCE_TYPES if row.method("List") == method]

        def paginate(**scope: str) -> Iterator[dict[str, Any]]:
            self.listings.append(row.operation("List"))
            if scope:
                assert row.scope is not None
                assert list(scope) == [BY_KEY[row.scope].arn_field]
            for name, parent, _ in self.resources.get(row.snake, []):
                if parent in scope.values() or not scope:
                    yield {
                        row.list_key: [{"name": name, row.arn_field: name, "status": self.status.get(name, "ACTIVE")}]
                    }

        return SimpleNamespace(paginate=paginate)

    def list_tags_for_resource(self, resourceArn: str) -> dict[str, Any]:
        if resourceArn in self.gone:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "ListTagsForResource")
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
        campaign=[("movies-for-you", "movies-v2", "movies")],
    )
    personalize.schema_texts[OUR_SCHEMA] = SCHEMA_TEXT

    assert found(personalize) == [
        "campaign movies-for-you (ACTIVE)",
        "solution movies-v2 (ACTIVE)",
        "dataset movies-interactions (ACTIVE)",
        f"schema {OUR_SCHEMA} (ACTIVE)",
        "dataset group movies (ACTIVE)",
    ]


def test_what_is_gone_between_two_looks_is_not_ours_any_more() -> None:
    personalize = FakePersonalize(dataset_group=[("movies", "", "movies")], filter=[("movies-old", "movies", "movies")])
    personalize.gone = {"movies-old"}

    assert found(personalize) == ["dataset group movies (ACTIVE)"]


def test_each_kind_is_listed_once_however_much_others_have_in_the_account() -> None:
    groups = [(f"theirs-{number}", "", "") for number in range(50)]
    personalize = FakePersonalize(dataset_group=groups)

    assert found(personalize) == []
    assert sorted(personalize.listings) == sorted(
        row.operation("List") for row in RESOURCE_TYPES if row.deletable and row is not METRIC_ATTRIBUTION
    )


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


def test_what_people_made_and_tagged_is_ours_too() -> None:
    personalize = FakePersonalize(
        dataset_group=[("movies", "", "movies"), ("theirs", "", "")],
        event_tracker=[("clicks", "movies", "movies")],
        filter=[("bought", "movies", "movies"), ("seen", "theirs", "")],
        recommender=[("for-you", "movies", "movies")],
        metric_attribution=[("movies-brought", "movies", ""), ("movies-too", "theirs", "")],
    )

    assert found(personalize) == [
        "recommender for-you (ACTIVE)",
        "event tracker clicks (ACTIVE)",
        "filter bought (ACTIVE)",
        "metric attribution movies-brought (ACTIVE)",
        "dataset group movies (ACTIVE)",
    ]


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_not_ours_but_stands_in_the_way_is_named_before_anything_starts(dry_run: bool) -> None:
    personalize = FakePersonalize(
        dataset_group=[("movies", "", "movies")],
        solution=[("movies-v2", "movies", "movies")],
        campaign=[("by-hand", "movies-v2", "")],
        event_tracker=[("clicks", "movies", "")],
        filter=[("bought", "movies", "movies-too"), ("going", "movies", "")],
        metric_attribution=[("brought", "movies", "")],
    )
    personalize.status["going"] = "DELETE IN_PROGRESS"
    session: Any = SimpleNamespace(client=lambda service: {"personalize": personalize}[service])

    with pytest.raises(NotOursError) as refused:
        clean_up(session, CONFIG, dry_run=dry_run)

    assert str(refused.value) == (
        "campaign by-hand (ACTIVE), event tracker clicks (ACTIVE), filter bought (ACTIVE), "
        "metric attribution brought (ACTIVE): without the tag personalize-sfn:project=movies, so they are left alone, "
        "and what they are part of cannot be deleted before them. Delete them, or give them the tag, then clean up "
        "again. Nothing was deleted"
    )


def test_a_deployed_workflow_that_cannot_delete_something_is_refused_before_it_starts() -> None:
    personalize = FakePersonalize(dataset_group=[("movies", "", "movies")], filter=[("bought", "movies", "movies")])
    old = {"StartAt": "A", "States": {"A": {"Type": "Map", "ItemsPath": "$.input.datasetGroupArns"}}}
    machine = {"name": "movies-clean-up", "definition": json.dumps(old), "roleArn": "r", "stateMachineArn": "a"}
    step_functions = SimpleNamespace(
        describe_state_machine=lambda stateMachineArn: machine, _client_config=SimpleNamespace(user_agent="")
    )
    clients = {"personalize": personalize, "stepfunctions": step_functions}
    session: Any = SimpleNamespace(client=clients.__getitem__, arns=Arns("us-east-1", "123456789012"))

    with pytest.raises(DeployError) as refused:
        clean_up(session, CONFIG)

    assert str(refused.value) == (
        "the deployed clean-up workflow deletes no filter: an older version of this package made it. "
        "Deploy again, then clean up. Nothing was deleted"
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
