"""Whose requests are answered: the user's own key pair, and keys that IAM and STS made here."""

from __future__ import annotations

import json
import os
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest

from fakes.gateway_aws import Account, refusal
from fakes.raw_requests import send
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws
from personalize_sfn.session import connect
from personalize_sfn.state_folder import LocalKeys, local_home, local_keys

S3, QUERY, JSON = ("s3", "list_buckets"), ("iam", "list_users"), ("stepfunctions", "list_state_machines")
PERSONALIZE, LAMBDA = ("personalize", "list_schemas"), ("lambda", "list_functions")
SERVICES = [S3, QUERY, JSON, PERSONALIZE, LAMBDA]


def client(aws: LocalAws, service: str, key: str, secret: str, token: str | None = None):
    session = boto3.Session(key, secret, token, region_name="us-east-1")
    return session.client(service, endpoint_url=aws.endpoint_url)


@pytest.mark.parametrize(("service", "operation"), SERVICES)
def test_a_strange_key_is_refused_in_the_services_own_words(aws: LocalAws, service: str, operation: str):
    code, message = refusal(getattr(client(aws, service, "test", "test"), operation))
    assert code == {"s3": "InvalidAccessKeyId", "iam": "InvalidClientTokenId"}.get(
        service, "UnrecognizedClientException"
    )
    assert "'personalize-sfn local env' prints it" in message
    assert "'personalize-sfn local start --open' takes any key" in message


@pytest.mark.parametrize(("service", "operation"), SERVICES)
def test_a_known_key_with_another_secret_is_refused(aws: LocalAws, service: str, operation: str):
    key = aws.credentials.access_key_id
    code, message = refusal(getattr(client(aws, service, key, "x" * 40), operation))
    assert code == ("SignatureDoesNotMatch" if service in ("s3", "iam") else "InvalidSignatureException")
    assert message.startswith("The request signature we calculated does not match the signature you provided.")
    assert "personalize-sfn local env" in message


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("GET / HTTP/1.1\r\n", "AccessDenied"),
        ("GET /public-bucket/key HTTP/1.1\r\n", "AccessDenied"),
        ("POST /recommendations HTTP/1.1\r\n", "MissingAuthenticationTokenException"),
        ("POST /events HTTP/1.1\r\n", "MissingAuthenticationTokenException"),
        ("POST / HTTP/1.1\r\nX-Amz-Target: AmazonPersonalize.ListSchemas\r\n", "MissingAuthenticationTokenException"),
        ("POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n", "MissingAuthenticationToken"),
        ("POST /2015-03-31/functions/f/invocations HTTP/1.1\r\n", "MissingAuthenticationTokenException"),
        ("GET / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=x\r\n", "AuthorizationHeaderMalformed"),
        ("GET / HTTP/1.1\r\nAuthorization: Basic eDp5\r\n", "AuthorizationHeaderMalformed"),
    ],
)
def test_a_request_without_a_signature_is_refused(aws: LocalAws, head: str, code: str):
    answer = send(aws, f"{head}Host: localhost\r\nConnection: close\r\n\r\n")
    assert (answer.status, answer.code) == (403, code)
    assert "personalize-sfn local env" in answer.text


class TestKeysThatWereMadeHere:
    def test_a_users_key_and_a_roles_key_work_with_their_own_secrets_only(self, account: Account):
        iam = account.client("iam")
        iam.create_user(UserName="reader")
        made = iam.create_access_key(UserName="reader")["AccessKey"]
        key, secret = made["AccessKeyId"], made["SecretAccessKey"]
        arn = client(account.aws, "sts", key, secret).get_caller_identity()["Arn"]
        assert arn == "arn:aws:iam::123456789012:user/reader"
        code, _ = refusal(client(account.aws, "sts", key, secret + "x").get_caller_identity)
        assert code == "SignatureDoesNotMatch"
        iam.update_access_key(UserName="reader", AccessKeyId=key, Status="Inactive")
        code, _ = refusal(client(account.aws, "sts", key, secret).get_caller_identity)
        assert code == "InvalidClientTokenId"

    def test_temporary_keys_want_their_own_token(self, account: Account):
        role = account.role({"AWS": "123456789012"})
        made = account.client("sts").assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
        key, secret, token = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
        assert "assumed-role" in client(account.aws, "sts", key, secret, token).get_caller_identity()["Arn"]
        for wrong in (None, token[:-1] + "!", ""):
            code, _ = refusal(client(account.aws, "sts", key, secret, wrong).get_caller_identity)
            assert code == "InvalidClientTokenId"

    def test_a_session_token_is_made_anew_and_stays_the_callers(self, account: Account):
        made = [account.client("sts").get_session_token()["Credentials"] for _ in range(2)]
        assert made[0]["AccessKeyId"] != made[1]["AccessKeyId"]
        session = [made[0][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        assert client(account.aws, "iam", *session).list_users()["ResponseMetadata"]["HTTPStatusCode"] == 200
        code, message = refusal(client(account.aws, "sts", *session).get_session_token)
        assert (code, message) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")

    def test_the_published_example_key_opens_nothing(self, aws: LocalAws):
        published = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"
        aws.session().client("sts").get_session_token()
        assert refusal(client(aws, "sts", *published).get_caller_identity)[0] == "InvalidClientTokenId"


class TestTheKeyFile:
    @pytest.fixture(autouse=True)
    def home(self, tmp_path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))

    def test_it_is_made_once_and_is_the_users_alone(self):
        keys = local_keys()
        assert local_keys() == keys
        assert stat.S_IMODE(local_home().stat().st_mode) == 0o700
        assert stat.S_IMODE((local_home() / "keys.json").stat().st_mode) == 0o600
        assert [path.name for path in local_home().iterdir()] == ["keys.json"]

    def test_it_is_closed_again_when_others_can_read_it(self):
        keys = local_keys()
        (local_home() / "keys.json").chmod(0o644)
        assert local_keys() == keys
        assert stat.S_IMODE((local_home() / "keys.json").stat().st_mode) == 0o600

    def test_another_users_is_not_taken(self, monkeypatch: pytest.MonkeyPatch):
        local_keys()
        owner = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: owner + 1)
        with pytest.raises(LocalAwsError, match=r"belongs to another user .*set PERSONALIZE_SFN_HOME"):
            local_keys()

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"access_key_id": "", "secret_access_key": ""}', '"x"'])
    def test_a_damaged_one_is_said(self, text: str):
        local_home().mkdir()
        (local_home() / "keys.json").write_text(text)
        with pytest.raises(LocalAwsError, match="is damaged: delete it, and a new key pair is made"):
            local_keys()

    def test_without_a_folder_to_write_the_pair_lasts_as_long_as_the_process(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "file" / "home"))
        monkeypatch.setattr("personalize_sfn.state_folder._in_memory", None)
        keys = local_keys()
        assert isinstance(keys, LocalKeys)
        assert local_keys() == keys

    def test_a_session_of_this_process_has_the_keys_of_the_one_that_runs_in_it(self, aws: LocalAws):
        session = connect("local", endpoint_url=aws.endpoint_url)
        assert session.client("sts").get_caller_identity()["Account"] == "123456789012"


class TestThePlan:
    def ask(self, aws: LocalAws, authorization: str | None) -> int:
        request = urllib.request.Request(f"{aws.endpoint_url}/_personalize_sfn/plan")
        if authorization is not None:
            request.add_header("Authorization", authorization)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                json.load(answer)
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code if "personalize-sfn local env" in json.load(error)["error"] else 0

    @pytest.mark.parametrize("authorization", [None, "", "Bearer ", "Bearer x", "Basic x"])
    def test_it_wants_the_secret(self, aws: LocalAws, authorization: str | None):
        assert self.ask(aws, authorization) == 401
        assert self.ask(aws, f"Bearer {aws.credentials.access_key_id}") == 401

    def test_it_answers_to_the_secret(self, aws: LocalAws):
        assert self.ask(aws, f"Bearer {aws.credentials.secret_access_key}") == 200


class TestOpen:
    @pytest.fixture
    def open_aws(self, aws: LocalAws) -> Iterator[LocalAws]:
        aws.stop()
        with LocalAws(open=True) as running:
            yield running
        aws.start()

    def test_it_takes_any_key_but_no_page(self, open_aws: LocalAws):
        for service, operation in SERVICES:
            getattr(client(open_aws, service, "test", "test"), operation)()
        assert send(open_aws, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status == 200
        page = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n"
        assert send(open_aws, page).status == 403
        assert send(open_aws, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").status == 421
