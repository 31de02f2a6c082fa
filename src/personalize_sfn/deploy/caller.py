"""What the person or the job that deploys, runs and removes a pipeline must be allowed to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.function_policies import asking
from personalize_sfn.deploy.keys import keys_of_caller
from personalize_sfn.deploy.reach import (
    data_arns,
    is_tagged,
    is_tagged_or_new,
    not_tagged_otherwise,
)
from personalize_sfn.deploy.role_arns import ROLE_KEYS, made_roles, role_arns
from personalize_sfn.deploy.roles import old_role_names
from personalize_sfn.deploy.statements import Statement, document, statement
from personalize_sfn.quotas import QUOTAS
from personalize_sfn.resources import CAMPAIGN, EVENT_TRACKER, RECOMMENDER, RESOURCE_TYPES, SOLUTION

__all__ = ["caller_policy", "size_note"]

#: Characters of a managed policy, white space not counted.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED_POLICY_SIZE = 6144


def caller_policy(config: Config, arns: Arns, *, roles: bool = True) -> dict[str, Any]:
    """The IAM policy of a caller who deploys, runs, evaluates, asks for recommendations, cleans up and destroys.

    Everything is narrowed to the project's own names and tag; ``*`` stands only where AWS takes no ARN.  Of Personalize
    the caller may only read: its resources are made and deleted by the functions, under their own role.

    Args:
        config: the pipeline.
        arns: of the account and region.
        roles: whether the caller makes the roles.  **Who makes roles can give them any permission, and so administers
            the account**, unless ``roles.permissions_boundary_arn`` bounds them: then no role is made, and none given a
            permission, without that boundary, which can be neither taken off nor replaced.  False: the config names
            roles that an administrator made (:func:`~personalize_sfn.deploy.role_template`).
    """
    return document(
        *_bucket(config, arns, bounded=not roles or config.roles.permissions_boundary_arn is not None),
        *(_roles(config, arns) if roles else ()),
        *_pass_roles(config, arns),
        *_deployed(config, arns),
        *_personalize(config, arns),
    )


def size_note(policy: dict[str, Any]) -> str | None:
    """Where to divide a policy that is too long for a managed one; None if it is not.

    Args:
        policy: from :func:`caller_policy`.
    """
    statements = policy["Statement"]
    sizes = [_size(document(*statements[: number + 1])) for number in range(len(statements))]
    if sizes[-1] <= MANAGED_POLICY_SIZE:
        return None
    second = next(each["Sid"] for each, size in zip(statements, sizes, strict=True) if size > MANAGED_POLICY_SIZE)
    return (
        f"this policy has {sizes[-1]:,} characters, and IAM takes {MANAGED_POLICY_SIZE:,} in a managed policy (white "
        f"space not counted): make two managed policies, the second from the statement {second} on, and attach both"
    )


def _size(policy: dict[str, Any]) -> int:
    return len("".join(json.dumps(policy, ensure_ascii=False).split()))


def _bucket(config: Config, arns: Arns, *, bounded: bool) -> Iterator[Statement]:
    """Of a bucket that the config names, only the project's keys; who is bounded may not open it to himself either."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    if config.bucket is None:
        look = () if config.bucket_kms_key_arn is None else ("s3:GetEncryptionConfiguration",)
        yield statement([*_MADE_BUCKET, *look], arns.bucket(bucket), Sid="Bucket")
        yield statement(_OBJECTS, arns.bucket(bucket, "*"), Sid="Data")
    else:
        policy = () if bounded else ("s3:DeleteBucketPolicy", "s3:PutBucketPolicy")
        yield statement([*_NAMED_BUCKET, *policy], arns.bucket(bucket), Sid="Bucket")
        yield statement(_OBJECTS, data_arns(config, arns), Sid="Data")
    yield from keys_of_caller(config)


def _roles(config: Config, arns: Arns) -> Iterator[Statement]:
    """To make and remove the roles that the config does not name.

    With a boundary as AWS describes the delegation of making roles:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
    A role's trust is then what it was made with: to change it is to hand the role to others.
    """
    made = made_roles(config, arns)
    if not made:
        return
    old = [arns.role(name, config.roles.path) for name in old_role_names(config, arns)]
    boundary = config.roles.permissions_boundary_arn
    yield statement(_READ_AND_REMOVE_ROLES, [*made, *old], Sid="Roles")
    if boundary is None:
        yield statement([*_MAKE_ROLES, "iam:UpdateAssumeRolePolicy"], made, Sid="MakeRoles")
    else:
        bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
        yield statement([*_MAKE_ROLES, "iam:PutRolePermissionsBoundary"], made, Sid="MakeRoles", Condition=bounded)


def _pass_roles(config: Config, arns: Arns) -> Iterator[Statement]:
    """Each role to its service alone."""
    given = role_arns(config, arns)
    for sid, service, prefix in (("PassMachineRole", "states", "step"), ("PassFunctionRoles", "lambda", "lambda")):
        passed = sorted({given[key] for key in ROLE_KEYS if key.startswith(prefix)})
        condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
        yield statement(["iam:PassRole"], passed, Sid=sid, Condition=condition)


def _deployed(config: Config, arns: Arns) -> Iterator[Statement]:
    """Functions, log groups, state machines: to be read by the beginning of their names, to be made with the project's
    tag, to be changed where they carry it.
    """
    functions, machines = arns.function(config.name("*")), arns.state_machine(config.name("*"))
    groups = arns.log_group(f"/aws/lambda/{config.name('*')}")
    deployed = [functions, groups, machines]
    # An execution has the tags of its state machine: that one may be started is not enough to see another's.
    executions = arns.execution(config.name("*"))
    yield statement(_READ, deployed, Sid="Read")
    yield statement(_MAKE, deployed, Sid="Make", Condition=is_tagged_or_new(config))
    keyed = () if config.logs_kms_key_arn is None else ("logs:AssociateKmsKey", "logs:DisassociateKmsKey")
    yield statement([*_CHANGE, *keyed], [*deployed, executions], Sid="Change", Condition=is_tagged(config))


def _personalize(config: Config, arns: Arns) -> Iterator[Statement]:
    solutions = [config.solution_name(key) for key in config.solutions]
    versions = [arns.personalize(f"solution/{name}/*") for name in solutions]
    looked = ("DescribeSolutionVersion", "GetSolutionMetrics", "StopSolutionVersionCreation")
    yield statement([f"personalize:{each}" for each in looked], versions, Sid="Evaluate")
    # By the beginning of their names: one for each does not fit into a managed policy.
    rows = [CAMPAIGN, SOLUTION, *([RECOMMENDER] if config.recommenders else [])]
    named = [arns.personalize(f"{row.arn_prefix}{config.name('*')}") for row in rows]
    named += [arns.personalize(f"solution/{name}") for name in solutions if not name.startswith(config.name(""))]
    yield statement([f"personalize:{row.operation('Describe')}" for row in rows], named, Sid="Look")
    for number, each in enumerate(asking(config, arns), 1):
        yield {"Sid": f"Ask{number if number > 1 else ''}", **each}
    if config.event_tracker:
        trackers = arns.personalize(f"{EVENT_TRACKER.arn_prefix}*")
        mine = not_tagged_otherwise(config)
        yield statement(["personalize:DescribeEventTracker"], trackers, Sid="Tracker", Condition=mine)
        yield statement(["personalize:PutEvents"], "*", Sid="Events")
    # Whose a resource is says its tag; whether a stranger's dataset uses a schema of ours, only these two.
    told = ["personalize:DescribeDataset", "personalize:DescribeSchema", "personalize:ListTagsForResource"]
    yield statement(told, arns.personalize("*"), Sid="TellOurs")
    yield statement([*_FIND_PERSONALIZE, *_FIND], "*", Sid="Find")


_NAMED_BUCKET = ("s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:ListBucket")
_MADE_BUCKET = (
    *_NAMED_BUCKET,
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutEncryptionConfiguration",
)
_OBJECTS = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject")
_READ_AND_REMOVE_ROLES = (
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:TagRole",
)
_MAKE_ROLES = ("iam:CreateRole", "iam:PutRolePolicy")
_READ = (
    "lambda:GetFunction",
    "lambda:ListTags",
    "logs:ListTagsForResource",
    "states:DescribeStateMachine",
    "states:ListExecutions",
    "states:ListTagsForResource",
)
_MAKE = (
    "lambda:CreateFunction",
    "lambda:TagResource",
    "logs:CreateLogGroup",
    "logs:TagResource",
    "states:CreateStateMachine",
    "states:TagResource",
)
_CHANGE = (
    "lambda:DeleteFunction",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "logs:DeleteLogGroup",
    "logs:FilterLogEvents",
    "logs:PutRetentionPolicy",
    "states:DeleteStateMachine",
    "states:DescribeExecution",
    "states:DescribeStateMachineForExecution",
    "states:GetExecutionHistory",
    "states:StartExecution",
    "states:StopExecution",
    "states:UpdateStateMachine",
)
_FIND = (
    "cloudwatch:GetMetricStatistics",
    "lambda:ListFunctions",
    "logs:DescribeLogGroups",
    "servicequotas:ListServiceQuotas",
    "states:ListStateMachines",
)
#: What preflight counts.
_COUNTED = frozenset(each.row for each in QUOTAS)
_FIND_PERSONALIZE = tuple(
    f"personalize:{row.operation('List')}" for row in RESOURCE_TYPES if row.deletable or row in _COUNTED
)
