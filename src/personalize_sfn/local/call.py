"""What a request asks for: read once, from signature, headers, path and body, for routing and for authorisation."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote

__all__ = ["Call", "apparent_service", "read_call"]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_TARGETS = {"AWSStepFunctions": "states", "AmazonPersonalize": "personalize", "AmazonPersonalizeRuntime": "personalize"}
# Signing names, as they stand in signatures and in IAM actions, whose botocore service is named otherwise.
_BOTOCORE_NAMES = {"states": "stepfunctions"}
# A REST service under the signing name of one that is none: by the beginning of its paths.
_SECOND_SERVICES = {"ses": ("/v2/", "sesv2")}
# https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#requests
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z0-9_]+)")
# https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html: each version of the API begins its paths
_LAMBDA_PATHS = ("/2014-11-13/", "/2015-03-31/", "/2017-03-31/", "/2017-10-31/", "/2018-10-31/", "/2019-09-", "/2020-")
_PERSONALIZE_MODELS = ("personalize-runtime", "personalize-events")


@dataclass(frozen=True)
class Call:
    """One request to the embedded AWS."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes = field(repr=False)
    service: str = ""
    """The signing name: ``personalize``, ``states``, ``lambda``, ``s3``, ...; empty when nothing tells."""
    region: str = ""
    access_key: str = ""

    def in_region(self, region: str) -> Call:
        """The same request, as if signed for that region."""
        return dataclasses.replace(self, region=region)

    @property
    def target(self) -> str:
        return self.headers.get("x-amz-target", "")

    @cached_property
    def operation(self) -> str:
        """``CreateDatasetGroup``; empty when it is not known, and for S3, whose requests IAM names otherwise."""
        models = _PERSONALIZE_MODELS if self.service == "personalize" else (self._model,)
        for model in models:
            for method, pattern, name in _rest_operations(model):
                if method == self.method and pattern.fullmatch(self.path):
                    return name
        # What a REST service does not look at must not decide which permission is asked for.
        if self.service != "personalize" and _rest_operations(self._model):
            return ""
        if self.target:
            return self.target.rpartition(".")[2]
        if "Action" in self.form or "Action" in self.query:
            return self.form.get("Action") or self.query["Action"]
        if found := _CBOR_PATH.fullmatch(self.path):
            return found[1]
        return ""

    @property
    def _model(self) -> str:
        """botocore's name of the service."""
        beginning, second = _SECOND_SERVICES.get(self.service, ("", ""))
        if beginning and self.path.startswith(beginning):
            return second
        return _BOTOCORE_NAMES.get(self.service, self.service)

    @property
    def name(self) -> str:
        """``sns:Publish``, for people; method and path where the operation is not known."""
        return f"{self.service}:{self.operation}" if self.operation else f"{self.service} {self.method} {self.path}"

    @cached_property
    def form(self) -> dict[str, str]:
        """The members of a query-protocol request (IAM, STS): of its query, and of its body if that is a form."""
        members = dict(self.query)
        if "x-www-form-urlencoded" in self.headers.get("content-type", "").lower():
            found = parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)
            members |= {name: values[-1] for name, values in found.items()}
        return members

    @cached_property
    def members(self) -> dict[str, Any]:
        """The members of the request, in a form, in CBOR or in JSON."""
        if self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return _cbor(self.body)
        return self.json or dict(self.form)

    @cached_property
    def json(self) -> dict[str, Any]:
        """The members of a JSON request; empty when the body is no JSON object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


def _cbor(body: bytes) -> dict[str, Any]:
    try:
        from botocore.parsers import RpcV2CBORParser

        parser = RpcV2CBORParser()
        value = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    except Exception:  # a botocore that knows no CBOR, or no CBOR: what answers says so
        return {}
    return value if isinstance(value, dict) else {}


def read_call(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Call:
    """Read a request, and believe what it says of its signature.  ``headers`` have lower-case names."""
    arguments = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    signature = headers.get("authorization", "")
    if not signature and "X-Amz-Credential" in arguments:  # a presigned URL
        signature = f"Credential={arguments['X-Amz-Credential']}"
    found = _CREDENTIAL.search(unquote(signature))
    access_key, region, service = found.groups() if found else ("", "", "")
    if not service:
        service = _TARGETS.get(headers.get("x-amz-target", "").partition(".")[0], "")
    return Call(method, path, arguments, headers, body, service.lower(), region, access_key)


def apparent_service(call: Call) -> str:
    """The signing name of the service that an unsigned request seems to be for; empty when its target is unknown."""
    if call.service or call.target:
        return call.service
    for model in _PERSONALIZE_MODELS:
        rows = _rest_operations(model)
        if any(call.method == method and pattern.fullmatch(call.path) for method, pattern, _ in rows):
            return "personalize"
    if call.path.startswith(_LAMBDA_PATHS):
        return "lambda"
    is_form = "x-www-form-urlencoded" in call.headers.get("content-type", "").lower()
    return "sts" if "Action" in call.query or (is_form and call.path == "/") else "s3"


@functools.cache
def _rest_operations(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """``(method, path pattern, operation)`` of a REST service but S3, from botocore's model."""
    from botocore.exceptions import UnknownServiceError

    from personalize_sfn.session import bare_botocore_session

    if service in ("", "s3"):
        return ()
    try:
        model = bare_botocore_session().get_service_model(service)
    except UnknownServiceError:
        return ()
    if model.metadata.get("protocol") not in ("rest-json", "rest-xml"):
        return ()
    rows = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0].rstrip("/")
        pattern = "".join(_path_part(part) for part in re.split(r"(\{[^}]+\})", path))
        rows.append((http["method"], re.compile(pattern + "/?"), name))
    return tuple(rows)


def _path_part(part: str) -> str:
    if part.endswith("+}"):
        return ".+"
    return "[^/]+" if part.startswith("{") else re.escape(part)
