"""What IAM is asked about is what is carried out, however a request is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import boto3
import pytest

from fakes.gateway_aws import Account, statement, unique
from fakes.raw_requests import send, signed
from fakes.signed_operations import FORM, Ask, access, names
from personalize_sfn.botocore_sessions import bare_botocore_session
from personalize_sfn.local import LocalAws
from personalize_sfn.local.aws.operations import _BOTOCORE_SERVICES


# Ways in which a role that may read says "delete the user" beside it.
@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/?Action=DeleteUser&UserName={user}", "Action=GetUser&UserName={user}&Version=2010-05-08", FORM),
        ("/?Action=GetUser&UserName={user}", "Action=DeleteUser&UserName={user}&Version=2010-05-08", FORM),
        ("/", "Action=DeleteUser&Action=GetUser&UserName={user}", FORM),
        ("/", "Action=GetUser&Action=DeleteUser&UserName={user}", FORM),
        ("/", "Action=DeleteUser&UserName={user}", {**FORM, "X_Amz_Target": "IAM.GetUser"}),
        ("/", "Action=GetUser&UserName={user}", {**FORM, "X_Amz_Target": "IAM.DeleteUser"}),
        ("/?Action=DeleteUser&UserName={user}", "Action=GetUser", {"Content_Type": "text/x-www-form-urlencoded"}),
        ("/", "Action=DeleteUser&UserName={user}", {"Content_Type": "text/plain"}),
        ("/", "", {"Action": "DeleteUser", "Username": "{user}"}),
        ("/service/IAM/operation/GetUser", "Action=DeleteUser&UserName={user}", FORM),
        ("/", '{{"UserName": "{user}"}}', {"X_Amz_Target": "IAM.DeleteUser"}),
        ("/", '{{"x": "&Action=DeleteUser&UserName={user}&"}}', {"X_Amz_Target": "IAM.GetUser"}),
    ],
)
def test_the_action_of_a_query_service_is_the_one_that_was_judged(
    account: Account, ask: Callable[..., Ask], path: str, body: str, headers: dict
):
    user = unique("user")
    account.client("iam").create_user(UserName=user)
    sent = {name: value.format(user=user) for name, value in headers.items()}
    ask(statement(["iam:GetUser", "iam:ListUsers"]))(
        "iam", "POST", path.format(user=user), body.format(user=user), **sent
    )
    assert user in names(account, "iam", "list_users", "Users", "UserName")


@pytest.mark.parametrize("spelling", ["delete_log_group", "DeleteLog_Group", "_delete_log_group", "deleteLogGroup"])
def test_an_operation_has_one_spelling(account: Account, ask: Callable[..., Ask], spelling: str):
    logs, group = account.client("logs"), unique("group")
    logs.create_log_group(logGroupName=group)
    all_but_delete = ask(statement("logs:*"), statement("logs:DeleteLogGroup", effect="Deny"))
    body = json.dumps({"logGroupName": group})
    answer = all_but_delete("logs", "POST", "/", body, X_Amz_Target=f"Logs_20140328.{spelling}")
    assert (answer.status, answer.code) == (403, "AccessDeniedException")
    assert f"logs:{spelling}: it is no operation of that service" in answer.text
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]


def test_two_actions_are_refused_by_name(ask: Callable[..., Ask]):
    answer = ask(statement("*"))("iam", "POST", "/?Action=ListRoles", "Action=ListUsers&Version=2010-05-08", **FORM)
    assert (answer.status, answer.code) == (400, "InvalidAction")
    assert "Expected one operation, got ListRoles, ListUsers" in answer.text


class TestS3:
    @pytest.fixture
    def two(self, account: Account) -> tuple[str, str]:
        """The role's bucket and another one, with one object each."""
        buckets = unique("mine"), unique("secret")
        for bucket in buckets:
            account.client("s3").create_bucket(Bucket=bucket)
            account.client("s3").put_object(Bucket=bucket, Key="key", Body=bucket.encode())
        return buckets

    @pytest.fixture
    def mine(self, two: tuple[str, str], ask: Callable[..., Ask]) -> Ask:
        return ask(statement("s3:*", [f"arn:aws:s3:::{two[0]}", f"arn:aws:s3:::{two[0]}/*"]))

    @pytest.mark.parametrize(
        ("host", "path"),
        [
            ("{secret}.localhost", "/key"),
            ("{secret}.localhost", "/{mine}/../key"),
            ("{secret}.s3.localhost", "/key"),
            ("{secret}.s3.us-east-1.localhost", "/key"),
            ("{secret}.LOCALHOST.", "/key"),
            ("localhost", "//{secret}/key"),
            ("localhost", "/{mine}/../{secret}/key"),
            ("localhost", "/{mine}/%2e%2e/{secret}/key"),
            ("localhost", "/%2f{secret}/key"),
            ("localhost", "/{secret}%2fkey"),
            ("localhost", "/./{secret}/key"),
            ("s3.localhost", "/{secret}/key"),
            ("{mine}.localhost", "/../{secret}/key"),
        ],
    )
    def test_another_bucket_is_not_reached(self, two: tuple[str, str], mine: Ask, host: str, path: str):
        answer = mine(
            "s3", "GET", path.format(mine=two[0], secret=two[1]), host=host.format(mine=two[0], secret=two[1])
        )
        assert answer.status in (400, 403, 404)
        assert two[1] not in answer.text.partition("\r\n\r\n")[2].replace(f":::{two[1]}", "").replace(f"/{two[1]}", "")

    @pytest.mark.parametrize(
        ("host", "path"),
        [
            ("{mine}.localhost", "/key"),
            ("{mine}.s3.localhost", "/key"),
            ("{mine}.s3.us-east-1.localhost", "/key"),
            ("s3.localhost", "/{mine}/key"),
            ("localhost", "/{mine}/key"),
        ],
    )
    def test_ones_own_bucket_is_reached_by_host_and_by_path(
        self, two: tuple[str, str], mine: Ask, host: str, path: str
    ):
        answer = mine("s3", "GET", path.format(mine=two[0]), host=host.format(mine=two[0]))
        assert (answer.status, answer.text.partition("\r\n\r\n")[2]) == (200, two[0])

    def test_boto3s_own_urls_by_host_are_signed_for_that_path(self, aws: LocalAws, account: Account, two: tuple):
        from botocore.config import Config

        port = urlsplit(aws.endpoint_url).port
        for version in ("s3", "s3v4"):
            s3 = boto3.client(
                "s3",
                "us-east-1",
                **access(aws) | {"endpoint_url": f"http://s3.localhost:{port}"},
                config=Config(signature_version=version, s3={"addressing_style": "virtual"}),
            )
            url = urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": two[1], "Key": "key"}))
            assert url.netloc == f"{two[1]}.s3.localhost:{port}"
            answer = send(
                aws, f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
            )
            assert (answer.status, answer.text.partition("\r\n\r\n")[2]) == (200, two[1])

    @pytest.mark.parametrize(
        "xml",
        [
            "<Delete><Object><Key >key</Key ></Object></Delete>",
            '<Delete><Object><Key x="1">key</Key></Object></Delete>',
            "<Delete><Object><Key><![CDATA[key]]></Key></Object></Delete>",
            "<Delete><!-- <Key>allowed</Key> --><Object><Key>k&#101;y</Key></Object></Delete>",
            "<Delete></Delete>",
            "<Delete><Object/></Delete>",
            "no xml",
        ],
    )
    def test_keys_to_delete_are_read_as_they_are_deleted(
        self, account: Account, two: tuple[str, str], ask: Callable[..., Ask], xml: str
    ):
        answer = ask(statement("s3:*", f"arn:aws:s3:::{two[1]}/allowed"))("s3", "POST", f"/{two[1]}?delete", xml)
        assert (answer.status, answer.code) in ((403, "AccessDenied"), (400, "MalformedXML"))
        assert account.client("s3").list_objects_v2(Bucket=two[1])["KeyCount"] == 1

    @pytest.mark.parametrize(
        "source",
        [
            "{secret}/key",
            "/{secret}/key",
            "{secret}/key#x",
            "{secret}/key;x",
            "http://{mine}/{secret}/key",
            "//{mine}/{secret}/key",
            "{secret}/k%65y",
            "%2f{secret}/key",
            "{mine}",
        ],
    )
    def test_the_source_of_a_copy_is_the_one_that_was_judged(
        self, account: Account, two: tuple[str, str], mine: Ask, source: str
    ):
        header = source.format(mine=two[0], secret=two[1])
        assert mine("s3", "PUT", f"/{two[0]}/copy", x_amz_copy_source=header).status in (400, 403, 404)
        assert account.client("s3").list_objects_v2(Bucket=two[0])["KeyCount"] == 1

    @pytest.mark.parametrize(
        ("method", "path", "status", "code"),
        [
            ("GET", "?acl&policy", 400, "InvalidArgument"),
            ("PUT", "/key?acl&tagging", 400, "InvalidArgument"),
            ("PUT", "/key?acl&partNumber=1&uploadId=1", 400, "InvalidArgument"),
            ("GET", "?prefix=public&prefix=secret", 400, "InvalidArgument"),
            ("OPTIONS", "/key", 405, "MethodNotAllowed"),
            ("PATCH", "/key", 405, "MethodNotAllowed"),
        ],
    )
    def test_a_request_asks_for_one_thing(
        self, two: tuple[str, str], mine: Ask, method: str, path: str, status: int, code: str
    ):
        answer = mine("s3", method, f"/{two[0]}{path}")
        assert (answer.status, answer.code) == (status, code)

    def test_reading_is_no_writing(self, two: tuple[str, str], ask: Callable[..., Ask]):
        puts = ask(statement("s3:PutObject"))
        answer = puts("s3", "POST", f"/{two[1]}/key?select&select-type=2", "<SelectObjectContentRequest/>")
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert "s3:GetObject" in answer.text
        answer = puts("s3", "PUT", f"/{two[1]}/key?legal-hold", "<LegalHold><Status>ON</Status></LegalHold>")
        assert "s3:PutObjectLegalHold" in answer.text
        answer = puts("s3", "PUT", "/v20180820/configuration/publicAccessBlock", "<x/>", x_amz_account_id="1")
        assert (answer.status, answer.code) == (403, "AccessDenied")

    @pytest.mark.parametrize("name", ["x-amz-copy-source", "x-amz-acl", "X-Amz-Meta-A", "x-amz-security-token2"])
    def test_headers_that_were_not_signed_are_refused(self, aws: LocalAws, two: tuple[str, str], name: str):
        lines = signed(aws, "PUT", f"/{two[0]}/key", x_amz_content_sha256="UNSIGNED-PAYLOAD")
        answer = send(aws, "\r\n".join([*lines, f"{name}: private", "Content-Length: 0", "", ""]))
        assert (answer.status, answer.code) == (403, "AccessDenied")
        text = f"There were headers present in the request which were not signed: {name.lower()}"
        assert text in answer.text

    def test_browser_forms_are_refused_by_name(self, aws: LocalAws, account: Account, two: tuple[str, str]):
        form = account.client("s3").generate_presigned_post(two[0], "upload")
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {**form["fields"], "file": "content"}.items()
        )
        body = f"{parts}--b--\r\n"
        head = f"POST /{two[0]} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        answer = send(aws, f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n", body)
        assert (answer.status, answer.code) == (501, "UnsupportedOperation")
        assert "use a presigned URL of put_object (generate_presigned_url)" in answer.text


def test_the_table_of_services_is_botocores():
    session = bare_botocore_session()
    for signing_name, services in _BOTOCORE_SERVICES.items():
        assert {session.get_service_model(service).signing_name for service in services} == {signing_name}
