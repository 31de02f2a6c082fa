"""What S3 and Step Functions ask KMS for, in the name of a caller or a role, when a key of the user's encrypts.

Nothing is encrypted here.  A key's own policy is taken to be the default one, which leaves it to IAM's policies:
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
Aliases of keys are not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from personalize_sfn.local.aws.permission import Permission
from personalize_sfn.local.aws.s3_access import key_arn, key_of_bucket, key_of_object

if TYPE_CHECKING:
    from personalize_sfn.local.aws.request import Request

__all__ = ["s3_key_permissions", "states_key_permissions"]

_READS = ("s3:GetObject", "s3:GetObjectVersion")
_SENT_KEY = "x-amz-server-side-encryption-aws-kms-key-id"

# https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
_BY_CALLER = {
    "CreateStateMachine": ("kms:DescribeKey", "kms:GenerateDataKey"),
    "UpdateStateMachine": ("kms:DescribeKey", "kms:GenerateDataKey"),
    "DescribeStateMachine": ("kms:Decrypt",),
    "DescribeStateMachineForExecution": ("kms:Decrypt",),
    "DescribeExecution": ("kms:Decrypt",),
    "GetExecutionHistory": ("kms:Decrypt",),
}
_BY_ROLE = {"StartExecution": ("kms:Decrypt", "kms:GenerateDataKey"), "StopExecution": ("kms:Decrypt",)}
_CONTEXT = "kms:EncryptionContext:aws:states:stateMachineArn"


def s3_key_permissions(
    account: str, action: str, resource: str, headers: Mapping[str, str] | None = None, *, in_parts: bool = False
) -> list[Permission]:
    """What reading or writing that object needs of the key that encrypts it.

    Args:
        account: the bucket's.
        action: S3's.
        resource: ARN of an object, or of objects by a pattern: then what the bucket's key needs.
        headers: of the request, which may name a key.
        in_parts: of an upload in parts, whose parts S3 reads again.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
    if action in _READS:
        read = key_of_object(account, bucket, key)
        return [] if read is None else [Permission("kms:Decrypt", read)]
    if action != "s3:PutObject":
        return []
    written = key_arn((headers or {}).get(_SENT_KEY)) or key_of_bucket(account, bucket)
    if written is None or (headers or {}).get("x-amz-server-side-encryption") == "AES256":
        return []
    needed = ("kms:Decrypt", "kms:GenerateDataKey") if in_parts else ("kms:GenerateDataKey",)
    return [Permission(each, written) for each in needed]


def states_key_permissions(
    request: Request, account: str, machine: Callable[[str], tuple[Mapping[str, Any], str]]
) -> tuple[list[Permission], str, list[Permission]]:
    """What a request to Step Functions needs of its machine's key: of the caller; the machine's role, and of that.

    ``machine`` gives the encryption configuration and the role of the machine of an ARN, empty for none.
    """
    members, operation = request.json, request.operation
    if operation not in _BY_CALLER and operation not in _BY_ROLE:
        return [], "", []
    arn = str(members.get("stateMachineArn") or _machine_of(str(members.get("executionArn", ""))))
    if operation == "CreateStateMachine":
        arn = f"arn:aws:states:{request.region}:{account}:stateMachine:{members.get('name', '')}"
    encryption, role = machine(arn)
    sent = members.get("encryptionConfiguration")
    key = _key_of(sent if sent is not None else encryption)
    if key is None or members.get("includedData") == "METADATA_ONLY":
        return [], "", []
    of_caller = [Permission(each, key, {_CONTEXT: arn}) for each in _BY_CALLER.get(operation, ())]
    of_role = [Permission(each, key, {_CONTEXT: arn}) for each in _BY_ROLE.get(operation, ())]
    return of_caller, role, of_role


def _key_of(encryption: Any) -> str | None:
    return key_arn(encryption.get("kmsKeyId")) if isinstance(encryption, Mapping) else None


def _machine_of(execution_arn: str) -> str:
    return execution_arn.rpartition(":")[0].replace(":execution:", ":stateMachine:", 1)
