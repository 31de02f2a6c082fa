"""moto behind a loopback server with a stand-in for Lambda: a function's name leads to a Python callable."""

from __future__ import annotations

import functools
import json
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions import Pace, StepFunctionsService
from personalize_sfn.local.stepfunctions.persistence import StatesPersistence

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/machines"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class FunctionError(Exception):
    """Raised by a stand-in function: answered as a Lambda function's own exception is."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None: ...  # noqa: A002


@dataclass(frozen=True)
class Said:
    allowed: bool


def keys_of(role_arn: str) -> Keys:
    """Keys of a role that moto knows."""
    from moto.sts.models import sts_backends

    role = sts_backends[role_arn.split(":")[4]]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="states",
        role_arn=role_arn,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return Keys(role.access_key_id, role.secret_access_key, role.session_token)


class FakeAuthorizer:
    """Answers from a set of a test's."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def decide(self, role_arn: str, action: str, resource: str) -> Said:
        return Said(action not in self._aws.denied)

    def role_trusts(self, role_arn: str, service: str, *, region: str) -> bool:
        return role_arn == ROLE and service == "states.amazonaws.com"


class Aws:
    """A loopback server; ``functions`` may be filled by a test, ``keys_seen`` says which keys called them."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[[Any], Any]] = {}
        self.keys_seen: list[str] = []
        self.invocation_types: list[str | None] = []
        self.states_calls: list[str] = []
        self.denied: set[str] = set()
        self.service: StepFunctionsService | None = None
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=QuietHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def install(
        self,
        assume_role: Callable[[str], Keys] = keys_of,
        busy: Callable[[], bool] = lambda: False,
        persistence: StatesPersistence | None = None,
        **pace: float,
    ) -> None:
        """A Step Functions that knows nothing yet, at a pace."""
        if self.service is not None:
            self.service.close()
        self.service = StepFunctionsService(
            FakeAuthorizer(self),
            assume_role,
            endpoint_url=lambda: self.url,
            pace=Pace(**pace),
            busy=busy,
            persistence=persistence,
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @functools.cache  # noqa: B019 - one server a session
    def client(self, service: str) -> Any:
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"total_max_attempts": 1}, read_timeout=30, max_pool_connections=50, inject_host_prefix=False
            ),
        )

    def _app(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith("/2015-03-31/functions/") and path.endswith("/invocations"):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            name = urllib.parse.unquote(path.split("/")[3])
            self.keys_seen.append(environ["HTTP_AUTHORIZATION"].split("Credential=")[1].split("/")[0])
            self.invocation_types.append(environ.get("HTTP_X_AMZ_INVOCATION_TYPE"))
            status, headers, answer = self._invoke(name.split(":")[-1], json.loads(body or b"{}"))
            start_response(status, [*headers, ("Content-Length", str(len(answer)))])
            return [answer]
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if target.startswith("AWSStepFunctions."):
            body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
            self.states_calls.append(target.rpartition(".")[2])
            number, headers, answer = self.service.handle(target, body, ACCOUNT, REGION)
            start_response(f"{number} {HTTPStatus(number).phrase}", headers)
            return [answer]
        return self._moto(environ, start_response)

    def _invoke(self, name: str, event: Any) -> tuple[str, list[tuple[str, str]], bytes]:
        if name not in self.functions:
            answer = {
                "Type": "User",
                "Message": f"Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
            }
            return "404 NOT FOUND", [("x-amzn-ErrorType", "ResourceNotFoundException")], json.dumps(answer).encode()
        headers = [("X-Amz-Executed-Version", "$LATEST"), ("x-amzn-RequestId", "request-1")]
        try:
            return "200 OK", headers, json.dumps(self.functions[name](event)).encode()
        except FunctionError as error:
            payload = {"errorMessage": str(error), "errorType": error.error_type, "stackTrace": []}
            return "200 OK", [*headers, ("X-Amz-Function-Error", "Unhandled")], json.dumps(payload).encode()

    # -- what tests say ------------------------------------------------------------------------------------------

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Create a state machine; gives its ARN."""
        answer = self.client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE
        )
        return str(answer["stateMachineArn"])

    def start(self, machine: str, given: Any = None, name: str | None = None) -> str:
        more = {} if name is None else {"name": name}
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, input=json.dumps({} if given is None else given), **more
        )
        return str(answer["executionArn"])

    def wait(self, execution: str, seconds: float = 20) -> dict[str, Any]:
        """The execution's description once it is over."""
        client, pause = self.client("stepfunctions"), threading.Event()
        for _ in range(int(seconds / 0.02)):
            description: dict[str, Any] = client.describe_execution(executionArn=execution)
            if description["status"] != "RUNNING":
                return description
            pause.wait(0.02)
        raise AssertionError(f"{execution} still runs after {seconds} s")

    def run(self, definition: dict[str, Any], given: Any = None) -> dict[str, Any]:
        """Create, start and wait: the description of the execution that ended."""
        self._machines = getattr(self, "_machines", 0) + 1
        return self.wait(self.start(self.create(f"machine-{self._machines}", definition), given, name="run"))

    def output(self, definition: dict[str, Any], given: Any = None) -> Any:
        """The output of an execution that must succeed."""
        description = self.run(definition, given)
        assert description["status"] == "SUCCEEDED", description
        return json.loads(description["output"])


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the refusal of a call."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]
