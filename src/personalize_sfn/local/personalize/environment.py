"""What the service asks of the embedded AWS around it."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from personalize_sfn.local.aws.permission import Decision

#: The service principal that roles must trust and bucket policies must let in.
SERVICE_PRINCIPAL = "personalize.amazonaws.com"


class Environment(Protocol):
    """IAM, S3 and the clock, as the embedded AWS has them."""

    def now(self) -> float:
        """Epoch seconds."""
        ...

    def authorize(self, role_arn: str, action: str, resource: str) -> Decision:
        """May the role do ``action`` (``s3:GetObject``) on the resource, by its identity-based policies?"""
        ...

    def role_trusts(self, role_arn: str, service: str) -> bool:
        """Does the role exist, and may ``service`` assume it?"""
        ...

    def bucket_allows_service(self, bucket: str, action: str, resource: str, *, account: str, source_arn: str) -> bool:
        """Does the bucket exist, and does its policy let Personalize do ``action``, calling for ``source_arn``?"""
        ...

    def s3_list(self, role_arn: str, bucket: str, prefix: str) -> list[str]:
        """The keys under ``prefix``, in order; empty when there is none."""
        ...

    def s3_open(self, role_arn: str, bucket: str, key: str) -> BinaryIO:
        """The object's content, for the caller to close.  Raises KeyError when there is no such bucket or key."""
        ...

    def s3_put(self, role_arn: str, bucket: str, key: str, content: bytes, kms_key_arn: str | None = None) -> None:
        """Write an object, encrypted with the key, else as the bucket says.  Raises KeyError: no such bucket."""
        ...
