"""What a request asks for: read once, from signature, headers, path and body, for routing and for authorisation."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from personalize_sfn.local.aws.operations import (
    RestOperation,
    botocore_services,
    operations_of,
    protocols_of,
    rest_operations,
)

__all__ = ["FORM", "Request", "apparent_service", "plain_request", "read_request"]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_TARGETS = {"AWSStepFunctions": "states", "AmazonPersonalize": "personalize", "AmazonPersonalizeRuntime": "personalize"}
FORM = "application/x-www-form-urlencoded"
# https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#requests
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z0-9_]+)")
# https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html: each version of the API begins its paths
_LAMBDA_PATHS = ("/2014-11-13/", "/2015-03-31/", "/2017-03-31/", "/2017-10-31/", "/2018-10-31/", "/2019-09-", "/2020-")
_PERSONALIZE_MODELS = ("personalize-runtime", "personalize-events")


@dataclass(frozen=True)
class Request:
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
    sent_path: str = ""
    """The path as it was sent, still encoded: of REST services, whose names may hold an encoded ``/``."""

    def in_region(self, region: str) -> Request:
        """The same request, as if signed for that region."""
        return dataclasses.replace(self, region=region)

    @property
    def target(self) -> str:
        return self.headers.get("x-amz-target", "")

    @cached_property
    def operation(self) -> str:
        """``CreateDatasetGroup``; empty when it is not known, and for S3, whose requests IAM names otherwise.

        What the service's protocol does not look at must not decide which permission is asked for.
        """
        if self._rest is not None:
            return self._rest.operation
        # In AWS's own spelling only: others may find the same method behind it, but no policy that names it.
        known = operations_of(self.service)
        return next((name for name in self.named_operations if known is None or name in known), "")

    @property
    def named_operations(self) -> list[str]:
        """The operations that a request names where a service that is no REST service looks for them, each once."""
        spoken = protocols_of(self.service)
        places = []
        if "json" in spoken and self.target:
            places.append(self.target.rpartition(".")[2])
        if not spoken.isdisjoint(("query", "ec2")):
            places += [value for members in (self.query, self.body_form) if (value := members.get("Action"))]
        if "smithy-rpc-v2-cbor" in spoken and (found := _CBOR_PATH.fullmatch(self.path)):
            places.append(found[1])
        return list(dict.fromkeys(places))

    @property
    def rest_query(self) -> frozenset[str] | None:
        """Names in the query that a REST operation reads; None: it is no REST operation, or it reads any."""
        return None if self._rest is None else self._rest.query_names

    @property
    def is_rest(self) -> bool:
        return self._rest is not None

    @property
    def _rest(self) -> RestOperation | None:
        return _rest_operation(self.service, self.method, self.sent_path, tuple(self.query.items()))

    @property
    def name(self) -> str:
        """``sns:Publish``, for people; method and path where the operation is not known."""
        name = self.operation or next(iter(self.named_operations), "")
        return f"{self.service}:{name}" if name else f"{self.service} {self.method} {self.path}"

    @cached_property
    def form(self) -> dict[str, str]:
        """The members of a query-protocol request (IAM, STS): of its query, and of its body if that is a form."""
        return self.query | self.body_form

    @cached_property
    def body_form(self) -> dict[str, str]:
        """The members of the body; empty when it is no form."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return {}
        found = parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in found.items()}

    @cached_property
    def members(self) -> dict[str, Any]:
        """The members of the request, in a form, in CBOR or in JSON."""
        if self.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return _cbor(self.body)
        return self.json or dict(self.form)

    @cached_property
    def document(self) -> Any:
        """The JSON of the body, an empty object where that is empty; parsed once.

        Raises:
            ValueError: the body is not JSON.
        """
        return json.loads(self.body or b"{}")

    @cached_property
    def json(self) -> dict[str, Any]:
        """The members of a JSON request; empty when the body is no JSON object."""
        try:
            value = self.document
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@functools.lru_cache(maxsize=1024)
def _rest_operation(
    service: str, method: str, sent_path: str, query: tuple[tuple[str, str], ...]
) -> RestOperation | None:
    """The operation of a REST service that a request looks like; clients ask for the same few again and again."""
    arguments = dict(query)
    rows = (row for model in botocore_services(service) for row in rest_operations(model))
    return next((row for row in rows if row.matches(method, sent_path, arguments)), None)


def _cbor(body: bytes) -> dict[str, Any]:
    try:
        from botocore.parsers import RpcV2CBORParser

        parser = RpcV2CBORParser()
        value = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    except Exception:  # a botocore that knows no CBOR, or no CBOR: what answers says so
        return {}
    return value if isinstance(value, dict) else {}


def read_request(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, *, sent_path: str = ""
) -> Request:
    """Read a request, and believe what it says of its signature.  ``headers`` have lower-case names.

    ``path`` is decoded; ``sent_path`` is not, where there is such a path.
    """
    arguments = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    signature = headers.get("authorization", "")
    if not signature and "X-Amz-Credential" in arguments:  # a presigned URL
        signature = f"Credential={arguments['X-Amz-Credential']}"
    found = _CREDENTIAL.search(unquote(signature))
    access_key, region, service = found.groups() if found else ("", "", "")
    if not service:
        service = _TARGETS.get(headers.get("x-amz-target", "").partition(".")[0], "")
    return Request(
        method, path, arguments, headers, body, service.lower(), region, access_key, sent_path or quote(path)
    )


def plain_request(  # noqa: PLR0917 - what an HTTP request is made of
    service: str, region: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> Request:
    """A request to a service, given by its signing name, without a signature; ``path`` is not encoded."""
    lower = {name.lower(): value for name, value in headers.items()}
    return Request(method, path, {}, lower, body, service, region, sent_path=quote(path))


def apparent_service(request: Request) -> str:
    """The signing name of the service that an unsigned request seems to be for; empty when its target is unknown."""
    if request.service or request.target:
        return request.service
    for model in _PERSONALIZE_MODELS:
        if any(row.matches(request.method, request.sent_path, request.query) for row in rest_operations(model)):
            return "personalize"
    if request.path.startswith(_LAMBDA_PATHS):
        return "lambda"
    is_form = FORM in request.headers.get("content-type", "").lower()
    return "sts" if "Action" in request.query or (is_form and request.path == "/") else "s3"
