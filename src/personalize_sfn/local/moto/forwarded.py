"""What of a request reaches the backend: what it was judged by, and nothing else that the backend would listen to.

moto looks for the operation and its members in the query, in the body as a form, in JSON and even in the headers, in
its own order.  AWS looks where the protocol of the service says.  A request that names one thing here and another one
there must not be judged by the first and carried out by the second.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from personalize_sfn.local.aws.operations import protocols_of
from personalize_sfn.local.aws.protocols import protocol_of
from personalize_sfn.local.aws.request import FORM
from personalize_sfn.local.aws.responses import AwsError
from personalize_sfn.local.aws.s3_requests import check_s3_request, copy_source

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["NO_FORM", "OPERATION", "check_unambiguous", "execute_what_was_judged", "for_backend", "unzipped"]

OPERATION = "personalize_sfn.operation"
"""Key of the WSGI environment under which the gateway says which operation was judged."""
NO_FORM = "personalize_sfn.no_form"
"""Key of the WSGI environment: the body is no form, whatever type the object has that it holds."""
QUERY_ONLY = "personalize_sfn.query_only"
"""Key of the WSGI environment: body and headers are no members; moto takes them for such if there is no query."""
_FORMS = (FORM, "multipart/form-data")
# Services whose names in a path are judged one by one, and hold no slash but in an ARN.
_READ_BY_PARTS = ("lambda", "scheduler")


def check_unambiguous(request: Request, query: str) -> None:
    """Refuse a request that says two things where it must say one; ``query``: as it was sent.

    Raises:
        AwsError: HTTP 400.
    """
    if request.service in _READ_BY_PARTS:
        parts = [unquote(part) for part in request.sent_path.split("/")]
        if any(("/" in part or "%" in part) and not part.startswith("arn:") for part in parts):
            raise AwsError("ValidationException", f"{request.path!r}: expected names without '/' and '%'.", 400)
    if request.service == "s3":
        check_s3_request(request, query)
    if request.service == "s3" or request.is_rest:
        return
    named = request.named_operations
    if len(named) > 1:
        text = f"Expected one operation, got {', '.join(named)} (header X-Amz-Target, query and body of the request)."
        raise AwsError("InvalidAction", text, 400)
    twice = sorted(
        name
        for name in request.query.keys() & request.body_form.keys()
        if request.query[name] != request.body_form[name]
    )
    if twice and _is_form(request):
        text = f"{', '.join(twice)}: expected one value each, got another one in the query than in the body."
        raise AwsError("InvalidParameterCombination", text, 400)


def _is_form(request: Request) -> bool:
    return protocol_of(request) in ("query", "ec2") and not protocols_of(request.service).isdisjoint(("query", "ec2"))


def for_backend(request: Request, environ: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The WSGI environment with which the backend answers this request, with this body."""
    inner = {key: value for key, value in environ.items() if not key.startswith("HTTP_X_MOTO_")}
    inner.pop("HTTP_TRANSFER_ENCODING", None)
    inner[OPERATION] = request.operation
    if request.service == "s3":
        is_form = request.method == "POST" and "delete" not in request.query
        inner |= {
            NO_FORM: not is_form,
            "PATH_INFO": _wsgi(request.path),
            "RAW_URI": request.sent_path,
            "REQUEST_URI": request.sent_path,
        }
        if source := request.headers.get("x-amz-copy-source"):
            inner["HTTP_X_AMZ_COPY_SOURCE"] = _copy_source(source)
        inner["HTTP_HOST"] = f"localhost:{environ.get('SERVER_PORT', '80')}"  # the bucket is in the path by now
    elif request.operation and _is_form(request):
        body = urlencode(request.form).encode()
        inner |= {"QUERY_STRING": "", "CONTENT_TYPE": FORM, "REQUEST_METHOD": "POST"}
    elif request.operation:
        inner |= {QUERY_ONLY: True, "QUERY_STRING": _query(request, environ)}
        if str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() in _FORMS:
            inner["CONTENT_TYPE"] = "application/octet-stream"
    return inner | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def _copy_source(header: str) -> str:
    bucket, key, version = copy_source(header)
    return f"/{quote(f'{bucket}/{key}')}" + (f"?versionId={quote(version)}" if version else "")


def _query(request: Request, environ: Mapping[str, Any]) -> str:
    """Of a REST operation what it reads, of another one nothing."""
    if not request.is_rest:
        return ""
    pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    known = request.rest_query
    if known is None or all(name in known for name, _ in pairs):
        return str(environ.get("QUERY_STRING", ""))
    return urlencode([(name, value) for name, value in pairs if name in known])


def _wsgi(path: str) -> str:
    return path.encode(errors="surrogateescape").decode("latin-1")


def unzipped(body: bytes, limit: int) -> bytes:
    """The body of a request that its client has compressed, as botocore does with long ones.

    Raises:
        AwsError: HTTP 400 or 413: it is no gzip, or longer than ``limit``.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as source:
            whole = source.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise AwsError("SerializationException", "Content-Encoding: expected a body in gzip.", 400) from error
    if len(whole) > limit:
        raise AwsError("RequestEntityTooLarge", f"The request must not be larger than {limit} bytes", 413)
    return whole


def execute_what_was_judged() -> None:
    """moto executes the operation that IAM was asked about, in the region that was signed for."""
    from moto.core.responses import BaseResponse

    if hasattr(BaseResponse._get_action, "original"):
        return
    original, original_region = BaseResponse._get_action, BaseResponse.get_region_from_url
    original_setup = BaseResponse.setup_class

    def action(response: Any) -> Any:
        judged = response.normalized_request.environ.get(OPERATION)
        if not judged:
            return original(response)
        response._get_action_from_method_and_request_uri(response.normalized_request)  # reads the path's members
        return judged

    def region(response: Any, request: Any, full_url: str) -> Any:
        parts = request.headers.get("Authorization", "").split(",")[0].split("/")
        return parts[2] if len(parts) > 2 else original_region(response, request, full_url)

    def setup(response: Any, request: Any, *arguments: Any, **more: Any) -> None:
        original_setup(response, request, *arguments, **more)
        environ = request.environ
        if environ.get(QUERY_ONLY) and not environ.get("QUERY_STRING"):
            response.querystring = response.data = {}

    action.original = original  # type: ignore[attr-defined]
    BaseResponse._get_action = action
    BaseResponse.get_region_from_url = region
    BaseResponse.setup_class = setup
