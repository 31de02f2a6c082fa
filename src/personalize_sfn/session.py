"""Which AWS is talked to: the embedded one on this machine, or an account.

Money is safe: a session for the embedded AWS carries keys that only that knows and an explicit loopback endpoint on
every client, which botocore prefers to whatever the environment or a profile says; it refuses any other endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any, Literal

from personalize_sfn.arns import Arns
from personalize_sfn.botocore_sessions import local_boto_session
from personalize_sfn.errors import SessionError
from personalize_sfn.local_endpoint import require_loopback, running_local_endpoint, start_local
from personalize_sfn.state_folder import keys_of, local_data_dir

__all__ = ["LOCAL_REGION", "Session", "Target", "connect"]

Target = Literal["local", "aws"]
LOCAL_REGION = "us-east-1"


@dataclass(frozen=True, repr=False)
class Session:
    """Makes boto3 clients for one AWS.  Get one from :func:`connect`."""

    boto_session: Any
    """The ``boto3.Session`` behind it."""
    endpoint_url: str | None = None
    """Set for the embedded AWS only; then every client is bound to it."""
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.endpoint_url is not None:
            require_loopback(self.endpoint_url)

    def __repr__(self) -> str:
        """Where it leads, without asking AWS and without keys."""
        where = f"the embedded AWS at {self.endpoint_url}" if self.endpoint_url else "AWS"
        return f"<Session: {where}, region {self.boto_session.region_name}>"

    def _repr_html_(self) -> str:
        from personalize_sfn.display import table

        return table(("", ""), self._rows(), "The embedded AWS" if self.is_local else "AWS").html

    def _rows(self) -> list[tuple[str, str]]:
        """What is known without asking AWS."""
        account = [("account", self.identity["Account"])] if "identity" in self.__dict__ else []
        if self.is_local:
            kept = local_data_dir(self.endpoint_url)
            data = "in memory: gone when it stops" if kept is None else str(kept)
            return [("endpoint", str(self.endpoint_url)), *account, ("data", data), ("costs", "nothing")]
        profile = [("profile", self.boto_session.profile_name)]
        return [("region", self.region), *account, *profile, ("costs", "what is made here, until it is destroyed")]

    @property
    def is_local(self) -> bool:
        return self.endpoint_url is not None

    @property
    def region(self) -> str:
        return str(self.boto_session.region_name)

    def client(self, service: str) -> Any:
        """The boto3 client of ``service``; one is made for each service and kept (boto3's clients are thread-safe)."""
        if service not in self._clients:
            # Personalize's control plane takes a request a second per operation: the client finds that pace by itself.
            slow = service == "personalize" and not self.is_local
            retries = {"mode": "adaptive" if slow else "standard", "max_attempts": 10 if slow else 5}
            self._clients[service] = self.new_client(service, retries=retries)
        return self._clients[service]

    def new_client(self, service: str, **options: Any) -> Any:
        """A boto3 client of the caller's own, with ``options`` of botocore's ``Config`` such as ``read_timeout``."""
        from botocore.config import Config

        options["user_agent_extra"] = f"personalize-sfn/{version('personalize-sfn')}"
        if self.is_local:
            # Path style: bucket names are no host names on a loopback address. Proxies would leave this machine.
            # A body is not hashed for the signature: it crosses no network, and 100 MB take a quarter of a second.
            # TestState and StartSyncExecution would go to sync-127.0.0.1.
            options |= {"s3": {"addressing_style": "path", "payload_signing_enabled": False}, "proxies": {}}
            options["inject_host_prefix"] = False
        return self.boto_session.client(service, endpoint_url=self.endpoint_url, config=Config(**options))

    @cached_property
    def identity(self) -> dict[str, str]:
        """Answer of STS GetCallerIdentity: ``Account``, ``Arn``, ``UserId``.

        Raises:
            SessionError: there are no credentials, AWS refuses them, or it cannot be reached.
        """
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            return dict(self.client("sts").get_caller_identity())
        except HTTPClientError as error:
            where = "the embedded AWS" if self.is_local else "AWS"
            hint = "Is it still running?" if self.is_local else "Check the network, its proxy or the VPC's endpoints"
            raise SessionError(f"{where} cannot be reached: {error}. {hint}") from error
        except (BotoCoreError, ClientError) as error:
            raise SessionError(
                f"AWS does not know who you are: {error}. Sign in (aws sso login, or a profile), "
                "or use the embedded AWS: connect('local')"
            ) from error

    @property
    def account_id(self) -> str:
        return self.identity["Account"]

    @cached_property
    def arns(self) -> Arns:
        """Makes ARNs of this account and region."""
        return Arns(self.region, self.account_id, self.boto_session.get_partition_for_region(self.region))

    def banner(self) -> str:
        """One line that says where calls go."""
        if self.is_local:
            kept = local_data_dir(self.endpoint_url)
            data = "" if kept is None else f" · data in {kept}"
            return f"LOCAL · embedded AWS at {self.endpoint_url} · no account, no cost{data}"
        return (
            f"AWS · account {self.account_id} · region {self.region} · resources made here cost money until destroyed"
        )


def connect(
    target: Target = "local", *, profile: str | None = None, region: str | None = None, endpoint_url: str | None = None
) -> Session:
    """Connect to the embedded AWS (``"local"``, started when it does not run yet) or to an account (``"aws"``).

    Args:
        target: ``"local"`` or ``"aws"``.
        profile: AWS profile; only with ``"aws"``.
        region: AWS region.  Default: the profile's or environment's; us-east-1 for the embedded AWS.
        endpoint_url: a running embedded AWS; only with ``"local"``.

    Raises:
        SessionError: a wrong target, an endpoint that is not loopback, or no region.
        LocalAwsError: the embedded AWS cannot be started, or the user's key pair for it cannot be read.
    """
    import boto3

    if target == "local":
        if profile is not None:
            raise SessionError("profile goes with target 'aws': the embedded AWS never uses your credentials")
        endpoint_url = endpoint_url or running_local_endpoint() or start_local()
        require_loopback(endpoint_url)
        return Session(local_boto_session(region or LOCAL_REGION, keys_of(endpoint_url)), endpoint_url)
    if target != "aws":
        raise SessionError(f"target: expected 'local' or 'aws', got {target!r}")
    if endpoint_url is not None:
        raise SessionError("endpoint_url goes with target 'local'")
    from botocore.exceptions import ProfileNotFound

    try:
        boto_session = boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound as error:
        raise SessionError(
            f"{error}. Profiles are in ~/.aws/config; 'aws configure list-profiles' lists them"
        ) from error
    if boto_session.region_name is None:
        raise SessionError(
            "no AWS region is set: pass region= (--region), or set AWS_REGION, or a region in the profile"
        )
    return Session(boto_session)
