"""All 79 operations by requests made from botocore's model, which shares nothing with the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.requests_of_the_model import spoiled, valid_requests
from fakes.model_answers import differences
from fakes.personalize_aws import ACCOUNT, BUCKET, REGION, ROLE, Aws, serving
from personalize_sfn.local.aws.iam import owner_of
from personalize_sfn.local.personalize.wire.protocol import operation_request

SERVICES = ("personalize", "personalize-runtime", "personalize-events")
MODELS = {name: get_session().get_service_model(name) for name in SERVICES}
OPERATIONS = {
    operation: MODELS[service].operation_model(operation)
    for service in SERVICES
    for operation in MODELS[service].operation_names
}
# What any operation may answer: https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
COMMON = {"ValidationException", "ThrottlingException", "AccessDeniedException"}
#: Ours: what the embedded AWS does not do says so by name.
NOT_HERE = "UnsupportedOperation"

#: ListMetricAttributionMetrics is of one resource; so are the tags.
LISTS = sorted(name for name in OPERATIONS if name.startswith("List") and not name.endswith(("Metrics", "Resource")))

every_list = pytest.mark.parametrize("name", LISTS)
every_operation = pytest.mark.parametrize("name", sorted(OPERATIONS))
few = settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@dataclass
class World:
    """A service with one of most things in it."""

    aws: Aws
    arns: dict[str, list[str]] = field(default_factory=dict)

    def known(self, member: str) -> list[str]:
        return self.arns.get(member, [])

    def ask(self, name: str, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, answered, body = self.aws.service.handle(operation_request(name, request, REGION), owner_of(ACCOUNT))
        return status, dict(answered), body


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with serving() as aws:
        group = aws.data()
        dataset = aws.personalize.list_datasets()["datasets"][0]["datasetArn"]
        version = aws.trained(group)
        campaign = aws.campaign(version)
        tracker = aws.personalize.create_event_tracker(name="clicks", datasetGroupArn=group)
        pages = aws.personalize.get_paginator("list_recipes").paginate()
        recipes = [recipe for page in pages for recipe in page["recipes"]]
        arns = {
            "datasetGroupArn": group,
            "datasetArn": dataset,
            "schemaArn": aws.personalize.list_schemas()["schemas"][0]["schemaArn"],
            "datasetImportJobArn": aws.personalize.list_dataset_import_jobs()["datasetImportJobs"][0][
                "datasetImportJobArn"
            ],
            "solutionArn": version.rpartition("/")[0],
            "solutionVersionArn": version,
            "campaignArn": campaign,
            "eventTrackerArn": tracker["eventTrackerArn"],
            "trackingId": tracker["trackingId"],
            "resourceArn": campaign,
            "algorithmArn": "arn:aws:personalize:::algorithm/aws-sims",
            "featureTransformationArn": "arn:aws:personalize:::feature-transformation/sims",
            "roleArn": ROLE,
        }
        known = {member: [arn] for member, arn in arns.items()} | {
            "recipeArn": [recipe["recipeArn"] for recipe in recipes],
            "path": [f"s3://{BUCKET}/interactions.csv", f"s3://{BUCKET}/out/"],
            "dataLocation": [f"s3://{BUCKET}/interactions.csv"],
            "userId": ["u1", "nobody"],
            "itemId": ["i1", "nothing"],
            "inputList": ["i1", "i2"],
            "datasetType": ["Interactions", "ITEMS"],
            "properties": ["{}", '{"genre": "drama"}', "no json"],
            "filterExpression": ['EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "nonsense"],
            "schedulingExpression": ["rate(7 days)", "rate(1 day)"],
        }
        yield World(aws, known)
        assert aws.broken_answers == []


def error_of(answer: tuple[int, dict[str, str], bytes]) -> tuple[str, str]:
    body = json.loads(answer[2])
    assert answer[1]["x-amzn-ErrorType"] == body["__type"]
    return body["__type"], body["message"]


def test_there_are_79_operations_and_the_service_knows_them_all(world: World) -> None:
    assert len(OPERATIONS) == 79
    assert world.aws.service.supported == set(OPERATIONS)


@every_operation
def test_a_request_right_by_the_model_gets_a_right_answer_or_a_modelled_error(name: str, world: World) -> None:
    operation = OPERATIONS[name]
    modelled = {shape.name for shape in operation.error_shapes} | COMMON | {NOT_HERE}

    @few
    @given(valid_requests(operation, world.known))
    def ask(request: dict[str, Any]) -> None:
        status, headers, body = world.ask(name, request)
        assert status < 500, body
        if status == 200:
            assert list(differences(operation.output_shape, body, name)) == []
        else:
            code, message = error_of((status, headers, body))
            assert code in modelled, f"{code}: {message}"
            assert message

    ask()


@pytest.mark.slow
@every_operation
def test_a_request_wrong_in_one_thing_is_an_invalid_input(name: str, world: World) -> None:
    operation = OPERATIONS[name]

    @few
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        request = data.draw(valid_requests(operation, world.known))
        for wrong, spoiled_request in spoiled(operation, request):
            status, headers, body = world.ask(name, spoiled_request)
            code, message = error_of((status, headers, body))
            assert (status, code) == (400, "InvalidInputException"), f"{wrong}: {code}: {message}"

    ask()


def _absent(member: str) -> str:
    kind = {"resourceArn": "campaign", "trackingId": ""}.get(member, member.removesuffix("Arn"))
    path = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind)
    if member in ("recipeArn", "algorithmArn", "featureTransformationArn"):
        return f"arn:aws:personalize:::{path}/nothing"
    path = {"solution-version": "solution"}.get(path, path)
    end = "nothing/12345678" if kind == "solutionVersion" else "movies/ITEMS" if kind == "dataset" else "nothing"
    return f"arn:aws:personalize:{REGION}:{ACCOUNT}:{path}/{end}"


@pytest.mark.parametrize(
    "name",
    sorted(name for name in OPERATIONS if name.startswith(("Describe", "Delete", "Start", "Stop", "GetSolution"))),
)
def test_what_is_not_there_is_not_found(name: str, world: World) -> None:
    [member] = OPERATIONS[name].input_shape.required_members
    code, message = error_of(world.ask(name, {member: _absent(member)}))
    assert code == "ResourceNotFoundException"
    assert _absent(member) in message


@every_list
def test_pagination_refuses_a_token_that_no_list_gave(name: str, world: World) -> None:
    code, message = error_of(world.ask(name, {"nextToken": "bm9ib2R5"}))
    modelled = {shape.name for shape in OPERATIONS[name].error_shapes}
    assert (code, "InvalidNextTokenException" in modelled) == ("InvalidNextTokenException", True), message


@every_list
def test_a_list_answers_a_list_even_when_it_is_empty(name: str, world: World) -> None:
    status, _, body = world.ask(name, {"maxResults": 1})
    assert status == 200
    lists = [value for value in json.loads(body).values() if isinstance(value, list)]
    assert len(lists) == 1
