"""What the person or the job that deploys, runs and removes a pipeline must be allowed to do."""

from __future__ import annotations

from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.deploy.policies import document, project_arns, role_arns, statement
from personalize_sfn.resources import RESOURCE_TYPES, SOLUTION_VERSION

__all__ = ["caller_policy"]

#: The service that each role is handed to.
_PASSED_TO = {"step_functions": "states.amazonaws.com", "lambda": "lambda.amazonaws.com"}


def caller_policy(config: Config, arns: Arns) -> dict[str, Any]:
    """The IAM policy of a caller who deploys, runs, evaluates, asks for recommendations, cleans up and destroys.

    Everything is narrowed to the project's own names; ``*`` stands only where AWS takes no ARN.  Of Personalize the
    caller may only read: its resources are made and deleted by the functions, under their own role.
    """
    bucket = config.bucket_name(arns.region, arns.account_id)
    names = config.name("*")
    made_roles = [arns.role(config.name(key), config.roles.path) for key in ("step-functions", "lambda", "personalize")]
    log_groups = arns.log_group(f"/aws/lambda/{names}")
    kinds = sorted({row.arn_path.partition("{")[0] for row in RESOURCE_TYPES if row.taggable and row.deletable})
    taggable = [arns.personalize(f"{kind}*") for kind in kinds]
    return document(
        statement(_BUCKET, arns.bucket(bucket), Sid="Bucket"),
        statement(_OBJECTS, arns.bucket(bucket, "*"), Sid="Data"),
        statement(_ROLES, made_roles, Sid="Roles"),
        *(
            statement(
                ["iam:PassRole"],
                role_arns(config, arns)[key],
                Sid=f"Pass{key.title().replace('_', '')}Role",
                Condition={"StringEquals": {"iam:PassedToService": service}},
            )
            for key, service in _PASSED_TO.items()
        ),
        statement(_FUNCTIONS, arns.function(names), Sid="Functions"),
        statement(_LOG_GROUPS, [log_groups, f"{log_groups}:*"], Sid="LogGroups"),
        statement(_MACHINES, arns.state_machine(names), Sid="StateMachines"),
        statement(_EXECUTIONS, arns.execution(names), Sid="Executions"),
        statement(_PERSONALIZE, project_arns(config, arns), Sid="Personalize"),
        # Whose a resource is says its tag, and whether a stranger's dataset uses a schema of ours only that dataset.
        statement(["personalize:ListTagsForResource"], taggable, Sid="TellOurs"),
        statement(["personalize:DescribeDataset"], arns.personalize("dataset/*"), Sid="TellSchemasInUse"),
        statement([*_FIND_PERSONALIZE, *_FIND], "*", Sid="Find"),
    )


_BUCKET = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:GetBucketTagging",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutEncryptionConfiguration",
)
_OBJECTS = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:PutObject")
_ROLES = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UpdateAssumeRolePolicy",
)
_FUNCTIONS = (
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:GetFunction",
    "lambda:ListTags",
    "lambda:TagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
)
_LOG_GROUPS = (
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:ListTagsForResource",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
)
_MACHINES = (
    "states:CreateStateMachine",
    "states:DeleteStateMachine",
    "states:DescribeStateMachine",
    "states:ListExecutions",
    "states:ListTagsForResource",
    "states:StartExecution",
    "states:TagResource",
    "states:UpdateStateMachine",
)
_EXECUTIONS = (
    "states:DescribeExecution",
    "states:DescribeStateMachineForExecution",
    "states:GetExecutionHistory",
    "states:StopExecution",
)
_FIND = ("lambda:ListFunctions", "logs:DescribeLogGroups", "states:ListStateMachines")
_PERSONALIZE = (
    "personalize:DescribeSchema",
    "personalize:DescribeSolution",
    "personalize:GetRecommendations",
    "personalize:GetSolutionMetrics",
)
_FIND_PERSONALIZE = tuple(
    f"personalize:{row.operation('List')}" for row in RESOURCE_TYPES if row.deletable or row is SOLUTION_VERSION
)
