"""Lambda's API where the control plane behind us does too little: code checks, roles and invocations."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from personalize_sfn.local.aws.responses import AwsError, Response, json_answer
from personalize_sfn.local.lambda_.layers import Layers, check_sizes
from personalize_sfn.local.lambda_.packages import BadZipError, check_zip
from personalize_sfn.local.lambda_.pool import Function, Invocation, LambdaExecutor, TooManyRequestsError

if TYPE_CHECKING:
    from personalize_sfn.local.aws.authorizer import Authorizer
    from personalize_sfn.local.aws.request import Request

__all__ = ["Functions"]

logger = logging.getLogger(__name__)
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
LOG_TAIL_BYTES = 4096


class Functions:
    """Invocations of one embedded AWS, and the checks at creation and update."""

    def __init__(
        self, authorizer: Authorizer, endpoint_url: str, *, fork: bool | None = None, min_timeout_seconds: float = 0.0
    ) -> None:
        self._authorizer = authorizer
        self._iam = authorizer.iam
        self._endpoint_url = endpoint_url
        self._layers = Layers()
        self._min_timeout_seconds = min_timeout_seconds
        self.executor = LambdaExecutor(self._service_environment, fork=fork)

    def check(self, request: Request, account: str) -> None:
        """Refuse a CreateFunction, PublishLayerVersion or Update... that AWS would refuse and the backend accepts.

        Raises:
            AwsError: ValidationException: a member is missing; InvalidParameterValueException: a zip is broken or
                too large, a layer is not there, or Lambda may not assume the role.
        """
        for path in _REQUIRED.get(request.operation, ()):
            _required(request, path)
        if (member := _CODE.get(request.operation)) is not None:
            code = request.json.get(member) if member else request.json
            _check_code(code if isinstance(code, dict) else {}, account)
        self._check_layers(request, account)
        role = request.json.get("Role")
        if role is not None and not self._iam.role_trusts(role, "lambda.amazonaws.com"):
            raise AwsError(
                "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
            )
        if request.operation == "CreateFunction":
            self.executor.warm()

    def _check_layers(self, request: Request, account: str) -> None:
        """The layers may be used, and fit together with the code: what the request does not say, the function has."""
        if request.operation in ("CreateFunction", "UpdateFunctionConfiguration"):
            layers = self._layers.check(request.json.get("Layers") or [], account, request.region)
            code = request.json.get("Code") if request.operation == "CreateFunction" else {}
        elif request.operation == "UpdateFunctionCode":
            layers, code = [*self._find(request, account).layers], request.json
        else:
            return
        if layers:
            data = _zipped(code, account) if isinstance(code, dict) else None
            if data is None and request.operation != "CreateFunction":
                data = self._find(request, account).code
            check_sizes(data or b"", layers)

    def invoke(self, request: Request, account: str) -> Response:
        """The Invoke operation: synchronous, asynchronous (once, without AWS's two retries) or dry run.

        https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
        """
        function = self._find(request, account)
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "DryRun":
            return 204, [], b""
        event = _event(request.body)
        if kind == "Event":
            threading.Thread(target=self._run, args=(function, event, request.region, account), daemon=True).start()
            return 202, [], b""
        if kind != "RequestResponse":
            raise AwsError(
                "InvalidParameterValueException",
                f"Value '{kind}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: "
                "[Event, RequestResponse, DryRun]",
            )
        done = self._run(function, event, request.region, account)
        headers = [("x-amz-executed-version", function.version), ("x-amzn-requestid", done.request_id)]
        if done.error:
            headers.append(("x-amz-function-error", "Unhandled"))
        if request.headers.get("x-amz-log-type") == "Tail":
            tail = done.log.encode()[-LOG_TAIL_BYTES:]
            headers.append(("x-amz-log-result", base64.b64encode(tail).decode()))
        if len(done.payload) > MAX_PAYLOAD_BYTES:
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD_BYTES} bytes)."
            too_large = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
            return json_answer(200, too_large, [*headers, ("x-amz-function-error", "Unhandled")])
        return 200, [("Content-Type", "application/json"), *headers], done.payload

    def _run(self, function: Function, event: Any, region: str, account: str) -> Invocation:
        try:
            done = self.executor.invoke(function, event)
        except TooManyRequestsError as error:
            raise AwsError("TooManyRequestsException", str(error), 429) from error
        self._write_log(function, done, region, account)
        return done

    def _find(self, request: Request, account: str) -> Function:
        from moto.awslambda.exceptions import UnknownFunctionException
        from moto.awslambda.utils import get_backend

        name = unquote(request.path.rstrip("/").rsplit("/", 2)[-2])
        backend = get_backend(account, request.region)
        try:
            found = backend.get_function(_full_name(name), request.query.get("Qualifier"))
        except UnknownFunctionException as error:
            arn = name if name.startswith("arn:") else self._iam.arns(request.region, account).function(name)
            raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404) from error
        return Function(
            arn=found.function_arn,
            name=found.function_name,
            version=str(found.version),
            handler=found.handler,
            role_arn=found.role,
            code_sha256=found.code_sha_256,
            code=found.code_bytes,
            timeout_seconds=float(found.timeout),
            memory_mb=int(found.memory_size),
            environment=dict(found.environment_vars),
            layers=self._layers.of(found, account, request.region),
            reserved_concurrency=None if found.reserved_concurrency is None else int(found.reserved_concurrency),
        )

    def _service_environment(self, function: Function) -> dict[str, str]:
        region = function.arn.split(":")[3]
        keys = self._iam.assume(function.role_arn, function.name, region)
        return {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self._endpoint_url,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.session_token,
            "AWS_EC2_METADATA_DISABLED": "true",
            # Read by the functions that wait: here waits are shorter than they say.
            "PERSONALIZE_SFN_MIN_TIMEOUT_SECONDS": f"{self._min_timeout_seconds:g}",
        }

    def _write_log(self, function: Function, done: Invocation, region: str, account: str) -> None:
        """Put the output into CloudWatch Logs if the function's role may; AWS drops it silently otherwise, too."""
        from moto.logs.models import logs_backends

        group = f"/aws/lambda/{function.name}"
        stream = time.strftime(f"%Y/%m/%d/[{function.version}]", time.gmtime()) + function.code_sha256[:8]
        backend = logs_backends[account][region]
        arn = self._iam.arns(region, account).log_group(group)
        stream_arn = f"{arn}:log-stream:{stream}"
        if group not in backend.groups:
            if not self._authorizer.decide(function.role_arn, "logs:CreateLogGroup", arn).allowed:
                return
            backend.create_log_group(group, {})
        if stream not in backend.groups[group].streams:
            if not self._authorizer.decide(function.role_arn, "logs:CreateLogStream", stream_arn).allowed:
                return
            backend.ensure_log_stream(group, stream)
        if self._authorizer.decide(function.role_arn, "logs:PutLogEvents", stream_arn).allowed:
            now = int(time.time() * 1000)
            events = [{"timestamp": now, "message": line} for line in done.log.splitlines() if line]
            backend.put_log_events(group, stream, events)


# Members without which AWS refuses, by the path to them, in the order in which it names them.
_REQUIRED = {
    "CreateFunction": (("FunctionName",), ("Role",), ("Code",)),
    "PublishLayerVersion": (("Content",),),
    "CreateAlias": (("Name",), ("FunctionVersion",)),
}
# Where the code is: in a member, or among the members (empty).
_CODE = {"CreateFunction": "Code", "UpdateFunctionCode": "", "PublishLayerVersion": "Content"}


def _required(request: Request, path: tuple[str, ...]) -> None:
    value: Any = request.json
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        at = ".".join(name[:1].lower() + name[1:] for name in path)
        raise AwsError(
            "ValidationException",
            f"1 validation error detected: Value null at '{at}' failed to satisfy constraint: Member must not be null",
        )


def _zipped(code: dict[str, Any], account: str) -> bytes | None:
    """The zip that a request holds or names in S3; None where it names none, or an older version of an object."""
    if "ZipFile" in code:
        return base64.b64decode(code["ZipFile"], validate=True)
    if "S3Bucket" not in code or "S3Key" not in code or code.get("S3ObjectVersion") is not None:
        return None
    from personalize_sfn.local.aws.s3_access import open_object

    try:
        with open_object(account, str(code["S3Bucket"]), str(code["S3Key"])) as content:
            return content.read()
    except KeyError as error:
        raise BadZipError(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not "
            "exist."
        ) from error


def _check_code(code: dict[str, Any], account: str) -> None:
    try:
        if (data := _zipped(code, account)) is not None:
            check_zip(data)
    except (BadZipError, binascii.Error, TypeError) as error:
        raise AwsError("InvalidParameterValueException", str(error)) from error


def _event(body: bytes) -> Any:
    if len(body) > MAX_PAYLOAD_BYTES:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {MAX_PAYLOAD_BYTES} bytes for the InvokeFunction operation",
            413,
        )
    try:
        return json.loads(body or b"{}", parse_constant=_no_json)
    except ValueError as error:
        raise AwsError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from error


def _no_json(constant: str) -> None:
    raise ValueError(f"Non-standard token '{constant}'")


def _full_name(name: str) -> str:
    """A partial ARN (``123456789012:function:name``) as its name; full ARNs and names as they are."""
    return name if name.startswith("arn:") else name.rpartition("function:")[2]
