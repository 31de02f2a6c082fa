"""Tags go with their resource: the backend keeps some by ARN, and the next resource of that name would have them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, NamedTuple

__all__ = ["forget_tags_with_resources"]


class _Deletion(NamedTuple):
    backend: str
    method: str
    arn: Callable[[Any, str], str | None]
    """From the backend and what is deleted to its ARN; None where it is not there."""


def _bucket(backend: Any, name: str) -> str | None:
    return backend.buckets[name].arn if name in backend.buckets else None


def _log_group(backend: Any, name: str) -> str | None:
    return backend.groups[name].arn if name in backend.groups else None


#: By the name of moto's service.
_DELETIONS: dict[str, tuple[_Deletion, ...]] = {
    "s3": (_Deletion("S3Backend", "delete_bucket", _bucket),),
    "logs": (_Deletion("LogsBackend", "delete_log_group", _log_group),),
}


def forget_tags_with_resources(service: str) -> None:
    """Let deletions of moto's ``service`` delete the tags too; of services that do so themselves nothing is changed."""
    for deletion in _DELETIONS.get(service, ()):
        backend = getattr(import_module(f"moto.{service}.models"), deletion.backend)
        method = getattr(backend, deletion.method)
        if not hasattr(method, "__wrapped__"):
            setattr(backend, deletion.method, _with_tags(method, deletion.arn))


def _with_tags(delete: Callable[..., Any], arn_of: Callable[[Any, str], str | None]) -> Callable[..., Any]:
    @wraps(delete)
    def delete_with_tags(backend: Any, named: str) -> Any:
        arn = arn_of(backend, named)
        deleted = delete(backend, named)
        if arn is not None and arn_of(backend, named) is None:
            backend.tagger.delete_all_tags_for_resource(arn)
        return deleted

    return delete_with_tags
