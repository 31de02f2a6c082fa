"""ARNs of an account and region, made in one place.

Shipped in each function's zip; imports only the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Arn(NamedTuple):
    """The parts of an ARN: ``arn:partition:service:region:account_id:resource``."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    @property
    def name(self) -> str:
        """The last segment: ``movies`` of ``campaign/movies``."""
        return self.resource.replace(":", "/").rsplit("/", 1)[-1]


def parse(arn: str) -> Arn:
    """Split ``arn``.

    Raises:
        ValueError: it is not an ARN.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise ValueError(
            f"expected an ARN such as arn:aws:personalize:us-east-1:111122223333:campaign/movies, got {arn!r}"
        )
    return Arn(*parts[1:])


@dataclass(frozen=True, slots=True)
class Arns:
    """Makes the ARNs of one account and region.

    >>> Arns("us-east-1", "111122223333").personalize("campaign/movies")
    'arn:aws:personalize:us-east-1:111122223333:campaign/movies'
    """

    region: str
    account_id: str
    partition: str = "aws"

    @classmethod
    def like(cls, arn: str) -> Arns:
        """The maker of ARNs in the same partition, region and account as ``arn``."""
        parts = parse(arn)
        return cls(parts.region, parts.account_id, parts.partition)

    def _arn(self, service: str, resource: str, *, region: str | None = None, account_id: str | None = None) -> str:
        region = self.region if region is None else region
        account_id = self.account_id if account_id is None else account_id
        return f"arn:{self.partition}:{service}:{region}:{account_id}:{resource}"

    def personalize(self, path: str) -> str:
        return self._arn("personalize", path)

    def recipe(self, name: str) -> str:
        """Recipes belong to the service: no region, no account."""
        return self._arn("personalize", f"recipe/{name}", region="", account_id="")

    def function(self, name: str) -> str:
        return self._arn("lambda", f"function:{name}")

    def state_machine(self, name: str) -> str:
        return self._arn("states", f"stateMachine:{name}")

    def execution(self, state_machine: str, name: str = "*") -> str:
        return self._arn("states", f"execution:{state_machine}:{name}")

    def events_rule(self, name: str) -> str:
        return self._arn("events", f"rule/{name}")

    def log_group(self, name: str) -> str:
        return self._arn("logs", f"log-group:{name}")

    def role(self, name: str, path: str = "/") -> str:
        return self._arn("iam", f"role{path}{name}", region="")

    def bucket(self, name: str, key: str = "") -> str:
        return self._arn("s3", f"{name}/{key}" if key else name, region="", account_id="")
