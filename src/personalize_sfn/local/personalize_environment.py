"""What the Personalize service sees of the rest of the embedded AWS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from personalize_sfn.local.aws.authorizer import Authorizer
from personalize_sfn.local.aws.permission import Decision
from personalize_sfn.local.aws.s3_access import list_keys, open_object, service_effect, write_object
from personalize_sfn.local.clock import Clock

if TYPE_CHECKING:
    from personalize_sfn.local.personalize import PersonalizeService
    from personalize_sfn.local.personalize.controls.durations import Durations
    from personalize_sfn.local.personalize.persistence import DataDirectory

__all__ = ["PersonalizeEnvironment", "make_personalize"]

_PERSONALIZE = "personalize.amazonaws.com"


@dataclass(frozen=True)
class PersonalizeEnvironment:
    """IAM, S3 and the clock for the Personalize service."""

    authorizer: Authorizer
    account: str
    s3_section: Callable[[], AbstractContextManager[None]] = nullcontext
    """In which a job writes an object: what is not kept is not there."""
    clock: Clock = field(default_factory=Clock)

    def now(self) -> float:
        return self.clock.now()

    def authorize(self, role_arn: str, action: str, resource: str) -> Decision:
        return self.authorizer.decide(role_arn, action, resource)

    def role_trusts(self, role_arn: str, service: str) -> bool:
        return self.authorizer.iam.role_trusts(role_arn, service)

    def bucket_allows_service(self, bucket: str, action: str, resource: str, *, account: str, source_arn: str) -> bool:
        context = {"aws:SourceAccount": account, "aws:SourceArn": source_arn, "aws:SecureTransport": "true"}
        return (
            service_effect(
                _PERSONALIZE, account=account, bucket=bucket, action=action, resource=resource, context=context
            )
            == "allow"
        )

    def s3_list(self, role_arn: str, bucket: str, prefix: str) -> list[str]:  # noqa: ARG002 - authorize asked about the role
        return list_keys(self.account, bucket, prefix)

    def s3_open(self, role_arn: str, bucket: str, key: str) -> BinaryIO:  # noqa: ARG002 - authorize asked about the role
        return open_object(self.account, bucket, key)

    def s3_put(
        self,
        role_arn: str,  # noqa: ARG002 - as above
        bucket: str,
        key: str,
        content: bytes,
        kms_key_arn: str | None = None,
    ) -> None:
        with self.s3_section():
            write_object(self.account, bucket, key, content, kms_key_arn)


def make_personalize(
    environment: PersonalizeEnvironment, durations: Durations | None, directory: DataDirectory | None
) -> PersonalizeService:
    """The Personalize service in this embedded AWS; with a data directory it goes on with what that holds.

    Raises:
        LocalAwsError: the data directory holds something damaged.
    """
    from personalize_sfn.local.personalize import PersonalizeService

    if directory is None:
        return PersonalizeService(environment, durations=durations)
    from personalize_sfn.local.personalize.persistence import RecordPersistence

    return PersonalizeService(environment, durations=durations, persistence=RecordPersistence(directory))
