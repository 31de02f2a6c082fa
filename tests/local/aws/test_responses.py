"""Tests of ``responses``: answers of the front door itself, in the shape each protocol wants."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.gateway_aws import Account, refusal

# One operation of a service in each protocol, with the request it takes.
IN_EVERY_PROTOCOL = [
    ("sns", "list_topics", {}),
    ("cloudformation", "list_stacks", {}),
    ("iam", "list_roles", {}),
    ("sts", "get_session_token", {}),
    ("rds", "describe_db_instances", {}),
    ("elbv2", "describe_load_balancers", {}),
    ("autoscaling", "describe_auto_scaling_groups", {}),
    ("ec2", "describe_instances", {}),
    ("s3", "list_buckets", {}),
    ("cloudfront", "list_distributions", {}),
    ("route53", "list_hosted_zones", {}),
    ("sqs", "list_queues", {}),
    ("dynamodb", "list_tables", {}),
    ("events", "list_rules", {}),
    ("cloudwatch", "list_metrics", {}),
    ("lambda", "list_functions", {}),
    ("scheduler", "list_schedules", {}),
    ("ses", "list_identities", {}),
]


def answer_of(method: Any, **request: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as error:
        method(**request)
    return error.value.response


@pytest.mark.parametrize(("service", "operation", "request_"), IN_EVERY_PROTOCOL)
def test_what_iam_refuses_is_read_by_the_client(account: Account, service: str, operation: str, request_: dict):
    client = account.user()(service)
    error = answer_of(getattr(client, operation), **request_)
    assert error["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    assert "is not authorized to perform: " in error["Error"]["Message"]
    assert error["ResponseMetadata"]["RequestId"]
    assert error["ResponseMetadata"].get("RetryAttempts", 0) == 0


def test_a_text_that_xml_cannot_hold_is_still_read(account: Account):
    user = account.user()
    code, message = refusal(user("sns").publish, TopicArn="arn:aws:sns:us-east-1:1:<t>&\x01", Message="m")
    assert code.startswith("AccessDenied")
    assert "is not authorized to perform: sns:Publish" in message
