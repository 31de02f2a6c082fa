"""DeletePolicy refuses as AWS does, which moto does not: a role would keep a policy that is no longer there.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
"""

from __future__ import annotations

from functools import wraps
from itertools import chain
from typing import Any

__all__ = ["refuse_to_delete_policies_in_use"]


def refuse_to_delete_policies_in_use() -> None:
    """Let DeletePolicy answer DeleteConflict for a policy that is attached, or has versions beside the default."""
    from moto.iam.exceptions import DeleteConflictException
    from moto.iam.models import IAMBackend

    delete = IAMBackend.delete_policy
    if hasattr(delete, "__wrapped__"):
        return

    @wraps(delete)
    def delete_policy(backend: Any, policy_arn: str) -> None:
        policy = backend.get_policy(policy_arn)
        entities = chain(backend.roles.values(), backend.groups.values(), backend.users.values())
        if any(policy.arn in entity.managed_policies for entity in entities):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflictException(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy."
            )
        delete(backend, policy_arn)

    IAMBackend.delete_policy = delete_policy
