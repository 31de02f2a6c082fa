"""IAM: who may do what, made from the resource rows.

Three roles (Step Functions, the functions, Personalize) and one statement of the bucket's policy.  Every permission
names this project's own resources; the two tables below hold what AWS makes impossible to narrow or to see locally,
each with the page that says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from personalize_sfn.arns import Arns
from personalize_sfn.config import Config
from personalize_sfn.resources import (
    BY_KEY,
    EVENT_TRACKER,
    FILTER,
    METRIC_ATTRIBUTION,
    RECOMMENDER,
    RESOURCE_TYPES,
    WORKFLOW_TYPES,
    ResourceType,
)

__all__ = [
    "DEMANDED_BY_AWS",
    "MANAGED_RULE",
    "WITHOUT_ARN",
    "Role",
    "bucket_statement",
    "role_arns",
    "roles",
    "statement",
]

Statement = dict[str, Any]

_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_"
_NESTED = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html"
_S3_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html"
_KMS_ACCESS = "https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html"
_TAGGING = "https://docs.aws.amazon.com/personalize/latest/dg/tags-iam.html"

#: Step Functions hears through this rule that a nested execution ended.
MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"

#: Actions that AWS lets nobody narrow to an ARN (no resource type in its table), and the page that says so.
WITHOUT_ARN: dict[str, str] = {
    **{f"personalize:{row.operation('List')}": f"{_REFERENCE}amazonpersonalize.html" for row in RESOURCE_TYPES},
    "lambda:ListFunctions": f"{_REFERENCE}awslambda.html",
    "logs:DescribeLogGroups": f"{_REFERENCE}amazoncloudwatchlogs.html",
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
    "s3:GetObject": _S3_ACCESS,
    "s3:ListBucket": _S3_ACCESS,
    "s3:DeleteObject": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
    "kms:Decrypt": _KMS_ACCESS,
    "kms:GenerateDataKey": _KMS_ACCESS,
    "kms:DescribeKey": _KMS_ACCESS,
    "kms:ListGrants": _KMS_ACCESS,
    "logs:CreateLogStream": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "logs:PutLogEvents": "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "iam:PassRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    "iam:TagRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html",
    "lambda:ListTags": "https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html",
    "lambda:TagResource": "https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html",
    "logs:TagResource": "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    "states:TagResource": "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#concepts-tagging",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that deploy makes."""

    key: str
    """``step_functions``, ``lambda`` or ``personalize``."""
    name: str
    description: str
    trust: dict[str, Any]
    policy: dict[str, Any]


def statement(actions: Iterable[str], resources: str | Iterable[str], **more: Any) -> Statement:
    """An Allow statement; ``more`` adds ``Sid`` or ``Condition``."""
    listed = [resources] if isinstance(resources, str) else list(resources)
    return {**more, "Effect": "Allow", "Action": sorted(actions), "Resource": listed}


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role_arns(config: Config, arns: Arns) -> dict[str, str]:
    """ARN of each role by its key: the configured one, or the one that deploy makes."""
    given = {
        "step_functions": config.roles.step_functions_arn,
        "lambda": config.roles.lambda_arn,
        "personalize": config.roles.personalize_arn,
    }
    return {key: arn or arns.role(_role_name(config, key), config.roles.path) for key, arn in given.items()}


def roles(config: Config, arns: Arns, *, functions: Iterable[str], machines: Iterable[str]) -> list[Role]:
    """The roles to make; those that the config names by ARN are not among them.

    ``functions`` and ``machines`` are names without the project.
    """
    own = [
        Role(
            key="step_functions",
            name=_role_name(config, "step_functions"),
            description=f"Step Functions runs the workflows of {config.project}",
            trust=_trust("states.amazonaws.com", _from_source(arns, arns.state_machine(config.name("*")))),
            policy=document(*_step_functions(config, arns, list(functions), list(machines))),
        ),
        # AWS does not document that Lambda sends aws:SourceAccount when it assumes a function's role, so no condition
        # is put on it; a role can be passed only to functions of its own account
        # (https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html).
        Role(
            key="lambda",
            name=_role_name(config, "lambda"),
            description=f"The functions of {config.project}",
            trust=_trust("lambda.amazonaws.com", None),
            policy=document(*_functions(config, arns)),
        ),
        Role(
            key="personalize",
            name=_role_name(config, "personalize"),
            description=f"Personalize reads the data of {config.project}",
            trust=_trust("personalize.amazonaws.com", _from_source(arns, arns.personalize("*"))),
            policy=document(*_reading_data(config, arns), *_key(config)),
        ),
    ]
    return [role for role in own if getattr(config.roles, f"{role.key}_arn") is None]


def bucket_statement(config: Config, arns: Arns) -> Statement:
    """Our statement of the bucket's policy: Personalize may read the data, on behalf of this account only.

    Source: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    bucket = config.bucket_name(arns.region, arns.account_id)
    return {
        "Sid": bucket_sid(config),
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [arns.bucket(bucket), *_data_arns(config, arns)],
        "Condition": _from_source(arns, arns.personalize("*")),
    }


def bucket_sid(config: Config) -> str:
    """Tells our statement from others'.  S3 allows letters and digits only; the hash keeps ``a-b`` and ``ab`` apart."""
    words = "".join(part.capitalize() for part in config.project.split("-"))
    return f"PersonalizeSfn{words}{hashlib.sha256(config.project.encode()).hexdigest()[:8]}"


def project_arns(config: Config, arns: Arns) -> list[str]:
    """ARN patterns of every Personalize resource that the pipeline makes, from the names that the config gives."""
    # A dataset's ARN holds its group's name, a version's its solution's; all other names start with the project's.
    patterns = {row.arn_path.split("/")[0]: {f"{config.project}-*"} for row in WORKFLOW_TYPES}
    patterns["dataset-group"] = {config.dataset_group_name}
    patterns["dataset"] = {f"{config.dataset_group_name}/*"}
    patterns["solution"] |= {config.solution_name, f"{config.solution_name}/*"} if config.solution.name else set()
    patterns["campaign"] |= {config.campaign_name} if config.campaign.name else set()
    patterns["event-tracker"] = set()  # its ARN holds an id that AWS draws: no stage makes one
    return sorted(arns.personalize(f"{kind}/{name}") for kind, names in patterns.items() for name in names)


# --- the roles' statements -----------------------------------------------------------------------------------------


def _step_functions(config: Config, arns: Arns, functions: list[str], machines: list[str]) -> list[Statement]:
    children = [config.name(key) for key in machines]
    return [
        statement(["lambda:InvokeFunction"], [arns.function(config.name(name)) for name in functions]),
        statement(["states:StartExecution"], [arns.state_machine(name) for name in children]),
        statement(["states:DescribeExecution", "states:StopExecution"], [arns.execution(name) for name in children]),
        statement(["events:DescribeRule", "events:PutRule", "events:PutTargets"], arns.events_rule(MANAGED_RULE)),
    ]


def _functions(config: Config, arns: Arns) -> list[Statement]:
    bucket = config.bucket_name(arns.region, arns.account_id)
    actions = {f"personalize:{row.operation(verb)}" for row in _USED for verb in ("Create", "Describe")}
    actions |= {f"personalize:{row.operation('Delete')}" for row in _USED if row.deletable}
    actions |= {f"personalize:{name}" for name in _BY_HAND}
    return [
        statement(actions, project_arns(config, arns)),
        *_deleting_what_people_made(config, arns),
        statement(["personalize:DescribeRecipe"], arns.recipe("*")),
        statement([f"personalize:{row.operation('List')}" for row in _LISTED], "*"),
        statement(["s3:ListBucket"], arns.bucket(bucket)),
        statement(["s3:GetObject"], _data_arns(config, arns)),
        statement(
            ["iam:PassRole"],
            role_arns(config, arns)["personalize"],
            Condition={"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        ),
        # AWS checks CreateLogStream against the group and PutLogEvents against the stream: ":*" covers both.
        statement(["logs:CreateLogStream", "logs:PutLogEvents"], arns.log_group(f"/aws/lambda/{config.name('*')}:*")),
    ]


def _deleting_what_people_made(config: Config, arns: Arns) -> list[Statement]:
    """Clean-up deletes what carries our tag.  These kinds no stage makes: people do, and give them any name."""
    actions = [f"personalize:{row.operation(verb)}" for row in _BY_PEOPLE for verb in ("Delete", "Describe")]
    kinds = [row.arn_path.partition("{")[0] for row in _BY_PEOPLE]
    attribution = [f"personalize:{METRIC_ATTRIBUTION.operation(verb)}" for verb in ("Delete", "Describe")]
    return [
        statement(["personalize:ListTagsForResource", *actions], [arns.personalize(f"{kind}*") for kind in kinds]),
        # It takes no tags, so here the name counts.
        statement(attribution, arns.personalize(METRIC_ATTRIBUTION.arn_path.format(name=config.name("*")))),
    ]


def _reading_data(config: Config, arns: Arns) -> list[Statement]:
    bucket = config.bucket_name(arns.region, arns.account_id)
    return [
        statement(["s3:ListBucket"], arns.bucket(bucket)),
        statement(["s3:GetObject"], _data_arns(config, arns)),
    ]


def _key(config: Config) -> list[Statement]:
    if config.kms_key_arn is None:
        return []
    return [statement(["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"], config.kms_key_arn)]


_BY_PEOPLE: tuple[ResourceType, ...] = (EVENT_TRACKER, FILTER, RECOMMENDER)
#: Rows that the functions create, describe and delete; their other operations.
_USED: tuple[ResourceType, ...] = tuple(row for row in WORKFLOW_TYPES if row.key != "eventTracker")
_BY_HAND = (
    "GetRecommendations",
    "GetSolutionMetrics",
    "ListTagsForResource",
    "TagResource",
    "UpdateCampaign",
    "UpdateDataset",
    "UpdateSolution",
)
_LISTED = tuple(BY_KEY[key] for key in ("dataset", "datasetImportJob", "solutionVersion"))


# --- small parts -----------------------------------------------------------------------------------------


def _role_name(config: Config, key: str) -> str:
    return config.name(key.replace("_", "-"))


def _trust(service: str, condition: dict[str, Any] | None) -> dict[str, Any]:
    allowed: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**allowed, "Condition": condition} if condition else allowed)


def _from_source(arns: Arns, source: str) -> dict[str, Any]:
    """Against the confused deputy: the service acts for this account and these resources.

    Sources: https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html and
    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
    """
    return {"StringEquals": {"aws:SourceAccount": arns.account_id}, "ArnLike": {"aws:SourceArn": source}}


def _data_arns(config: Config, arns: Arns) -> list[str]:
    """The project's own folder of the bucket, and the data's keys outside it (a folder's ends in ``/``)."""
    bucket = config.bucket_name(arns.region, arns.account_id)
    keys = [config.data_key(kind) for kind in config.datasets.by_type()]
    outside = [f"{key}*" if key.endswith("/") else key for key in keys if not key.startswith(f"{config.project}/")]
    return [arns.bucket(bucket, key) for key in (f"{config.project}/*", *outside)]
