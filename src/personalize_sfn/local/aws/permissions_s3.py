"""Which IAM actions an S3 request needs; S3's actions are named otherwise than its operations.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from personalize_sfn.local.aws.operations import rest_operations
from personalize_sfn.local.aws.permission import Permission
from personalize_sfn.local.aws.s3_requests import CONTROL_PATH, copy_source, keys_to_delete

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["s3_permissions"]

# Subresource in the query -> what follows Get, Put or Delete in the action's name.
_BUCKET_PARTS = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "AnalyticsConfiguration",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metrics": "MetricsConfiguration",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OBJECT_PARTS = {
    "acl": "ObjectAcl",
    "tagging": "ObjectTagging",
    "retention": "ObjectRetention",
    "attributes": "Object",
    "legal-hold": "ObjectLegalHold",
}
# Requests of an object that are named by another verb than their method.
_OBJECT_ACTIONS = {"select": "GetObject", "restore": "RestoreObject"}
_VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "POST": "Put", "DELETE": "Delete"}
# A Delete that needs the Put action: IAM has no Delete action of that name.
_DELETED_BY_PUT = (
    "BucketCORS",
    "BucketOwnershipControls",
    "BucketPublicAccessBlock",
    "BucketTagging",
    "EncryptionConfiguration",
    "LifecycleConfiguration",
    "ReplicationConfiguration",
)
_QUERY_KEYS = {"prefix": "prefix", "delimiter": "delimiter", "max-keys": "max-keys", "versionId": "VersionId"}


def s3_permissions(request: Request) -> list[Permission]:
    """The permissions that a path-style S3 request needs."""
    keys = _condition_keys(request)
    return [dataclasses.replace(each, context=keys) for each in _permissions(request)]


def _condition_keys(request: Request) -> dict[str, str | list[str]]:
    """What the request says of itself; a condition on a header that it lacks sees no key.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
    """
    headers = {f"s3:{name}": value for name, value in request.headers.items() if name.startswith("x-amz-")}
    queries = {f"s3:{key}": request.query[name] for name, key in _QUERY_KEYS.items() if name in request.query}
    signed_url = "X-Amz-Credential" in request.query
    return {
        **headers,
        **queries,
        "aws:RequestedRegion": request.region,
        "s3:authType": "REST-QUERY-STRING" if signed_url else "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:TlsVersion": "1.3",  # counts as encrypted: it never leaves the machine
    }


def _permissions(request: Request) -> list[Permission]:
    if request.path.startswith(CONTROL_PATH):
        rows = (
            row for row in rest_operations("s3control") if row.matches(request.method, request.sent_path, request.query)
        )
        return [Permission(f"s3:{row.operation}", "*") for row in rows][:1] or [Permission("s3:Unknown", "*")]
    bucket, _, key = request.path.removeprefix("/").partition("/")
    if not bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    arn = f"arn:aws:s3:::{bucket}"
    grants = any(name == "x-amz-acl" or name.startswith("x-amz-grant-") for name in request.headers)
    acl = request.method in ("PUT", "POST") and grants and "acl" not in request.query
    if not key:
        return [
            *_bucket_permissions(request, bucket, arn),
            *([Permission("s3:PutBucketAcl", arn, bucket=bucket)] if acl else []),
        ]
    found = [Permission(f"s3:{_object_action(request)}", f"{arn}/{key}", bucket=bucket)]
    if header := request.headers.get("x-amz-copy-source"):
        source, source_key, version = copy_source(header)
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        found.append(Permission(action, f"arn:aws:s3:::{source}/{source_key}", bucket=source))
    if acl:
        found.append(Permission("s3:PutObjectAcl", f"{arn}/{key}", bucket=bucket))
    if "x-amz-tagging" in request.headers:
        found.append(Permission("s3:PutObjectTagging", f"{arn}/{key}", bucket=bucket))
    return found


def _bucket_permissions(request: Request, bucket: str, arn: str) -> list[Permission]:
    verb = _VERBS.get(request.method, "Get")
    if request.method == "POST" and "delete" in request.query:
        return [
            Permission("s3:DeleteObjectVersion" if versioned else "s3:DeleteObject", f"{arn}/{key}", bucket=bucket)
            for key, versioned in keys_to_delete(request.body)
        ]
    if request.method == "POST":  # a form, whose key stands in its body
        return [Permission("s3:PutObject", f"{arn}/*", bucket=bucket)]
    for part, name in _BUCKET_PARTS.items():
        if part in request.query:
            if verb == "Delete" and name in _DELETED_BY_PUT:
                verb = "Put"
            return [Permission(f"s3:{verb}{name}", arn, bucket=bucket)]
    if "uploads" in request.query:
        return [Permission("s3:ListBucketMultipartUploads", arn, bucket=bucket)]
    if "versions" in request.query:
        return [Permission("s3:ListBucketVersions", arn, bucket=bucket)]
    if request.method in ("GET", "HEAD"):
        return [Permission("s3:ListBucket", arn, bucket=bucket)]
    return [Permission("s3:CreateBucket" if request.method == "PUT" else "s3:DeleteBucket", arn, bucket=bucket)]


def _object_action(request: Request) -> str:
    versioned = "Version" if "versionId" in request.query else ""
    for part, action in _OBJECT_ACTIONS.items():
        if request.method == "POST" and part in request.query:
            return action
    for part, name in _OBJECT_PARTS.items():
        if part in request.query:
            action = _VERBS[request.method] + name
            return action.replace("Object", f"Object{versioned}", 1)
    if "uploadId" in request.query:
        return {"GET": "ListMultipartUploadParts", "DELETE": "AbortMultipartUpload"}.get(request.method, "PutObject")
    if request.method in ("GET", "HEAD"):
        return f"GetObject{versioned}"
    return f"DeleteObject{versioned}" if request.method == "DELETE" else "PutObject"
