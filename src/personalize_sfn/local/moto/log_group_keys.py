"""AssociateKmsKey and DisassociateKmsKey, which moto lacks: it keeps the key that a log group was made with.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
"""

from __future__ import annotations

from typing import Any

__all__ = ["change_keys_of_log_groups"]


def change_keys_of_log_groups() -> None:
    """Let both operations change the key of a log group by its name."""
    from moto.logs.responses import LogsResponse

    def associate_kms_key(response: Any) -> str:
        _group(response).kms_key_id = response._get_param("kmsKeyId")
        return ""

    def disassociate_kms_key(response: Any) -> str:
        _group(response).kms_key_id = None
        return ""

    LogsResponse.associate_kms_key = associate_kms_key
    LogsResponse.disassociate_kms_key = disassociate_kms_key


def _group(response: Any) -> Any:
    from moto.logs.exceptions import ResourceNotFoundException

    name = response._get_param("logGroupName")
    if name is None:
        raise NotImplementedError("KMS keys of query results; a log group is named by logGroupName here")
    if name not in response.logs_backend.groups:
        raise ResourceNotFoundException
    return response.logs_backend.groups[name]
