"""What the tests of the front door make in an embedded AWS."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from personalize_sfn.local import LocalAws


def zipped(code: str, name: str = "app.py") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, code)
    return buffer.getvalue()


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def content(account: Account, bucket: str) -> bytes:
    """What the object ``key`` holds."""
    return bytes(account.client("s3").get_object(Bucket=bucket, Key="key")["Body"].read())


def refusal(method: Any, **request: Any) -> tuple[str, str]:
    """Calls, expects a ClientError, and answers its code and text."""
    with pytest.raises(ClientError) as error:
        method(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def statement(action: str | list[str], resource: str | list[str] = "*", effect: str = "Allow", **more: Any) -> dict:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Account:
    """The owner's clients, and principals with as few permissions as a test wants."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.session = aws.session()

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def role(self, trusted: dict, *statements: dict, **more: Any) -> str:
        """A new role; answers its ARN."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
        name = unique("role")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **more)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=document(*statements))
        return arn

    def assume(self, role_arn: str, **more: Any) -> Any:
        """``assume(arn)("s3")``: clients with the role's keys."""
        keys = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="tester", **more)["Credentials"]
        return self._clients(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def user(self, *statements: dict) -> Any:
        iam, name = self.client("iam"), unique("user")
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=document(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return self._clients(key["AccessKeyId"], key["SecretAccessKey"], None)

    def _clients(self, access_key: str, secret_key: str, token: str | None) -> Any:
        def client(service: str) -> Any:
            return boto3.client(
                service,
                endpoint_url=self.aws.endpoint_url,
                region_name="us-east-1",
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                aws_session_token=token,
            )

        return client

    def as_role(self, *statements: dict, **more: Any) -> Any:
        """Clients of a new role that may do this, and nothing else."""
        return self.assume(self.role({"AWS": "123456789012"}, *statements, **more))

    def function(self, code: str, *statements: dict, handler: str = "app.handler", **more: Any) -> str:
        """A deployed function; answers its name."""
        name = unique("function")
        role = self.role({"Service": "lambda.amazonaws.com"}, *statements)
        self.client("lambda").create_function(
            FunctionName=name, Runtime="python3.13", Role=role, Handler=handler, Code={"ZipFile": zipped(code)}, **more
        )
        return name

    def invoke(self, name: str, event: Any = None, **more: Any) -> tuple[Any, dict]:
        """The payload, parsed, and the whole answer."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **more)
        return json.loads(answer["Payload"].read() or b"null"), answer
