"""The front door: one WSGI application that reads each request, asks IAM, and passes it to the service it is for."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from http.client import responses as http_responses
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from personalize_sfn.errors import LocalAwsError
from personalize_sfn.local.aws import session_tokens
from personalize_sfn.local.aws.authorizer import Authorizer
from personalize_sfn.local.aws.iam import Principal, Secret
from personalize_sfn.local.aws.protocols import protocol_of
from personalize_sfn.local.aws.request import Request, apparent_service, read_request
from personalize_sfn.local.aws.responses import AwsError, Response, json_answer, refusal, unsupported
from personalize_sfn.local.aws.s3_requests import check_no_browser_form, path_style
from personalize_sfn.local.control_api import CLOCK_PATH, PLAN_PATH, clock_answer, plan_answer
from personalize_sfn.local.history_page import HISTORY_PATH, history_answer
from personalize_sfn.local.http import aws_chunked
from personalize_sfn.local.http.address import check_address
from personalize_sfn.local.http.authentication import Authentication, form_of
from personalize_sfn.local.http.bodies import MIB, body_limit
from personalize_sfn.local.http.s3_checksums import check_body
from personalize_sfn.local.http.server import SENT, run_app
from personalize_sfn.local.http.signature import UNSIGNED_PAYLOAD, Sent
from personalize_sfn.local.lambda_.api import Functions
from personalize_sfn.local.moto.forwarded import check_unambiguous, for_backend, unzipped
from personalize_sfn.local.moto.outside import check_stays_here
from personalize_sfn.local.moto.persistent_backends import changes_kept_resources
from personalize_sfn.local.moto.s3_corrections import as_s3_answers
from personalize_sfn.local.schedules.expressions import check_schedule
from personalize_sfn.local.schedules.inert import Inert
from personalize_sfn.local.schedules.targets import target_exists
from personalize_sfn.state_folder import HEALTH_PATH, LocalKeys, history_proof, proof

if TYPE_CHECKING:
    from personalize_sfn.local.advanced_clock import AdvancedClock
    from personalize_sfn.local.personalize import PersonalizeService
    from personalize_sfn.local.stepfunctions import StepFunctionsService

__all__ = ["Gateway"]

logger = logging.getLogger(__name__)
OWN_PATHS = "/_personalize_sfn/"


@dataclass(frozen=True, slots=True)
class _ScheduleTargets:
    """What a schedule may name."""

    authorizer: Authorizer
    account: str
    states: Callable[[], StepFunctionsService]

    def role_trusts(self, role_arn: str, service: str) -> bool:
        return self.authorizer.iam.role_trusts(role_arn, service)

    def exists(self, arn: str) -> bool:
        return target_exists(arn, self.account, lambda machine: self.states().machine(machine) is not None)


class Gateway:
    """Routes by the signature's service name, else by the target header.

    Args:
        backend: the WSGI application that answers for all services that are not ours.
        authorizer: authorises every request and keeps the record.
        functions: Lambda.
        personalize: gives the Personalize service, when it is loaded.
        states: gives Step Functions, when it is loaded.
        default_region: of requests that carry no signature.
        owner: the key pair of the account's owner.
        hosts: names, besides those of loopback, that requests may be sent to.
        any_key: take any access key, and requests without one; signatures are not looked at.
        inert: what is refused, or taken and listed, because nothing comes of it here.
        s3_section: in which each request is answered that may change something in S3, so that it is kept or undone.
        kept_section: the same for each that may change IAM, Lambda or Logs.
        clock: of Step Functions and Personalize; what asks for it finds nothing without it.
    """

    def __init__(
        self,
        backend: Any,
        authorizer: Authorizer,
        functions: Functions,
        *,
        personalize: Callable[[], PersonalizeService],
        states: Callable[[], StepFunctionsService],
        default_region: str,
        inert: Inert,
        owner: LocalKeys,
        hosts: frozenset[str] = frozenset(),
        any_key: bool = False,
        s3_section: Callable[[], AbstractContextManager[None]] | None = None,
        kept_section: Callable[[Request], AbstractContextManager[None]] | None = None,
        clock: AdvancedClock | None = None,
    ) -> None:
        self._backend = backend
        self._authorizer = authorizer
        self._functions = functions
        self._personalize = personalize
        self._states = states
        self._default_region = default_region
        self._owner = owner
        self._hosts = hosts
        self._any_key = any_key
        self._authentication = Authentication(self._secret_of, default_region)
        self._inert = inert
        self._s3_section = s3_section
        self._kept_section = kept_section
        self._clock = clock

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, headers, body = self._answer(environ)
        start_response(f"{status} {http_responses.get(status, 'Status')}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Response:
        sent: Sent = environ[SENT]
        read = environ["wsgi.input"].read_body
        request = _head(environ)
        try:
            check_address(sent, self._hosts)
            if request.path.startswith(OWN_PATHS):
                return self._own(request.path, sent, read)
            if request.path.lower().lstrip("/").partition("/")[0] == "moto-api":
                raise AwsError("AccessDenied", "The backend's own interface is closed: restart to forget all.", 403)
            caller = None
            if self._any_key:
                request = replace(request, region=request.region or self._default_region)
            else:
                check_no_browser_form(request.method, request.headers["content-type"])
                caller = self._authentication.begin(sent, form_of(request.service, protocol_of(request)))
                region = caller.region or self._default_region
                request = replace(request, service=caller.service, region=region, access_key=caller.access_key)
                environ["HTTP_AUTHORIZATION"] = caller.scope  # the backend routes by what was verified
            body = read(body_limit(request.service, sent), request.service)
            if caller is not None:
                self._authentication.finish(sent, caller, body)
            request = self._with_body(request, environ, sent, body)
            check_unambiguous(request, sent.query)
            who = self._authorizer.iam.principal(request.access_key)
            self._authorizer.authorize(request, who)
            targets = _ScheduleTargets(self._authorizer, who.account, self._states)
            check_schedule(request, targets, dt.datetime.now(dt.UTC))
            inert = self._inert.check(request)
            answer = self._route(request, who, environ)
            if inert is not None and answer[0] < 400:
                self._inert.took(inert)
            return answer
        except AwsError as error:
            return refusal(request, error)
        except RecursionError:
            text = "The request is nested too deeply: expected at most some hundred levels."
            return refusal(request, AwsError("SerializationException", text, 400))
        except Exception:  # whatever breaks, the client gets an answer and the log the reason
            logger.exception("%s %s %s failed", request.service, request.operation, request.path)
            asked = f"{request.service or 'an unsigned request'} {request.operation}"
            message = f"The embedded AWS failed on {asked}; see its log."
            return refusal(request, AwsError("InternalFailure", message, 500))

    @staticmethod
    def _with_body(request: Request, environ: dict[str, Any], sent: Sent, body: bytes) -> Request:
        """With what the body holds, out of S3's chunks or gzip; the backend finds it plain."""
        if request.service == "s3":
            request = path_style(request)
            if request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
                body, trailers = aws_chunked.decoded(body, request.headers)
                environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in trailers.items()}
                environ["HTTP_X_AMZ_CONTENT_SHA256"] = UNSIGNED_PAYLOAD
            check_body(replace(request, body=body))
        elif environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() == "gzip":
            body = unzipped(body, body_limit(request.service, sent))
            del environ["HTTP_CONTENT_ENCODING"]
        return replace(request, body=body)

    def _secret_of(self, access_key: str) -> Secret | None:
        if access_key == self._owner.access_key_id:
            return Secret(self._owner.secret_access_key)
        return self._authorizer.iam.secret_of(access_key)

    def _own(self, path: str, sent: Sent, read: Callable[[int, str], bytes]) -> Response:
        """What is asked of the front door itself."""
        if path == HEALTH_PATH:
            return json_answer(200, self._health(sent))
        if path not in (CLOCK_PATH, PLAN_PATH, HISTORY_PATH):
            return json_answer(404, {"error": f"expected {CLOCK_PATH}, {HEALTH_PATH}, {HISTORY_PATH} or {PLAN_PATH}"})
        taken = [f"Bearer {self._owner.secret_access_key}"]
        if path == HISTORY_PATH:
            taken.append(f"Proof {history_proof(self._owner, sent.query)}")
        given = sent.first("authorization").strip().encode("latin-1", "replace")
        if not (self._any_key or any(hmac.compare_digest(given, each.encode()) for each in taken)):
            text = (
                "expected the header 'Authorization: Bearer <secret access key>'; 'personalize-sfn local env' prints "
                "the key, 'personalize-sfn local start --open' asks for none"
            )
            return json_answer(401, {"error": text}, [("WWW-Authenticate", "Bearer")])
        if path == HISTORY_PATH:
            return history_answer(self._personalize, sent.method, sent.query)
        if path == CLOCK_PATH and self._clock is not None:
            return clock_answer(self._clock, sent.method, sent.first("content-type"), read(MIB, "json"))
        return plan_answer(self._personalize, sent.method, sent.first("content-type"), read(MIB, "json"))

    def _health(self, sent: Sent) -> dict[str, Any]:
        """That it runs and, to who sends a nonce, that it is this user's: only that user's programs know the key."""
        health = {"status": "running", "pid": os.getpid(), "version": version("personalize-sfn")}
        nonce = dict(sent.query_pairs()).get("nonce")
        return health | ({"proof": proof(self._owner, nonce)} if nonce else {})

    def _route(self, request: Request, who: Principal, environ: dict[str, Any]) -> Response:
        if request.service == "personalize":
            return self._personalize().handle(request, who)
        if request.service == "servicequotas":
            from personalize_sfn.local.personalize import service_quotas

            if service_quotas.about_personalize(request):
                return service_quotas.answer(request, self._personalize().quotas, who.account)
        if request.service == "states":
            return self._states().handle(request.target, request.json, who.account, request.region)
        if request.service == "lambda":
            if request.operation in ("Invoke", "InvokeAsync"):
                return self._functions.invoke(request, who.account)
            self._functions.check(request, who.account)
        if request.service == "sts" and request.operation in session_tokens.OPERATIONS:
            session_tokens.check_caller(request, self._authorizer.iam)
            return session_tokens.with_own_keys(
                self._forward(request, environ, request.body), request, who, self._authorizer.iam
            )
        check_stays_here(request)
        if self._kept_section is not None and changes_kept_resources(request):
            with self._kept_section(request):
                return self._forward(request, environ, request.body)
        if request.service != "s3":
            return self._forward(request, environ, request.body)
        return as_s3_answers(request, who.account, self._s3(request, environ))

    def _s3(self, request: Request, environ: dict[str, Any]) -> Response:
        if self._s3_section is None or request.method in ("GET", "HEAD"):
            return self._forward(request, environ, request.body)
        try:
            with self._s3_section():
                return self._forward(request, environ, request.body)
        except LocalAwsError as error:
            raise AwsError("InternalError", f"{error}. Nothing was changed.", 500) from error

    def _forward(self, request: Request, environ: Mapping[str, Any], body: bytes) -> Response:
        """Let the backend answer, with this body.

        Raises:
            AwsError: UnsupportedOperation: it does not know the service or the operation.
        """
        from personalize_sfn.local.moto.dispatch import SERVICE, NotHereError

        inner = {**for_backend(request, environ, body), SERVICE: request.service}
        try:
            status, headers, answer = run_app(self._backend, inner)
        except NotHereError as error:
            raise unsupported(f"The embedded AWS does not have the service {request.service}: {error}.") from error
        except NotImplementedError as error:
            raise unsupported(f"The embedded AWS does not support {request.name}.") from error
        # No route of a service that has this one, or no method for it.
        if status.startswith("404") and (
            answer.startswith(b"<!doctype html>") or (not answer and request.service != "s3")
        ):
            raise unsupported(f"The embedded AWS does not support {request.name}.")
        return int(status.split()[0]), headers, answer


def _head(environ: Mapping[str, Any]) -> Request:
    """The request without its body, as far as it says itself what it is: decides the form of a refusal."""
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name[:5] == "HTTP_"}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    sent: Sent = environ[SENT]
    request = read_request(
        environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, b"", sent_path=sent.path
    )
    return replace(request, service=apparent_service(request))
