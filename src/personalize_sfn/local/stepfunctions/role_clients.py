"""The clients that tasks call with: each signs with the credentials of the state machine's role.

So IAM decides about every call as it does on AWS, at the front door.
"""

from __future__ import annotations

import functools
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_sfn.botocore_sessions import bare_botocore_session
from personalize_sfn.local.aws.iam import Keys

__all__ = ["AssumeRole", "RoleClients"]

AssumeRole = Callable[[str], Keys]
"""Credentials of a role as ``states.amazonaws.com`` gets them, given the role's ARN; raises ``ClientError`` when the
role does not exist or does not trust Step Functions."""

# A task may run for days: its time limit is the state machine's business, not the socket's.
_NO_LIMIT_SECONDS = 10**8
#: Whether a role may still assume another one is asked again after so long.
_ASSUMED_SECONDS = 60.0
# Using a client is thread-safe, making one is not.
_making_clients = threading.Lock()


@functools.cache
def _session() -> Any:
    """A session that knows nothing of the user's profiles and configuration files: every call stays here."""
    return bare_botocore_session()


class RoleClients:
    """Clients by region, service and role; they are thread-safe and take up to 150 ms to make, so they are kept.

    Args:
        endpoint_url: where calls go; asked when a client is made.
        assume_role: as :data:`AssumeRole` says.
        clock: seconds, for how long a role stays assumed by another.
    """

    def __init__(
        self, endpoint_url: Callable[[], str], assume_role: AssumeRole, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._endpoint_url = endpoint_url
        self._assume_role = assume_role
        self._clock = clock
        self._clients: dict[tuple[str, str, str, str], tuple[Any, float]] = {}
        """With each, when it was made."""

    def client(self, region: str, service: str, role_arn: str, through: str = "") -> Any:
        """A client of ``role_arn``, or of the role ``through``, which the former may assume.

        Raises:
            ClientError: a role cannot be assumed.
        """
        key = (region, service, role_arn, through)
        known, made = self._clients.get(key, (None, 0.0))
        if known is None or (through and self._clock() - made > _ASSUMED_SECONDS):
            keys = self._keys(region, role_arn, through)
            with _making_clients:
                known = self._make(region, service, keys)
            # An error's cause quotes the request's id, whether or not there is one.
            known.meta.events.register("after-call", _always_a_request_id)
            self._clients[key] = known, self._clock()
        return known

    def _keys(self, region: str, role_arn: str, through: str) -> Keys:
        if through:
            sts = self.client(region, "sts", role_arn)
            given = sts.assume_role(RoleArn=through, RoleSessionName="stepfunctions")["Credentials"]
            return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        try:
            return self._assume_role(role_arn)
        except ClientError as error:
            # Not an answer of a server, but causes quote its status and request id as if it were.
            metadata = error.response.setdefault("ResponseMetadata", {})  # type: ignore[typeddict-item]
            metadata.setdefault("HTTPStatusCode", 403)
            metadata.setdefault("RequestId", str(uuid.uuid4()))
            raise

    def _make(self, region: str, service: str, keys: Keys) -> Any:
        return _session().create_client(
            service_name=service,
            region_name=region,
            endpoint_url=self._endpoint_url(),
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.session_token,
            config=Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1},
                connect_timeout=5,
                read_timeout=_NO_LIMIT_SECONDS,
                max_pool_connections=256,
                inject_host_prefix=False,
                s3={"addressing_style": "path"},
                proxies={},  # not those of the environment: payloads and keys stay on this machine
            ),
        )


def _always_a_request_id(parsed: dict[str, Any], **_: Any) -> None:
    parsed.setdefault("ResponseMetadata", {}).setdefault("RequestId", str(uuid.uuid4()))
