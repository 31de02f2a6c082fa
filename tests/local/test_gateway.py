"""The front door: loopback only, one at a time, every service behind one port."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import threading
from urllib.parse import urlsplit

import boto3
import pytest

from fakes.gateway_aws import Account, refusal, unique
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws
from personalize_sfn.local.stepfunctions import StepFunctionsService


def test_any_client_reaches_it_by_the_endpoint_variable(aws: LocalAws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    session = boto3.Session(*aws.credentials, region_name="eu-west-1")
    assert session.client("personalize").list_dataset_groups()["datasetGroups"] == []
    assert session.client("stepfunctions").list_state_machines()["stateMachines"] == []
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_connection_is_kept_for_many_requests(aws: LocalAws):
    parts = urlsplit(aws.endpoint_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    ports = set()
    for _ in range(3):
        connection.request("GET", "/_personalize_sfn/health")
        answer = connection.getresponse()
        body = json.loads(answer.read())
        ports.add(connection.sock.getsockname()[1])
    connection.close()
    assert (answer.status, body["status"], body["pid"], len(ports)) == (200, "running", os.getpid(), 1)


def test_objects_keep_their_bytes_and_odd_names(account: Account):
    s3, bucket, data = account.client("s3"), unique("bucket"), os.urandom(300_000)
    s3.create_bucket(Bucket=bucket)
    for key in ("a b/ü+%25.csv", "plain", "x//y"):
        s3.put_object(Bucket=bucket, Key=key, Body=data, Metadata={"note": "1"})
        found = s3.get_object(Bucket=bucket, Key=key)
        assert (found["Body"].read(), found["Metadata"]) == (data, {"note": "1"})
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == sorted(
        ["a b/ü+%25.csv", "plain", "x//y"]
    )


def test_a_presigned_url_works(account: Account):
    import urllib.request

    s3, bucket = account.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"body")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"body"


def test_requests_at_the_same_time_all_get_their_own_answer(account: Account):
    s3, bucket = account.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    wrong: list[str] = []

    def round_trip(key: str) -> None:
        for _ in range(5):
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
            if s3.get_object(Bucket=bucket, Key=key)["Body"].read() != key.encode():
                wrong.append(key)

    threads = [threading.Thread(target=round_trip, args=(f"key-{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_personalize_does_not_do_here_is_refused_by_name(account: Account):
    code, message = refusal(
        account.client("personalize").create_solution,
        name="s",
        datasetGroupArn=account.client("personalize").create_dataset_group(name="g")["datasetGroupArn"],
        recipeArn="arn:aws:personalize:::recipe/aws-semantic-similarity",
    )
    assert code == "UnsupportedOperation"
    assert "aws-semantic-similarity" in message


@pytest.mark.usefixtures("aws")
def port_of_no_client() -> int:
    """A free port below those that systems give to clients: no other process takes it meanwhile by chance."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")


class TestOneAfterAnother:
    """In a process of their own kind: each starts and stops what it needs."""

    @pytest.fixture(autouse=True)
    def _free(self, aws: LocalAws):
        aws.stop()
        yield
        aws.start()

    def test_the_next_one_knows_nothing_of_the_last(self):
        with LocalAws() as first:
            first.session().client("s3").create_bucket(Bucket="bucket-of-the-first")
            first.session().client("personalize").create_dataset_group(name="first")
        with LocalAws() as second:
            session = second.session()
            assert session.client("s3").list_buckets()["Buckets"] == []
            assert session.client("personalize").list_dataset_groups()["datasetGroups"] == []
            assert second.calls[0].action == "s3:ListAllMyBuckets"

    def test_a_port_can_be_asked_for_and_must_be_free(self):
        port = port_of_no_client()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            with pytest.raises(LocalAwsError, match=f"port {port} cannot be used"):
                LocalAws(port=port).start()
        with LocalAws(port=port) as aws:
            assert aws.endpoint_url == f"http://127.0.0.1:{port}"

    def test_stopping_twice_is_harmless_and_the_port_is_free_again(self):
        port = port_of_no_client()
        aws = LocalAws(port=port).start()
        aws.stop()
        aws.stop()
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", port)) != 0

    def test_a_stop_that_fails_gives_everything_else_back(self, monkeypatch: pytest.MonkeyPatch):
        def cannot_stop(_: StepFunctionsService) -> None:
            raise RuntimeError("an execution cannot be stopped")

        port = port_of_no_client()
        aws = LocalAws(port=port).start()
        with monkeypatch.context() as patched:
            patched.setattr(StepFunctionsService, "close", cannot_stop)
            with pytest.raises(RuntimeError, match="an execution cannot be stopped"):
                aws.stop()
        with LocalAws(port=port) as another:
            assert another.session().client("s3").list_buckets()["Buckets"] == []

    def test_stopping_ends_what_still_runs(self, account: Account):
        with LocalAws(wait_scale=1) as aws:
            busy = Account(aws)
            client = busy.client("stepfunctions")
            machine = client.create_state_machine(
                name="slow",
                roleArn=busy.role({"Service": "states.amazonaws.com"}),
                definition=json.dumps({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}}),
            )["stateMachineArn"]
            client.start_execution(stateMachineArn=machine)
            before = threading.active_count()
        assert threading.active_count() < before
