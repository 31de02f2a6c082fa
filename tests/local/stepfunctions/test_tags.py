"""Tests of ``tags``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.state_machines import passing
from fakes.stepfunctions_aws import ROLE, Aws


@pytest.mark.parametrize("key", ["aws:cloudformation:stack-name", "AWS:mine"])
def test_a_tag_that_only_aws_sets_is_refused(aws: Aws, key: str) -> None:
    client, machine = aws.client("stepfunctions"), aws.create("there", passing())
    given: list[dict[str, Any]] = [{"key": "team", "value": "x"}, {"key": key, "value": "x"}]
    for call, request in (
        (client.create_state_machine, {"name": "m", "definition": json.dumps(passing()), "roleArn": ROLE}),
        (client.create_activity, {"name": "a"}),
        (client.tag_resource, {"resourceArn": machine}),
    ):
        with pytest.raises(ClientError) as error:
            call(**request, tags=given)
        assert error.value.response["Error"]["Code"] == "ValidationException"
        expected = "aws: prefixed tag key names are not allowed for external use."
        assert error.value.response["Error"]["Message"] == expected
    assert client.list_tags_for_resource(resourceArn=machine)["tags"] == []
    assert client.list_activities()["activities"] == []
