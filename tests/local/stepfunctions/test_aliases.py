"""Versions of state machines and their aliases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import passing
from fakes.stepfunctions_aws import Aws


def refused(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def published(aws: Aws, *results: str) -> list[str]:
    """A machine with a version for each result."""
    client, machine = aws.client("stepfunctions"), aws.create("m", passing(Result="unpublished"))
    return [
        client.update_state_machine(stateMachineArn=machine, definition=json.dumps(passing(Result=each)), publish=True)[
            "stateMachineVersionArn"
        ]
        for each in results
    ]


def outcome(aws: Aws, arn: str) -> Any:
    return json.loads(aws.wait(aws.start(arn))["output"])


def test_a_version_runs_what_was_published_whatever_the_machine_is_by_now(aws: Aws) -> None:
    one, two = published(aws, "one", "two")
    machine = one.rpartition(":")[0]
    assert (one, two) == (f"{machine}:1", f"{machine}:2")
    aws.client("stepfunctions").update_state_machine(
        stateMachineArn=machine, definition=json.dumps(passing(Result="three"))
    )
    assert [outcome(aws, arn) for arn in (one, two, machine)] == ["one", "two", "three"]


def test_publishing_twice_without_a_change_is_one_version(aws: Aws) -> None:
    client, machine = aws.client("stepfunctions"), aws.create("m", passing())
    made = [client.publish_state_machine_version(stateMachineArn=machine) for _ in range(2)]
    assert made[0]["stateMachineVersionArn"] == made[1]["stateMachineVersionArn"]
    code, message = refused(client.publish_state_machine_version, stateMachineArn=machine, revisionId="another")
    assert (code, message) == (
        "ConflictException",
        "Failed to publish the State Machine version for revision another. "
        "The current State Machine revision is INITIAL.",
    )


def test_versions_are_listed_newest_first_and_numbers_do_not_come_again(aws: Aws) -> None:
    one, two = published(aws, "one", "two")
    client, machine = aws.client("stepfunctions"), one.rpartition(":")[0]
    first = client.list_state_machine_versions(stateMachineArn=machine, maxResults=1)
    rest = client.list_state_machine_versions(stateMachineArn=machine, nextToken=first["nextToken"])
    listed = [each["stateMachineVersionArn"] for page in (first, rest) for each in page["stateMachineVersions"]]
    assert listed == [two, one]
    client.delete_state_machine_version(stateMachineVersionArn=two)
    assert refused(client.start_execution, stateMachineArn=two) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{two}'",
    )
    client.update_state_machine(stateMachineArn=machine, definition=json.dumps(passing(Result=3)))
    assert client.publish_state_machine_version(stateMachineArn=machine)["stateMachineVersionArn"] == f"{machine}:3"


def test_an_alias_leads_to_its_versions_by_their_weights(aws: Aws) -> None:
    one, two = published(aws, "one", "two")
    client, machine = aws.client("stepfunctions"), one.rpartition(":")[0]
    all_to_one = [{"stateMachineVersionArn": one, "weight": 100}]
    alias = client.create_state_machine_alias(name="live", routingConfiguration=all_to_one)["stateMachineAliasArn"]
    assert alias == f"{machine}:live"
    execution = aws.start(alias)
    ended = aws.wait(execution)
    assert (json.loads(ended["output"]), ended["stateMachineVersionArn"], ended["stateMachineAliasArn"]) == (
        "one",
        one,
        alias,
    )
    both = [{"stateMachineVersionArn": one, "weight": 0}, {"stateMachineVersionArn": two, "weight": 100}]
    client.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=both)
    assert outcome(aws, alias) == "two"
    assert client.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"] == both
    by_alias = client.list_executions(stateMachineArn=alias)["executions"]
    assert [each["stateMachineVersionArn"] for each in by_alias] == [two, one]


def test_weights_add_up_to_100_and_a_version_in_use_stays(aws: Aws) -> None:
    (one,) = published(aws, "one")
    client = aws.client("stepfunctions")
    ninety = [{"stateMachineVersionArn": one, "weight": 90}]
    assert refused(client.create_state_machine_alias, name="a", routingConfiguration=ninety) == (
        "ValidationException",
        "Sum of routing configuration weights must equal 100. Received: [90]",
    )
    all_to_one = [{"stateMachineVersionArn": one, "weight": 100}]
    alias = client.create_state_machine_alias(name="a", routingConfiguration=all_to_one)["stateMachineAliasArn"]
    code, message = refused(client.delete_state_machine_version, stateMachineVersionArn=one)
    assert (code, message.endswith(f"[{alias}]")) == ("ConflictException", True)
    client.delete_state_machine_alias(stateMachineAliasArn=alias)
    client.delete_state_machine_version(stateMachineVersionArn=one)
    assert refused(client.describe_state_machine_alias, stateMachineAliasArn=alias)[0] == "ResourceNotFound"


def test_a_version_has_one_arn(aws: Aws) -> None:
    (version,) = published(aws, "one")
    client, other = aws.client("stepfunctions"), version.removesuffix(":1") + ":01"
    code, message = refused(client.start_execution, stateMachineArn=other)
    assert (code, message) == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{other}'")
    route = {"stateMachineVersionArn": other, "weight": 100}
    assert refused(client.create_state_machine_alias, name="a", routingConfiguration=[route]) == (
        "ValidationException",
        f"Routing configuration must contain state machine version ARNs. Received: [{other}]",
    )
    code, _ = refused(client.delete_state_machine_version, stateMachineVersionArn=other)
    assert code == "ValidationException"
    assert client.describe_state_machine(stateMachineArn=version)["stateMachineArn"] == version


def test_an_alias_leads_to_versions_each_named_once(aws: Aws) -> None:
    (version,) = published(aws, "one")
    create = aws.client("stepfunctions").create_state_machine_alias
    for arn in (version.removesuffix(":1"), "no ARN"):
        route = {"stateMachineVersionArn": arn, "weight": 100}
        assert refused(create, name="a", routingConfiguration=[route]) == (
            "ValidationException",
            f"Routing configuration must contain state machine version ARNs. Received: [{arn}]",
        )
    twice = [{"stateMachineVersionArn": version, "weight": 50}] * 2
    assert refused(create, name="a", routingConfiguration=twice) == (
        "ValidationException",
        f"Routing configuration must contain distinct state machine version ARNs. Received: [{version}, {version}]",
    )


def test_an_update_to_what_the_machine_is_already_makes_no_revision_and_no_version(aws: Aws) -> None:
    """As recorded on AWS."""
    client, machine = aws.client("stepfunctions"), aws.create("m", passing())
    definition = client.describe_state_machine(stateMachineArn=machine)["definition"]
    updates = [
        client.update_state_machine(stateMachineArn=machine, definition=definition, publish=True) for _ in range(2)
    ]
    assert [each["stateMachineVersionArn"] for each in updates] == [f"{machine}:1"] * 2
    assert all("revisionId" not in each for each in updates)
