"""Roles, functions, layers and log groups in a data directory."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import iam_backends

from fakes.data_directories import everything
from fakes.full_disk import Disk
from fakes.gateway_aws import zipped
from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local import LocalAws

ROLE = "arn:aws:iam::123456789012:role/made/functions"
CODE = zipped("import shared\ndef handler(e, c):\n    return [e, shared.NAME]")
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:shared:2"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONALIZE_SFN_HOME", str(tmp_path / "home"))


def _document(action: str, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _fill(session: Any) -> None:
    iam, functions, logs = (session.client(name) for name in ("iam", "lambda", "logs"))
    policy = iam.create_policy(
        PolicyName="read",
        Path="/made/",
        Description="reads",
        PolicyDocument=_document("s3:GetObject", Resource="*"),
        Tags=[{"Key": "team", "Value": "films"}],
    )["Policy"]["Arn"]
    iam.create_policy_version(
        PolicyArn=policy, PolicyDocument=_document("s3:ListBucket", Resource="*"), SetAsDefault=True
    )
    iam.create_role(
        RoleName="functions",
        Path="/made/",
        AssumeRolePolicyDocument=_document("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"}),
        Description="runs functions",
        MaxSessionDuration=7200,
        PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
        Tags=[{"Key": "team", "Value": "films"}],
    )
    iam.attach_role_policy(RoleName="functions", PolicyArn=policy)
    iam.attach_role_policy(RoleName="functions", PolicyArn="arn:aws:iam::aws:policy/AWSLambdaExecute")
    iam.put_role_policy(RoleName="functions", PolicyName="in", PolicyDocument=_document("sqs:*", Resource="*"))
    for name in ("old", "new"):
        content = {"ZipFile": zipped(f"NAME = {name!r}", "python/shared.py")}
        functions.publish_layer_version(LayerName="shared", Content=content, Description=name)
    functions.create_function(
        FunctionName="f",
        Role=ROLE,
        Runtime="python3.11",
        Handler="app.handler",
        Code={"ZipFile": CODE},
        Environment={"Variables": {"A": "é"}},
        Timeout=30,
        MemorySize=256,
        Layers=[LAYER],
        Tags={"team": "films"},
    )
    functions.publish_version(FunctionName="f", Description="first")
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    functions.add_permission(
        FunctionName="f", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=3)
    logs.create_log_group(logGroupName="/made", tags={"team": "films"})
    logs.put_retention_policy(logGroupName="/made", retentionInDays=30)


def _said(session: Any) -> dict[str, Any]:
    iam, functions, logs = (session.client(name) for name in ("iam", "lambda", "logs"))
    policy = "arn:aws:iam::123456789012:policy/made/read"
    said = {
        "role": iam.get_role(RoleName="functions"),
        "inline": iam.get_role_policy(RoleName="functions", PolicyName="in"),
        "attached": iam.list_attached_role_policies(RoleName="functions"),
        "policy": iam.get_policy(PolicyArn=policy),
        "versions": iam.list_policy_versions(PolicyArn=policy),
        "function": functions.get_function(FunctionName="f"),
        "concurrency": functions.get_function_concurrency(FunctionName="f"),
        "published": functions.get_function_configuration(FunctionName="f", Qualifier="live"),
        "alias": functions.get_alias(FunctionName="f", Name="live"),
        "permission": functions.get_policy(FunctionName="f"),
        "layers": functions.list_layer_versions(LayerName="shared"),
        "groups": logs.describe_log_groups(logGroupNamePrefix="/made"),
        "tags": logs.list_tags_for_resource(resourceArn="arn:aws:logs:us-east-1:123456789012:log-group:/made"),
    }
    for answer in said.values():
        answer.pop("ResponseMetadata")
    said["function"].pop("Code")  # a link, made anew
    said["role"]["Role"].pop("RoleLastUsed", None)
    return said


def _invoked(session: Any) -> Any:
    answer = session.client("lambda").invoke(FunctionName="f:live", Payload=b'"hello"')
    return json.loads(answer["Payload"].read())


def test_roles_functions_layers_and_log_groups_last_and_functions_run(tmp_path: Path):
    data = tmp_path / "data"
    with LocalAws(data_dir=data) as aws:
        _fill(aws.session())
        before = _said(aws.session())
    with LocalAws(data_dir=data) as aws:
        assert _said(aws.session()) == before
        assert _invoked(aws.session()) == ["hello", "new"]
        functions = aws.session().client("lambda")
        functions.update_function_code(FunctionName="f", ZipFile=zipped("def handler(e, c):\n    return 'newer'"))
        functions.publish_version(FunctionName="f")
        functions.update_alias(FunctionName="f", Name="live", FunctionVersion="2")
    with LocalAws(data_dir=data) as aws:
        assert _invoked(aws.session()) == "newer"
        functions = aws.session().client("lambda")
        functions.delete_function(FunctionName="f")
        for version in (1, 2):
            functions.delete_layer_version(LayerName="shared", VersionNumber=version)
    assert [name for name in everything(data) if name.endswith(".zip")] == []


def test_a_role_opens_without_a_policy_that_is_no_longer_there(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    data = tmp_path / "data"
    with LocalAws(data_dir=data) as aws:
        _fill(aws.session())
        # as DeletePolicy of earlier versions did
        del iam_backends["123456789012"]["aws"].managed_policies["arn:aws:iam::123456789012:policy/made/read"]
        aws.session().client("logs").delete_log_group(logGroupName="/made")
    with LocalAws(data_dir=data) as aws:
        attached = aws.session().client("iam").list_attached_role_policies(RoleName="functions")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AWSLambdaExecute"]
    gone = (
        "role functions: its policy arn:aws:iam::123456789012:policy/made/read is not there; the role is kept without"
    )
    assert gone in caplog.text


def test_a_damaged_zip_is_named_and_one_outside_the_folder_is_not_read(tmp_path: Path):
    data = tmp_path / "data"
    with LocalAws(data_dir=data) as aws:
        _fill(aws.session())
    file = next(file for file in (data / "files").iterdir() if file.read_bytes() == CODE)
    file.write_bytes(CODE[:-1] + b"x")
    with pytest.raises(LocalAwsError) as error:
        LocalAws(data_dir=data).start()
    assert str(error.value) == f"{file} is damaged or missing: its checksum is not the one in its name"
    file.unlink()
    file.symlink_to("/etc/passwd")
    with pytest.raises(LocalAwsError, match=f"{file} is damaged or missing: "):
        LocalAws(data_dir=data).start()


def test_a_changed_document_of_a_role_is_noticed(tmp_path: Path):
    data = tmp_path / "data"
    with LocalAws(data_dir=data) as aws:
        _fill(aws.session())
    database = sqlite3.connect(data / "resources.sqlite")
    database.execute("UPDATE roles SET document = replace(document, 'sqs:*', '*:*')")
    database.commit()
    database.close()
    with pytest.raises(LocalAwsError, match=f"is damaged: '{ROLE}' in the table roles does not match its checksum"):
        LocalAws(data_dir=data).start()


def test_a_full_disk_is_said_and_what_makes_room_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data, disk = tmp_path / "data", Disk()
    with LocalAws(data_dir=data) as aws:
        iam = aws.session().client("iam")
        trust = _document("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
        iam.create_role(RoleName="old", AssumeRolePolicyDocument=trust)
        with monkeypatch.context() as patch:
            disk.install(patch)
            disk.full = True
            assert aws._directory is not None
            aws._directory.reserve_for_deletions.give_up()
            disk.given_up = 0
            with pytest.raises(ClientError) as error:
                iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust)
            said = f"{data}: No space left on device. Nothing was changed; make room on the disk."
            assert error.value.response["Error"]["Message"] == said
            iam.delete_role(RoleName="old")
        assert iam.list_roles()["Roles"] == []
    with LocalAws(data_dir=data) as aws:
        assert aws.session().client("iam").list_roles()["Roles"] == []
