"""Statements of policies, and what AWS makes impossible to narrow or to see locally, each with its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from personalize_sfn.resources import RESOURCE_TYPES

__all__ = ["DEMANDED_BY_AWS", "KMS_ACCESS", "WITHOUT_ARN", "Statement", "document", "statement"]

Statement = dict[str, Any]

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_"
_NESTED = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"
_S3_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html"
KMS_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html"
_TAGGING = "https://docs.aws.amazon.com/personalize/latest/dg/tags-iam.html"

#: Actions that AWS does not let a policy narrow to an ARN (no resource type in its table), and the page that says so.
WITHOUT_ARN: dict[str, str] = {
    **{f"personalize:{row.operation('List')}": f"{_REFERENCE}amazonpersonalize.html" for row in RESOURCE_TYPES},
    "personalize:PutEvents": f"{_REFERENCE}amazonpersonalize.html",
    "personalize:ListMetricAttributionMetrics": f"{_REFERENCE}amazonpersonalize.html",
    "cloudwatch:GetMetricStatistics": f"{_REFERENCE}amazoncloudwatch.html",
    "cloudwatch:PutMetricData": f"{_REFERENCE}amazoncloudwatch.html",
    "lambda:ListFunctions": f"{_REFERENCE}awslambda.html",
    "logs:DescribeLogGroups": f"{_REFERENCE}amazoncloudwatchlogs.html",
    "servicequotas:ListServiceQuotas": f"{_REFERENCE}servicequotas.html",
    "states:ListStateMachines": f"{_REFERENCE}awsstepfunctions.html",
}

#: Actions that AWS checks within other calls, so that no call of that name is seen, and the page that demands them.
DEMANDED_BY_AWS: dict[str, str] = {
    "states:DescribeExecution": _NESTED,
    "states:StopExecution": _NESTED,
    "events:PutTargets": _NESTED,
    "events:PutRule": _NESTED,
    "events:DescribeRule": _NESTED,
    "personalize:TagResource": _TAGGING,
    # Here a version's ARN ends in its name, so that it needs no look; AWS does not promise that.
    "personalize:DescribeSolutionVersion": "https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionVersion.html",
    "s3:GetObject": _S3_ACCESS,
    "s3:ListBucket": _S3_ACCESS,
    "s3:DeleteObject": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
    "kms:Decrypt": KMS_ACCESS,
    "kms:GenerateDataKey": KMS_ACCESS,
    "kms:DescribeKey": KMS_ACCESS,
    "kms:ListGrants": KMS_ACCESS,
    "logs:CreateLogStream": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "logs:PutLogEvents": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "iam:PassRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    "iam:TagRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html",
    "lambda:ListTags": "https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html",
    "lambda:TagResource": "https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html",
    "logs:TagResource": "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    "states:TagResource": "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#concepts-tagging",
}


def statement(actions: Iterable[str], resources: str | Iterable[str], **more: Any) -> Statement:
    """An Allow statement; ``more`` adds ``Sid`` or ``Condition``."""
    listed = [resources] if isinstance(resources, str) else list(resources)
    return {**more, "Effect": "Allow", "Action": sorted(actions), "Resource": listed}


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
