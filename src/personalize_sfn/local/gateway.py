"""The front door: one WSGI application that reads each request, asks IAM, and passes it to the service it is for."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import responses as http_responses
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from personalize_sfn.local import stepfunctions
from personalize_sfn.local.answers import Answer, RefusedError, json_answer, refusal, unsupported
from personalize_sfn.local.call import Call, read_call
from personalize_sfn.local.functions import Functions
from personalize_sfn.local.guard import Guard
from personalize_sfn.local.http import run_app
from personalize_sfn.local.iam import Decision, Principal
from personalize_sfn.local.plan import PLAN_PATH, plan_answer

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService

__all__ = ["Gateway"]

logger = logging.getLogger(__name__)
HEALTH_PATH = "/_personalize_sfn/health"


@dataclass(frozen=True, slots=True)
class _StepFunctionsContext:
    """What the Step Functions front needs of a request's surroundings."""

    account: str
    region: str
    guard: Guard
    forward: Callable[[dict[str, Any]], Answer]

    def authorize(self, role_arn: str, action: str, resource: str) -> Decision:
        return self.guard.ask(role_arn, action, resource)

    def role_trusts(self, role_arn: str, service: str) -> bool:
        return self.guard.iam.role_trusts(role_arn, service)


class Gateway:
    """Routes by the signature's service name, else by the target header.

    Args:
        backend: the WSGI application that answers for all services that are not ours.
        guard: authorises every request and keeps the record.
        functions: Lambda.
        personalize: gives the Personalize service, when it is loaded.
        interpreter: returns when the Step Functions interpreter is loaded.
        default_region: of requests that carry no signature.
        s3_changed: called after each request that may have changed something in S3, before its answer.
    """

    def __init__(
        self,
        backend: Any,
        guard: Guard,
        functions: Functions,
        *,
        personalize: Callable[[], PersonalizeService],
        interpreter: Callable[[], None],
        default_region: str,
        s3_changed: Callable[[], None] | None = None,
    ) -> None:
        self._backend = backend
        self._guard = guard
        self._functions = functions
        self._personalize = personalize
        self._interpreter = interpreter
        self._default_region = default_region
        self._s3_changed = s3_changed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, headers, body = self._answer(environ)
        start_response(f"{status} {http_responses.get(status, 'Status')}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        if path == HEALTH_PATH:
            return json_answer(200, {"status": "running", "pid": os.getpid(), "version": version("personalize-sfn")})
        if path == PLAN_PATH:
            return plan_answer(self._personalize, environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE", ""), body)
        headers = {
            name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name[:5] == "HTTP_"
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        call = read_call(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, body)
        call = call if call.region else call.in_region(self._default_region)
        try:
            who = self._guard.iam.principal(call.access_key)
            self._guard.check(call, who)
            return self._route(call, who, environ)
        except RefusedError as error:
            return refusal(call, error)
        except Exception:  # whatever breaks, the client gets an answer and the log the reason
            logger.exception("%s %s %s failed", call.service, call.operation, call.path)
            message = (
                f"The embedded AWS failed on {call.service or 'an unsigned request'} {call.operation}; see its log."
            )
            return refusal(call, RefusedError("InternalFailure", message, 500))

    def _route(self, call: Call, who: Principal, environ: dict[str, Any]) -> Answer:
        if call.service == "personalize":
            return self._personalize().handle(
                call.method, call.path, call.headers, call.body, who.account, call.region, who.arn
            )
        if call.service == "states":
            self._interpreter()
            context = _StepFunctionsContext(
                who.account,
                call.region,
                self._guard,
                lambda body: self._forward(call, environ, json.dumps(body).encode()),
            )
            return stepfunctions.handle(call.target, call.json, context)
        if call.service == "lambda":
            if call.operation in ("Invoke", "InvokeAsync"):
                return self._functions.invoke(call, who.account)
            self._functions.check(call)
        answer = self._forward(call, environ, call.body)
        if self._s3_changed is not None and call.service == "s3" and call.method not in ("GET", "HEAD"):
            self._s3_changed()
        return answer

    def _forward(self, call: Call, environ: Mapping[str, Any], body: bytes) -> Answer:
        """Let the backend answer, with this body.

        Raises:
            RefusedError: UnsupportedOperation: it does not know the service or the operation.
        """
        from personalize_sfn.local.dispatch import SERVICE, NotHereError

        inner = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), SERVICE: call.service}
        try:
            status, headers, answer = run_app(self._backend, inner)
        except NotHereError as error:
            raise unsupported(f"The embedded AWS does not have the service {call.service}: {error}.") from error
        except NotImplementedError as error:
            raise unsupported(f"The embedded AWS does not support {call.name}.") from error
        # No route of a service that has this one, or no method for it.
        if status.startswith("404") and (
            answer.startswith(b"<!doctype html>") or (not answer and call.service != "s3")
        ):
            raise unsupported(f"The embedded AWS does not support {call.name}.")
        return int(status.split()[0]), headers, answer
