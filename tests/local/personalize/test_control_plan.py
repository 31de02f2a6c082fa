"""What goes wrong and how long it takes, ordered over HTTP."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from fakes.control_plans import Plan
from fakes.personalize_aws import Aws


@pytest.fixture
def plan(aws: Aws) -> Plan:
    return Plan(aws)


def test_a_plan_that_nobody_made_says_at_once_and_awss_quotas(plan: Plan):
    status, read = plan("GET")
    assert status == 200
    assert read["faults"] == []
    assert read["durations"] == {"scale": 0.0}
    assert read["quotas"]["per_region"]["datasetGroup"] == 5


def test_a_resource_fails_for_the_reason_in_the_plan(aws: Aws, plan: Plan):
    status, read = plan("POST", {"faults": [{"fault": "fail", "kind": "dataset_group", "reason": "no capacity"}]})
    assert status == 200
    assert read["faults"] == [{"fault": "fail", "kind": "datasetGroup", "reason": "no capacity", "times": 1}]
    described = aws.settled("dataset_group", aws.group())
    assert (described["status"], described["failureReason"]) == ("CREATE FAILED", "no capacity")
    assert plan("GET")[1]["faults"] == []


def test_an_operation_is_throttled_as_often_as_the_plan_says(aws: Aws, plan: Plan, refused):
    plan("POST", {"faults": [{"fault": "throttle", "operation": "ListSchemas", "times": 2}]})
    for _ in range(2):
        assert refused(aws.personalize.list_schemas) == ("ThrottlingException", "Rate exceeded")
    assert aws.personalize.list_schemas()["schemas"] == []


def test_an_operation_answers_the_error_in_the_plan(aws: Aws, plan: Plan, refused):
    error = {"operation": "CreateDatasetGroup", "code": "LimitExceededException", "message": "full", "status": 400}
    plan("POST", {"faults": [{"fault": "error", **error}]})
    assert refused(aws.personalize.create_dataset_group, name="movies") == ("LimitExceededException", "full")


def test_a_lost_answer_leaves_the_resource_behind(aws: Aws, plan: Plan):
    plan("POST", {"faults": [{"fault": "lose_response", "operation": "CreateDatasetGroup"}]})
    with pytest.raises(ClientError) as error:
        aws.group()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(aws.personalize.list_dataset_groups()["datasetGroups"]) == 1


def test_a_resource_is_not_found_right_after_it_was_created(aws: Aws, plan: Plan, refused):
    before = aws.group("before")
    plan("POST", {"faults": [{"fault": "not_found", "kind": "dataset_group", "times": 2}]})
    assert aws.describe("dataset_group", before)["name"] == "before"
    arn = aws.group("movies")
    for _ in range(2):
        code, message = refused(aws.personalize.describe_dataset_group, datasetGroupArn=arn)
        assert code == "ResourceNotFoundException"
        assert arn in message
    assert aws.describe("dataset_group", arn)["name"] == "movies"


def test_durations_of_a_kind_keep_it_pending(aws: Aws, plan: Plan):
    status, read = plan("POST", {"durations": {"dataset_group": 100, "deletion": 5}})
    assert (status, read["durations"]) == (200, {"scale": 0.0, "datasetGroup": 100.0, "deletion": 5.0})
    arn = aws.group()
    seen = []
    for ahead in (0, 50, 101):
        aws.environment.ahead = ahead
        seen.append(aws.describe("dataset_group", arn)["status"])
    assert seen == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]


def test_quotas_are_set(aws: Aws, plan: Plan, refused):
    plan("POST", {"quotas": {"per_region": {"dataset_group": 1}}})
    aws.group("one")
    assert refused(aws.personalize.create_dataset_group, name="two")[0] == "LimitExceededException"


def test_clearing_the_plan_brings_back_the_beginning(aws: Aws, plan: Plan):
    beginning = plan("GET")[1]
    everything = {
        "faults": [{"fault": "throttle", "operation": "ListSchemas"}, {"fault": "not_found", "kind": "schema"}],
        "durations": {"scale": 0.5, "campaign": 3},
        "quotas": {"per_region": {"schema": 1}, "requests_per_second": 1},
    }
    assert plan("POST", everything)[1] != beginning
    assert plan("DELETE") == (200, beginning)
    assert aws.personalize.list_schemas()["schemas"] == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], "the plan: expected an object with faults, durations, quotas, got []"),
        ({"fault": []}, "the plan: expected faults, durations, quotas, got 'fault'"),
        ({"faults": {}}, "faults: expected a list, got {}"),
        ({"faults": [{"fault": "explode"}]}, "faults[0]: expected an object with fault one of fail, error, throttle"),
        ({"faults": [{"fault": "fail", "kind": "campaign"}]}, "faults[0]: reason must be given"),
        ({"faults": [{"fault": "fail", "kind": "x", "reason": "y"}]}, "faults[0].kind: unknown kind of resource 'x'"),
        ({"faults": [{"fault": "throttle", "operation": "Go"}]}, "faults[0].operation: expected a name such as"),
        ({"faults": [{"fault": "throttle", "operation": []}]}, "faults[0].operation: expected a name such as"),
        (
            {"faults": [{"fault": "throttle", "operation": "ListSchemas", "times": 0}]},
            "faults[0].times: expected a whole number of at least 1, got 0",
        ),
        ({"durations": {"campaign": "long"}}, "durations.campaign: expected a number of at least 0, got 'long'"),
        ({"durations": {"train": 1}}, "durations.train: unknown kind of resource 'train'"),
        ({"quotas": {"per_region": {"schema": 1.5}}}, "quotas.per_region.schema: expected a whole number"),
        ({"quotas": {"requests_per_second": {"Go": 1}}}, "quotas.requests_per_second.Go: expected the name of an"),
        (b"{", "the body is no JSON"),
    ],
)
def test_a_wrong_plan_is_refused_with_the_spot_and_does_nothing(plan: Plan, document, expected: str):
    beginning = plan("GET")[1]
    if isinstance(document, dict) and "faults" not in document:
        document = {"faults": [{"fault": "throttle", "operation": "ListSchemas"}], **document}
    status, answer = plan("POST", document)
    assert status == 400
    assert answer["error"].startswith(expected)
    assert plan("GET")[1] == beginning
