"""Least privilege, read from the documents themselves."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from fakes.batch_configs import BATCHES, with_batch
from personalize_sfn.arns import Arns
from personalize_sfn.config import Config, DatasetConfig, DatasetsConfig, RolesConfig
from personalize_sfn.deploy import caller_policy
from personalize_sfn.deploy.policies import MANAGED_RULE, Role, bucket_sid, bucket_statements, roles
from personalize_sfn.deploy.statements import DEMANDED_BY_AWS, WITHOUT_ARN

ARNS = Arns("eu-west-1", "111122223333")


@pytest.fixture
def by_key(config: Config) -> dict[str, Role]:
    made = roles(config, ARNS, functions=["create-campaign"], machines=["campaign", "recommendation"])
    return {role.key: role for role in made}


def documents(config: Config) -> list[dict[str, Any]]:
    made = roles(config, ARNS, functions=["create-campaign"], machines=["campaign"])
    return [*(role.policy for role in made), caller_policy(config, ARNS)]


def statements(config: Config) -> list[dict[str, Any]]:
    return [each for document in documents(config) for each in document["Statement"]]


def test_no_statement_allows_a_whole_service(config: Config) -> None:
    actions = [action for each in statements(config) for action in each["Action"]]

    assert "personalize:CreateCampaign" in actions
    assert [action for action in actions if "*" in action] == []


def test_a_star_resource_stands_only_for_actions_that_take_no_arn(config: Config) -> None:
    unbounded = {action for each in statements(config) if "*" in each["Resource"] for action in each["Action"]}

    assert "personalize:ListDatasetGroups" in unbounded
    assert unbounded <= WITHOUT_ARN.keys()


def test_actions_that_take_no_arn_are_never_given_one(config: Config) -> None:
    for each in statements(config):
        if WITHOUT_ARN.keys() & set(each["Action"]):
            assert each["Resource"] == ["*"], each


def test_who_has_an_event_tracker_may_send_events() -> None:
    def allowed(config: Config) -> set[str]:
        return {action for each in caller_policy(config, ARNS)["Statement"] for action in each["Action"]}

    sending = {"personalize:DescribeEventTracker", "personalize:PutEvents"}
    assert allowed(Config(project="shop", event_tracker=True)) - allowed(Config(project="shop")) == sending


def test_every_table_entry_cites_an_aws_page() -> None:
    pages = [*WITHOUT_ARN.values(), *DEMANDED_BY_AWS.values()]

    assert len(pages) > 20
    assert [page for page in pages if not page.startswith("https://docs.aws.amazon.com/")] == []


def test_roles_are_passed_to_one_service_each(config: Config) -> None:
    passed = {
        (resource, each["Condition"]["StringEquals"]["iam:PassedToService"])
        for each in statements(config)
        if "iam:PassRole" in each["Action"]
        for resource in each["Resource"]
    }

    role = "arn:aws:iam::111122223333:role/movies"
    assert passed == {
        (f"{role}-personalize-eu-west-1", "personalize.amazonaws.com"),
        (f"{role}-lambda-read-eu-west-1", "lambda.amazonaws.com"),
        (f"{role}-lambda-change-eu-west-1", "lambda.amazonaws.com"),
        (f"{role}-step-functions-eu-west-1", "states.amazonaws.com"),
    }


def test_the_step_functions_role_may_hear_from_nested_executions(by_key: dict[str, Role]) -> None:
    states = "arn:aws:states:eu-west-1:111122223333"

    assert by_key["step_functions"].policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": ["arn:aws:lambda:eu-west-1:111122223333:function:movies-create-campaign"],
        },
        {
            "Effect": "Allow",
            "Action": ["states:StartExecution"],
            "Resource": [f"{states}:stateMachine:movies-campaign", f"{states}:stateMachine:movies-recommendation"],
        },
        {
            "Effect": "Allow",
            "Action": ["states:DescribeExecution", "states:StopExecution"],
            "Resource": [f"{states}:execution:movies-campaign:*", f"{states}:execution:movies-recommendation:*"],
        },
        {
            "Effect": "Allow",
            "Action": ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            "Resource": [f"arn:aws:events:eu-west-1:111122223333:rule/{MANAGED_RULE}"],
        },
    ]


def test_services_assume_the_roles_for_this_account_only(by_key: dict[str, Role]) -> None:
    def trusted(key: str) -> Any:
        (allowed,) = by_key[key].trust["Statement"]
        return allowed["Principal"]["Service"], allowed.get("Condition")

    account = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    machines = {"ArnLike": {"aws:SourceArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:movies-*"}}
    personalize = {"ArnLike": {"aws:SourceArn": "arn:aws:personalize:eu-west-1:111122223333:*"}}
    assert trusted("step_functions") == ("states.amazonaws.com", account | machines)
    assert trusted("personalize") == ("personalize.amazonaws.com", account | personalize)
    assert trusted("lambda_read") == trusted("lambda_change") == ("lambda.amazonaws.com", None)


def test_the_bucket_statement_lets_personalize_read_for_this_account_only(config: Config) -> None:
    bucket = "arn:aws:s3:::movies-111122223333-eu-west-1"

    (statement,) = bucket_statements(config, ARNS)
    assert statement == {
        "Sid": bucket_sid(config),
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [bucket, f"{bucket}/movies/*"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": "arn:aws:personalize:eu-west-1:111122223333:*"},
        },
    }


def test_personalize_may_write_only_where_no_data_are_and_only_if_the_config_has_output() -> None:
    bucket = f"arn:aws:s3:::{BATCHES.bucket_name('eu-west-1', '111122223333')}"

    reading, writing = bucket_statements(BATCHES, ARNS)

    assert reading["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert (writing["Action"], writing["Resource"]) == (["s3:PutObject"], [f"{bucket}/movies/out/*"])
    assert writing["Principal"] == reading["Principal"]
    assert writing["Condition"] == reading["Condition"]
    (role,) = (each for each in roles(BATCHES, ARNS, functions=["f"], machines=["m"]) if each.key == "personalize")
    puts = [each for each in role.policy["Statement"] if "s3:PutObject" in each["Action"]]
    assert [each["Resource"] for each in puts] == [[f"{bucket}/movies/out/*"]]


def test_personalize_may_write_by_the_key_of_the_bucket_only_if_the_config_has_output() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"

    def actions(config: Config) -> list[str]:
        made = roles(dataclasses.replace(config, bucket_kms_key_arn=key), ARNS, functions=["f"], machines=["m"])
        (role,) = (each for each in made if each.key == "personalize")
        return next(each["Action"] for each in role.policy["Statement"] if each["Resource"] == [key])

    assert actions(BATCHES) == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert actions(Config(project="movies")) == ["kms:Decrypt"]


def test_an_input_outside_the_projects_folder_may_be_read_with_every_object_whose_key_begins_so() -> None:
    config = with_batch("elsewhere", solution="for-you", input="lists/users")

    assert bucket_statements(config, ARNS)[0]["Resource"][-1].endswith("/lists/users*")


def test_statements_of_different_projects_have_different_ids() -> None:
    ids = {bucket_sid(Config(project=name)) for name in ("a-b", "ab", "a-b-")}

    assert len(ids) == 3
    assert all(sid.isalnum() for sid in ids)


def test_data_outside_the_projects_folder_may_be_read_too(config: Config) -> None:
    datasets = DatasetsConfig(interactions=DatasetConfig(key="raw/2026/"), items=DatasetConfig(key="raw/items.csv"))
    elsewhere = dataclasses.replace(config, bucket="mine", datasets=datasets)

    assert bucket_statements(elsewhere, ARNS)[0]["Resource"] == [
        "arn:aws:s3:::mine",
        "arn:aws:s3:::mine/movies/*",
        "arn:aws:s3:::mine/raw/2026/*",
        "arn:aws:s3:::mine/raw/items.csv",
    ]


def test_a_key_of_the_users_is_opened_to_the_personalize_role_alone(config: Config) -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1234"
    encrypted = dataclasses.replace(config, kms_key_arn=key)
    made = roles(encrypted, ARNS, functions=[], machines=[])

    with_key = [role.key for role in made if key in json.dumps(role.policy)]

    assert with_key == ["personalize"]


def test_given_roles_are_not_made_but_are_passed(config: Config) -> None:
    given = "arn:aws:iam::111122223333:role/service-role/notebook"
    some = dataclasses.replace(config, roles=RolesConfig(personalize_arn=given, step_functions_arn=given))
    _, made = roles(some, ARNS, functions=[], machines=[])

    assert made.key == "lambda_change"
    (passing,) = [each for each in made.policy["Statement"] if each["Action"] == ["iam:PassRole"]]
    assert passing["Resource"] == [given]


def test_policies_fit_into_iams_limits(config: Config) -> None:
    """10,240 characters without white space for a role's inline policies, 6,144 for a managed policy of the caller.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    longest = dataclasses.replace(config, project="p" * 28)
    functions = [f"describe-dataset-import-job-{number}" for number in range(22)]
    machines = [f"dataset-import-{number}" for number in range(7)]
    made = roles(longest, Arns("ap-northeast-1", "111122223333"), functions=functions, machines=machines)

    sizes = [len(json.dumps(role.policy, separators=(",", ":"))) for role in made]
    caller = len(json.dumps(caller_policy(longest, ARNS), separators=(",", ":")))
    assert max(sizes) <= 10_240
    assert caller <= 6_144
