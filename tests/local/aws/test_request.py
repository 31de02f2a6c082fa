"""Tests of ``local.aws.request``."""

from __future__ import annotations

import json
from collections.abc import Callable

import boto3
import pytest

from fakes.gateway_aws import Account, statement, unique
from fakes.signed_operations import FORM, Ask, access, names

LAMBDA = "/2015-03-31/functions"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/?UserName={other}", "Action=DeleteUser&UserName={mine}"),
        ("/?UserName={mine}", "Action=DeleteUser&UserName={other}"),
        ("/", "Action=DeleteUser&UserName={other}&UserName={mine}"),
        ("/", "Action=DeleteUser&UserName={mine}&UserName={other}"),
    ],
)
def test_the_members_of_a_query_service_are_those_that_were_judged(
    account: Account, ask: Callable[..., Ask], path: str, body: str
):
    mine, other = unique("mine"), unique("other")
    for user in (mine, other):
        account.client("iam").create_user(UserName=user)
    arn = f"arn:aws:iam::123456789012:user/{mine}"
    ask(statement("iam:DeleteUser", arn))(
        "iam", "POST", path.format(mine=mine, other=other), body.format(mine=mine, other=other), **FORM
    )
    assert other in names(account, "iam", "list_users", "Users", "UserName")


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/?Action=DeleteLogGroup", '{"logGroupName": "GROUP"}', {"X_Amz_Target": "Logs_20140328.DescribeLogGroups"}),
        (
            "/",
            '{"logGroupName": "GROUP", "x": "&Action=DeleteLogGroup&"}',
            {"X_Amz_Target": "Logs_20140328.DescribeLogGroups"},
        ),
        ("/", "Action=DeleteLogGroup&logGroupName=GROUP", FORM),
        ("/", "Action=DeleteLogGroup&logGroupName=GROUP", {**FORM, "X_Amz_Target": "Logs_20140328.DescribeLogGroups"}),
        ("/?Action=DeleteLogGroup&logGroupName=GROUP", "", {}),
        ("/", "", {"Action": "DeleteLogGroup", "logGroupName": "GROUP"}),
        ("/service/Logs/operation/DescribeLogGroups", "Action=DeleteLogGroup&logGroupName=GROUP", FORM),
        ("/?logGroupName=GROUP", '{"logGroupName": "mine"}', {"X_Amz_Target": "Logs_20140328.DeleteLogGroup"}),
        (
            "/",
            '{"logGroupName": "mine", "x": "&logGroupName=GROUP&"}',
            {"X_Amz_Target": "Logs_20140328.DeleteLogGroup"},
        ),
    ],
)
def test_a_json_services_operation_and_members_are_those_that_were_judged(
    account: Account, ask: Callable[..., Ask], path: str, body: str, headers: dict
):
    logs, group = account.client("logs"), unique("group")
    logs.create_log_group(logGroupName=group)
    ask(
        statement("logs:DescribeLogGroups"),
        statement("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:mine*"),
    )(
        "logs",
        "POST",
        path.replace("GROUP", group),
        body.replace("GROUP", group),
        **{name: value.replace("GROUP", group) for name, value in headers.items()},
    )
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("DELETE", "{lambda_}/{name}", {"X_Amz_Target": "AWSLambda.GetFunction"}),
        ("GET", "{lambda_}/{name}?Action=DeleteFunction", {}),
        ("GET", "{lambda_}/{name}", {"X_Http_Method_Override": "DELETE"}),
        ("POST", "{lambda_}/{name}", {"X_Http_Method_Override": "DELETE"}),
        ("GET", "{lambda_}/{name}?_method=DELETE", {}),
        ("DELETE", "/{lambda_}/{name}", {}),
        ("DELETE", "/x/..{lambda_}/{name}", {}),
        ("DELETE", "/.{lambda_}/{name}", {}),
        ("DELETE", "{lambda_}//{name}", {}),
        ("DELETE", "{lambda_}/./{name}", {}),
        ("DELETE", "{lambda_}/{name}/", {}),
        ("DELETE", "{lambda_}%2f{name}", {}),
        ("DELETE", "{lambda_}/{encoded}", {}),
        ("DELETE", "{lambda_}/mine%2f..%2f{name}", {}),
        ("DELETE", "{lambda_}/{name}?FunctionName=mine", {}),
        ("DELETE", "{lambda_}/mine?FunctionName={name}", {}),
        ("DELETE", "{lambda_}/mine", {"FunctionName": "{name}"}),
    ],
)
def test_the_path_of_a_rest_service_is_read_once(
    account: Account, ask: Callable[..., Ask], method: str, path: str, headers: dict
):
    name = account.function("def handler(event, context): return 1")
    prefix = "arn:aws:lambda:us-east-1:123456789012:function:"
    encoded = "".join(f"%25{ord(letter):02x}" for letter in name)
    ask(statement("lambda:GetFunction"), statement("lambda:DeleteFunction", f"{prefix}mine*"))(
        "lambda",
        method,
        path.format(lambda_=LAMBDA, name=name, encoded=encoded),
        **{key: value.format(name=name) for key, value in headers.items()},
    )
    assert account.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionName"] == name


def test_the_region_and_the_account_are_those_that_were_signed_for(account: Account, ask: Callable[..., Ask]):
    secret = unique("secret")
    other = boto3.client("logs", "eu-west-1", **access(account.aws))
    other.create_log_group(logGroupName=secret)
    only_here = ask(statement("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:*"))
    target, body = "Logs_20140328.DeleteLogGroup", json.dumps({"logGroupName": secret})
    only_here("logs", "POST", "/?x=.eu-west-1.amazonaws.com", body, X_Amz_Target=target)
    only_here("logs", "POST", "/", body, X_Amz_Target=target, User_Agent="aws-cli region/eu-west-1")
    assert other.describe_log_groups(logGroupNamePrefix=secret)["logGroups"]
    answer = only_here("logs", "POST", "/", body, X_Amz_Target=target, x_moto_account_id="999999999999")
    assert answer.code == "ResourceNotFoundException"
