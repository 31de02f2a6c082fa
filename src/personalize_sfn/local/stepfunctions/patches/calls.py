"""The calls that task states make: with whose credentials, over which client, and what a Lambda call answers."""

from __future__ import annotations

import functools
import threading
import uuid
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_sfn.botocore_sessions import bare_botocore_session
from personalize_sfn.local.aws.iam import Keys
from personalize_sfn.local.stepfunctions.patches import Replace, everywhere, patch
from personalize_sfn.local.stepfunctions.patches.settings import current

__all__ = ["client_for", "forget_clients"]

# A task may run for days: its time limit is the state machine's business, not the socket's.
_NO_LIMIT_SECONDS = 10**8
# Using a client is thread-safe, making one is not.
_making_clients = threading.Lock()


def _assume_role(role_arn: str) -> Keys:
    setting = current().assume_role
    if setting is not None:
        try:
            return setting(role_arn)
        except ClientError as error:
            # Not an answer of a server, but the interpreter quotes its status and request id as if it were.
            metadata = error.response.setdefault("ResponseMetadata", {})  # type: ignore[typeddict-item]
            metadata.setdefault("HTTPStatusCode", 403)
            metadata.setdefault("RequestId", str(uuid.uuid4()))
            raise
    from moto.sts.models import sts_backends

    role = sts_backends[role_arn.split(":")[4]]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="states",
        role_arn=role_arn,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return Keys(access_key=role.access_key_id, secret_key=role.secret_access_key, session_token=role.session_token)


@functools.lru_cache(maxsize=512)
def client_for(endpoint_url: str, region: str, service: str, role_arn: str) -> Any:
    """A client of one role.  Clients are thread-safe and take up to 150 ms to make, so they are kept."""
    keys = _assume_role(role_arn)
    with _making_clients:
        client = _make_client(endpoint_url, region, service, keys)
    # The interpreter quotes the request's id in each error's cause, and dies of a KeyError where there is none.
    client.meta.events.register("after-call", _always_a_request_id)
    return client


@functools.cache
def _session() -> Any:
    """A session that knows nothing of the user's profiles and configuration files: every call stays here."""
    return bare_botocore_session()


def _make_client(endpoint_url: str, region: str, service: str, keys: Keys) -> Any:
    return _session().create_client(
        service_name=service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=_NO_LIMIT_SECONDS,
            max_pool_connections=64,
            s3={"addressing_style": "path"},
            proxies={},  # not those of the environment: payloads and keys stay on this machine
        ),
    )


def _always_a_request_id(parsed: dict[str, Any], **_: Any) -> None:
    parsed.setdefault("ResponseMetadata", {}).setdefault("RequestId", str(uuid.uuid4()))


def forget_clients() -> None:
    """Drop every client: after the local services were reset, their keys mean nothing."""
    client_for.cache_clear()


@patch
def calls_are_made_by_the_execution_role(replace: Replace) -> None:
    """Every call of the interpreter is signed with the constant key ``ak`` (``boto_client.py:22``), so that nobody
    can tell whether the state machine's role may make it; and each task makes a client of its own."""
    from moto.stepfunctions.parser.asl.utils import boto_client

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        if state_credentials is None:
            raise RuntimeError(f"a call to {service} names no role: the embedded AWS cannot say who makes it")
        return client_for(current().endpoint_url(), region, service, state_credentials.role_arn)

    everywhere(replace, "boto_client_for", boto_client.boto_client_for, boto_client_for)


@patch
def a_function_call_answers_as_aws_does(replace: Replace) -> None:
    """The result of ``lambda:invoke`` lacks SdkHttpMetadata and SdkResponseMetadata, which AWS adds
    (``lambda_eval_utils.py``), and its parameter InvocationType is dropped (``state_task_service_lambda.py:34``)."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_lambda

    parameters = state_task_service_lambda._SUPPORTED_API_PARAM_BINDINGS["invoke"] | {"InvocationType"}
    invoke = lambda_eval_utils._invoke_lambda_function
    select = lambda_eval_utils.select_from_typed_dict
    kept = ("SdkHttpMetadata", "SdkResponseMetadata")

    def with_metadata(parameters: dict[str, Any], region: str, state_credentials: Any) -> Any:
        response = invoke(parameters, region, state_credentials)
        metadata = response["ResponseMetadata"]
        headers = {str(key): str(value) for key, value in metadata["HTTPHeaders"].items()}
        response["SdkHttpMetadata"] = {
            "AllHttpHeaders": {key: [value] for key, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata["HTTPStatusCode"],
        }
        response["SdkResponseMetadata"] = {"RequestId": metadata.get("RequestId", "")}
        return response

    def selected(typed_dict: Any, obj: Any, filter: bool = False) -> Any:  # noqa: A002 - moto's name
        return select(typed_dict, obj, filter) | {key: obj[key] for key in kept if key in obj}

    replace(state_task_service_lambda, "_SUPPORTED_API_PARAM_BINDINGS", {"invoke": parameters})
    replace(lambda_eval_utils, "_invoke_lambda_function", with_metadata)
    replace(lambda_eval_utils, "select_from_typed_dict", selected)
