"""Where moto's S3 answers otherwise than AWS does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request
    from personalize_sfn.local.aws.responses import Response

__all__ = ["as_s3_answers"]


def as_s3_answers(request: Request, account: str, answer: Response) -> Response:
    """The answer as AWS gives it."""
    status, headers, body = answer
    if status != 200 or request.path.strip("/").count("/"):
        return answer
    if request.method == "PUT" and "policy" in request.query:  # recorded of AWS; the service model does not say it
        return 204, [(name, value) for name, value in headers if not name.lower().startswith("content-")], b""
    if request.method == "GET" and "notification" in request.query and _notifies_event_bridge(request, account):
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        root, element = b"NotificationConfiguration", b"<EventBridgeConfiguration></EventBridgeConfiguration>"
        body = body.replace(b"GetBucketNotificationConfigurationResponse", root)
        body = body.replace(b"<%s/>" % root, b"<%s></%s>" % (root, root))
        return status, kept, body.replace(b"</%s>" % root, b"%s</%s>" % (element, root))
    return answer


def _notifies_event_bridge(request: Request, account: str) -> bool:
    from moto.s3.models import s3_backends

    bucket = s3_backends[account]["aws"].buckets.get(request.path.strip("/"))
    configuration = bucket.notification_configuration if bucket is not None else None
    return configuration is not None and configuration.event_bridge is not None
