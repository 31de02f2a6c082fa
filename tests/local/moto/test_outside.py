"""No AWS request and no delivery of a local run leaves this machine, whatever the user's environment says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.gateway_aws import Account, refusal, statement, unique
from personalize_sfn.local import LocalAws


class Outside:
    """Listens in place of a proxy, and of every other address: counts who comes."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.visits: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(5)
                self.visits.append(visitor.recv(1000))

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    outside = Outside()
    yield outside
    outside.close()


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
# Name -> variables, and the user's AWS configuration; OUT stands for the address outside.
SURROUNDINGS: dict[str, tuple[dict[str, str], str]] = {
    "proxies": (dict.fromkeys(PROXIES, "OUT"), ""),
    "endpoints in variables": (
        {
            f"AWS_ENDPOINT_URL{name}": "OUT"
            for name in ("", "_S3", "_PERSONALIZE", "_LAMBDA", "_STS", "_SFN", "_STATES")
        },
        "",
    ),
    "ignored endpoints": ({}, "[default]\nignored_configured_endpoint_urls = true\nregion = eu-west-1\n"),
    "ignored endpoints in a variable": ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, ""),
    "endpoints in the file": (
        {"AWS_PROFILE": "work"},
        "[profile work]\nendpoint_url = OUT\nservices = elsewhere\nca_bundle = /nowhere\nproxy = OUT\n"
        "credential_process = curl OUT\n[services elsewhere]\ns3 =\n  endpoint_url = OUT\npersonalize =\n"
        "  endpoint_url = OUT\nlambda =\n  endpoint_url = OUT\nsts =\n  endpoint_url = OUT\n",
    ),
    "other settings": (
        {
            "AWS_USE_FIPS_ENDPOINT": "true",
            "AWS_USE_DUALSTACK_ENDPOINT": "true",
            "AWS_CA_BUNDLE": "/nowhere",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "OUT",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": "OUT",
        },
        "",
    ),
}
HANDLER = """
import boto3, urllib.request
def handler(event, context):
    boto3.client("s3").list_buckets()
    boto3.client("sts").get_caller_identity()
    addresses = [boto3.client(name).meta.endpoint_url for name in ("s3", "personalize", "sts", "stepfunctions")]
    return [addresses, urllib.request.getproxies().get("http")]
"""


@pytest.mark.slow
@pytest.mark.parametrize("fork", [True, False], ids=["forked", "spawned"])
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_functions_the_interpreter_and_sessions_stay_here(
    name: str, fork: bool, outside: Outside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    variables, file = SURROUNDINGS[name]
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value.replace("OUT", outside.url))
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(file.replace("OUT", outside.url))
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in FILES:
        monkeypatch.setenv(variable, str(tmp_path / ".aws" / "config"))
    outside.visits.clear()
    with LocalAws(fork=fork) as aws:
        account = Account(aws)
        own = {"Variables": {key: value.replace("OUT", outside.url) for key, value in variables.items()}}
        function = account.function(HANDLER, statement("s3:ListAllMyBuckets"), Environment=own, Timeout=30)
        role = account.role(
            {"Service": "states.amazonaws.com"}, statement(["lambda:InvokeFunction", "s3:ListAllMyBuckets"])
        )
        invoke = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": {}},
            "OutputPath": "$.Payload",
            "End": True,
        }
        states = account.client("stepfunctions")
        machine = states.create_state_machine(
            name=unique("m"), roleArn=role, definition=json.dumps({"StartAt": "Ask", "States": {"Ask": invoke}})
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine)["executionArn"]
        while (seen := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            pass
        assert seen["status"] == "SUCCEEDED", seen
        addresses, proxy = json.loads(seen["output"])
        assert set(addresses) == {aws.endpoint_url}
        assert proxy is None
    assert outside.visits == []


class TestDeliveries:
    def test_a_subscription_to_a_web_address_is_refused_by_name(self, account: Account, outside: Outside):
        sns = account.client("sns")
        topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
        for protocol in ("http", "https"):
            code, message = refusal(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=f"{outside.url}/x")
            assert code == "UnsupportedOperation"
            assert message == (
                f"The embedded AWS does not support sns:Subscribe with Protocol {protocol}: nothing of a local run "
                "leaves this machine."
            )
        sns.publish(TopicArn=topic, Message="news")
        assert outside.visits == []

    def test_a_subscription_that_got_in_by_another_way_delivers_nothing(self, account: Account, outside: Outside):
        from moto.sns.models import sns_backends

        sns = account.client("sns")
        topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
        sns_backends["123456789012"]["us-east-1"].subscribe(topic, f"{outside.url}/x", "http")
        assert refusal(sns.publish, TopicArn=topic, Message="news")[0] == "UnsupportedOperation"
        assert outside.visits == []
