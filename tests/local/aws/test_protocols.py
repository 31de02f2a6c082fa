"""Refusals arrive in the protocol of the service: every client reads a code and a text, and tries once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.serialize import create_serializer
from botocore.session import get_session

from fakes.gateway_aws import Account, refusal, unique
from personalize_sfn.local.aws.protocols import protocol_of
from personalize_sfn.local.aws.request import Request

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
# A service that is not here, one whose package is not installed, operations that nothing implements: of each protocol.
NOT_HERE = [
    ("cloudformation", "list_stacks", {}, "the service cloudformation"),
    ("glue", "get_databases", {}, "the service glue"),
    ("bedrock-data-automation", "list_blueprints", {}, "bedrock:ListBlueprints"),
    ("cloudsearch", "list_domain_names", {}, "the service cloudsearch"),
    ("translate", "list_languages", {}, "the service translate"),
    ("service-quotas", "list_service_quotas", {"ServiceCode": "personalize"}, "servicequotas:ListServiceQuotas"),
    ("mailmanager", "list_relays", {}, "the service ses: another service of that name is."),
    ("cloudsearchdomain", "search", {"query": "q"}, "the service cloudsearch"),
    ("sns", "get_data_protection_policy", {"ResourceArn": "arn:aws:sns:us-east-1:1:t"}, "sns:GetDataProtectionPolicy"),
    ("ec2", "describe_aws_network_performance_metric_subscriptions", {}, "ec2:Describe"),
    ("route53", "list_cidr_collections", {}, "route53:ListCidrCollections"),
    ("cloudwatch", "describe_alarm_history", {}, "monitoring:DescribeAlarmHistory"),
    ("lambda", "list_code_signing_configs", {}, "lambda:ListCodeSigningConfigs"),
    ("eventbridgev2", "list_event_buses", {}, "the service events: another service of that name is."),
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


@pytest.mark.parametrize(("service", "operation", "request_", "named"), NOT_HERE)
def test_what_is_not_here_is_refused_by_name_and_not_tried_again(
    account: Account, service: str, operation: str, request_: dict, named: str
):
    error = answer_of(getattr(account.client(service), operation), **request_)
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("UnsupportedOperation", 501)
    assert error["Error"]["Message"].startswith("The embedded AWS does not ")
    assert named in error["Error"]["Message"]
    assert error["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_missing_package_is_named(account: Account):
    assert refusal(account.client("glue").get_databases) == (
        "UnsupportedOperation",
        "The embedded AWS does not have the service glue: what would answer for it needs the package pyparsing.",
    )


def test_no_unknown_service_is_taken_for_s3(account: Account):
    # Its path would be a bucket's.
    s3, bucket = account.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    code, message = refusal(account.client("s3outposts").list_endpoints)
    assert (code, message.startswith("The embedded AWS does not have the service s3-outposts")) == (
        "UnsupportedOperation",
        True,
    )
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_a_text_that_xml_cannot_hold_is_still_read(account: Account):
    user = account.user()
    code, message = refusal(user("sns").publish, TopicArn="arn:aws:sns:us-east-1:1:<t>&\x01", Message="m")
    assert code.startswith("AccessDenied")
    assert "is not authorized to perform: sns:Publish" in message


def test_the_protocol_of_a_request_is_that_in_which_botocore_writes_it():
    session, wrong, asked = get_session(), [], 0
    for name in session.get_available_services():
        model = session.get_service_model(name)
        protocol = model.resolved_protocol
        service = model.metadata.get("signingName") or model.metadata["endpointPrefix"]
        request = _written(model, protocol)
        headers = {key.lower(): str(value) for key, value in request["headers"].items()}
        if isinstance(request["body"], dict):  # a form, which botocore's signer writes out
            headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        call = Request(request["method"], "/", {}, headers, b"", service)
        expected = {"smithy-rpc-v2-cbor": "cbor", "rest-json": "json"}.get(protocol, protocol)
        asked += 1
        if protocol_of(call) != expected:
            wrong.append((name, service, protocol, protocol_of(call)))
    assert (wrong, asked > 300) == ([], True)


def _written(model: ServiceModel, protocol: str) -> dict[str, Any]:
    """A request of the service as botocore writes it: of an operation that needs nothing, if there is one."""
    operations = [model.operation_model(name) for name in model.operation_names]
    simple = [op for op in operations if op.input_shape is None or not op.input_shape.required_members]
    if not simple and protocol.startswith("rest"):  # its path needs values, but no header of it does
        return {"headers": {}, "body": b"", "method": "GET"}
    return create_serializer(protocol, False).serialize_to_request({}, (simple or operations)[0])
