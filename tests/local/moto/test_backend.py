"""Refusals arrive in the protocol of the service: every client reads a code and a text, and tries once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fakes.gateway_aws import Account, refusal

# A service that is not here, one whose package is not installed, operations that nothing implements: of each protocol.
NOT_HERE = [
    ("cloudformation", "list_stacks", {}, "the service cloudformation"),
    ("glue", "get_databases", {}, "the service glue"),
    ("bedrock-data-automation", "list_blueprints", {}, "bedrock:ListBlueprints"),
    ("cloudsearch", "list_domain_names", {}, "the service cloudsearch"),
    ("translate", "list_languages", {}, "the service translate"),
    ("service-quotas", "list_service_quotas", {"ServiceCode": "translate"}, "servicequotas:ListServiceQuotas"),
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


def test_first_requests_at_the_same_time_build_the_router_of_a_service_once(
    account: Account, monkeypatch: pytest.MonkeyPatch
):
    from moto.core.routing import ServiceOperationRouter, get_service_model

    both = threading.Barrier(2)
    together: list[bool] = []

    class Router:
        def __init__(self, _model: Any) -> None:
            try:
                both.wait(0.2)
            except threading.BrokenBarrierError:
                together.append(False)
            else:
                together.append(True)

    monkeypatch.setattr("moto.core.routing.get_router_class", lambda *_: Router)
    service = ServiceOperationRouter(get_service_model("lambda"))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(service._get_router, ["rest-json"] * 2)
    assert together == [False]
    assert first is second
